"""The control: our own commands, but jobs go straight to arq after the commit, as most programs do it.

Nothing of this is in the product. It replaces the outbox from outside, so that the fault run can show that it sees a
loss.
"""

from __future__ import annotations

import functools
from typing import Any
from uuid import UUID, uuid4

import msgspec
import structlog
from arq import Retry as ArqRetry
from arq.worker import func

import tenants
from infra import redis
from tenants import directory, outbox, scope
from tenants.outbox import Wish
from tenants.scope import TenantTransaction
from tenants.steps import NOTHING, Step
from workers import main
from workers.context import JobContext
from workers.queues import PLANS, connect

log = structlog.get_logger()

_wishes: dict[int, list[Wish]] = {}


def _note(*wishes: Wish) -> None:
    _wishes.setdefault(id(scope.ENGINE.current_transaction.get()), []).extend(wishes)


async def post(kind: str, **options: Any) -> UUID:
    known = {name: options.pop(name) for name in ("queue", "key", "delay", "max_attempts") if name in options}
    options.pop("wake", None)
    _note(Wish(kind, options, **known))
    return uuid4()


async def post_all(*wishes: Wish) -> None:
    _note(*wishes)


def posting(*wishes: Wish, wake: bool = True) -> Step:
    _note(*wishes)
    return NOTHING


_leave = TenantTransaction.__aexit__


async def leave_and_enqueue(self: TenantTransaction, kind: Any, error: Any, trace: Any) -> bool:
    wishes = _wishes.pop(id(self), [])
    done = await _leave(self, kind, error, trace)
    if kind is None and wishes:
        await _enqueue(self.tenant.id, wishes)
    return done


async def _enqueue(tenant_id: UUID, wishes: list[Wish]) -> None:
    client = connect()
    try:
        for wish in wishes:
            payload = msgspec.to_builtins(wish.payload)
            await client.enqueue_job(
                "run_direct", str(tenant_id), wish.kind, payload,
                _queue_name=PLANS[wish.queue].arq_name, _defer_by=wish.delay,
            )  # fmt: skip
    except redis.Unavailable as error:
        log.warning("direct.not_enqueued", error=repr(error))
    finally:
        await client.aclose()


async def run_direct(ctx: dict[Any, Any], tenant_id: str, kind: str, payload: dict[str, Any]) -> None:
    tenant = await directory.find(UUID(tenant_id))
    assert tenant is not None
    with tenants.bind(tenant):
        try:
            await ctx["handlers"][kind](JobContext(uuid4(), kind, ctx["job_try"], 12), **payload)
        except Exception as error:
            raise ArqRetry(defer=ctx["job_try"]) from error


def install() -> None:
    outbox.post, outbox.post_all, outbox.posting = post, post_all, posting
    TenantTransaction.__aexit__ = leave_and_enqueue  # type: ignore[method-assign,assignment] # the point of the control
    settings_of = main.worker_settings

    @functools.wraps(settings_of)
    def direct_settings(*given: Any) -> dict[str, Any]:
        function = func(run_direct, name="run_direct", max_tries=12, keep_result=0, timeout=10)
        return {**settings_of(*given), "functions": [function], "retry_jobs": True}

    main.worker_settings = direct_settings  # type: ignore[assignment] # the same


if __name__ == "__main__":
    import manage

    install()
    manage.cli(prog_name="tuanzhou")
