"""The three queues and their figures; both sides of arq read them here.

Three times belong together. The *waiting* lease covers a row between the relay and a worker, the *running* lease a row
in a worker's hands, renewed while the worker lives: after a SIGKILL the job resumes when it runs out. arq's own block
of a killed job is its largest timeout plus ten seconds, but blocks only that arq job id; ours carries the attempt's
number, so the next attempt never waits for it. arq's timeout is therefore free to be what one job may honestly take.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec
from arq import ArqRedis
from redis.asyncio import ConnectionPool

from infra.settings import settings

SHARD = 0


@dataclass(frozen=True, slots=True)
class QueuePlan:
    """Seconds, except for the counts."""

    name: str
    waiting_lease: float
    running_lease: float
    job_timeout: float
    poll_delay: float
    max_jobs: int
    per_store: int

    @property
    def arq_name(self) -> str:
        return f"arq:{self.name}:{SHARD}"


# A store may hold a quarter of a worker's places, so that a busy one never keeps the others waiting.
PLANS = {
    plan.name: plan
    for plan in (
        QueuePlan("critical", 15, 20, job_timeout=60, poll_delay=0.02, max_jobs=32, per_store=8),
        QueuePlan("default", 30, 30, job_timeout=120, poll_delay=0.03, max_jobs=32, per_store=8),
        QueuePlan("bulk", 120, 60, job_timeout=3600, poll_delay=0.1, max_jobs=8, per_store=2),
    )
}

# arq would pickle by default, and whoever can write to Valkey could then run code here.
_decode = msgspec.json.Decoder().decode


def encode(message: dict[str, Any]) -> bytes:
    return msgspec.json.encode(message, enc_hook=str)


def decode(message: bytes) -> dict[str, Any]:
    found: dict[str, Any] = _decode(message)
    return found


def connect(plan: QueuePlan = PLANS["default"]) -> ArqRedis:
    """arq's client over our address; JSON on both sides."""
    pool = ConnectionPool.from_url(
        settings().redis_url, socket_timeout=5.0, socket_connect_timeout=1.0, max_connections=64
    )
    return ArqRedis(pool_or_conn=pool, job_serializer=encode, job_deserializer=decode, default_queue_name=plan.arq_name)
