"""The `tuanzhou` command. Every command starts the embedded services it needs and leaves none behind."""

from __future__ import annotations

import asyncio
import functools
import json
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import click

Result = TypeVar("Result")
QUEUES = ("critical", "default", "bulk")


@contextmanager
def services(*, migrated: bool = True) -> Iterator[None]:
    """Databases for the length of a command. The embedded one is brought up to date; another's only by `migrate`."""
    from infra.embedded import ServiceFailed, provided

    embedded = not os.environ.get("DATABASE_URL")
    try:
        with provided():
            if migrated and embedded:
                _bring_up_to_date()
            yield
    except ServiceFailed as failure:
        raise click.ClickException(str(failure)) from failure


def _bring_up_to_date() -> None:
    from migrations import runner

    if asyncio.run(runner.status())["pending"]:
        asyncio.run(runner.migrate())


def in_platform(work: Callable[[], Awaitable[Result]]) -> Result:
    """Run one piece of work with the pools open. An expected "no" becomes one plain line."""
    from app.kernel.errors import Refusal
    from infra import images, redis
    from tenants import platform, scope

    async def whole() -> Result:
        await platform.open_pool()
        await scope.open_pools()
        try:
            return await work()
        finally:
            await scope.close_pools()
            await platform.close_pool()
            await redis.close()
            await images.close()

    with services():
        try:
            return asyncio.run(whole())
        except Refusal as refusal:
            fields = getattr(refusal, "fields", {})
            raise click.ClickException(
                "\n".join([str(refusal), *(f"{n}: {why}" for n, why in fields.items())])
            ) from refusal


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def cli() -> None:
    """Tuanzhou: stores, tracked links, live selling and commissions, on one machine or many."""


@cli.command()
@click.option("--with-parent", is_flag=True, hidden=True, help="End when the process that started us ends.")
def run(with_parent: bool) -> None:
    """Start everything: databases, web, workers, sandbox, simulator. Ctrl-C stops it."""
    from infra.embedded.kernel import end_with_parent

    if with_parent:
        end_with_parent(signal.SIGTERM, os.getppid())
    sys.exit(_supervise(once=False))


@cli.command()
def web() -> None:
    """Serve pages and the API."""
    from infra.web import serve

    with services():
        serve()


@cli.command()
@click.option("--queue", type=click.Choice(QUEUES), default="default", show_default=True)
def worker(queue: str) -> None:
    """Do the jobs of one queue."""
    from workers.main import run_worker

    with services():
        run_worker(queue)


@cli.command()
def relay() -> None:
    """Turn what the stores posted into jobs."""
    from workers.relay import run_relay

    with services():
        run_relay()


@cli.command("payment-sandbox")
def payment_sandbox() -> None:
    """Serve the payment provider for trying things out."""
    from infra.payment.sandbox_server.app import serve

    serve()


@cli.command("warehouse-simulator")
def warehouse_simulator() -> None:
    """Serve the cloud warehouse for trying things out."""
    from infra.warehouse.simulator.app import serve

    serve()


@cli.command()
@click.option("--status", "only_status", is_flag=True, help="Say what is pending and change nothing.")
def migrate(only_status: bool) -> None:
    """Bring the platform and every store up to date."""
    from migrations import runner

    with services(migrated=False):
        if only_status:
            found = asyncio.run(runner.status())
            print(json.dumps(found, indent=2, default=str))
            sys.exit(1 if found["pending"] else 0)
        report = asyncio.run(runner.migrate())
    print(f"platform_steps={report.platform} stores={report.stores} failed={len(report.failed)}")
    for schema, why in report.failed.items():
        print(f"  {schema}: {why}")
    sys.exit(1 if report.failed else 0)


@cli.command()
def doctor() -> None:
    """Say in plain words what is wrong on this machine."""
    from infra.embedded import checkup
    from migrations import runner

    def pending() -> bool:
        return bool(asyncio.run(runner.status())["pending"])

    findings = list(checkup.examine(pending))
    for finding in findings:
        print(f"{finding.mark} {finding.text}")
    sys.exit(1 if any(finding.wrong for finding in findings) else 0)


@cli.group()
def tenant() -> None:
    """Stores."""


@tenant.command("create")
@click.argument("slug")
@click.option("--name", required=True, help="What shoppers read.")
@click.option("--email", required=True, help="The owner signs in with it.")
def create_tenant(slug: str, name: str, email: str) -> None:
    """Open a store and print its addresses and the owner's first password."""
    from app.flows.open_store import create_store
    from infra.settings import settings

    opened = in_platform(lambda: create_store(slug=slug, name=name, email=email))
    print(f"store     {settings().origin(slug)}\nmerchant  {settings().origin('admin')}")
    print(f"sign in   {email}  {opened.password}")


@tenant.command("list")
@click.option("--json", "as_json", is_flag=True)
def list_tenants(as_json: bool) -> None:
    """Every store with its state and address."""
    from infra.settings import settings
    from tenants import directory

    rows = [
        {"slug": store.slug, "name": store.name, "status": store.status, "schema_version": store.schema_version,
         "address": settings().origin(store.slug)}
        for store in in_platform(directory.everyone)
    ]  # fmt: skip
    if as_json:
        print(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for row in rows:
        print(f"{row['slug']:24} {row['status']:10} {row['address']}  {row['name']}")


@cli.group()
def staff() -> None:
    """People who run the platform."""


@staff.command("create")
@click.argument("email")
def create_staff(email: str) -> None:
    """Let somebody into the console and print the first password."""
    from app import identity
    from infra.settings import settings

    password = in_platform(lambda: identity.create_staff(email))
    print(f"console   {settings().origin('staff')}\nsign in   {email}  {password}")


@cli.group()
def products() -> None:
    """Catalogs."""


@products.command("import")
@click.argument("store")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--images", type=click.Path(exists=True, path_type=Path), help="A folder or zip with the pictures.")
def import_products(store: str, file: Path, images: Path | None) -> None:
    """Read a catalog in Shopify's CSV format into a store."""
    from app.flows.import_products import describe, import_file

    report = in_platform(lambda: import_file(store, file, images))
    lines: list[str] = []
    describe(report, lines.append)
    *problems, summary = lines
    for problem in problems:
        print(problem, file=sys.stderr)
    print(summary)
    sys.exit(1 if report.errors else 0)


@cli.command()
def seed() -> None:
    """Make the two demo stores, once."""
    from app.demo import seed as make_demo_stores

    in_platform(make_demo_stores)


@cli.command()
def demo() -> None:
    """Play the whole journey, like a person would: on the running system, or on one started for it."""
    from infra.embedded import front

    if not front.is_ours():
        sys.exit(_supervise(once=True))
    from app.demo import play

    seen = asyncio.run(play())
    if seen:
        front.journey_mark().touch()
    sys.exit(0 if seen else 1)


def _supervise(*, once: bool) -> int:
    """Services, migrations, demo stores, then every program; the journey the first time or when it was asked for."""
    from app.demo import seed as make_demo_stores
    from app.demo import sign_ins
    from infra.embedded import fleet, front
    from infra.embedded.supervisor import Supervisor
    from infra.settings import settings

    wanted = once or not front.journey_mark().exists()
    with services():
        front.require_free_ports()
        in_platform(make_demo_stores)
        say = functools.partial(print, flush=True)
        return Supervisor(settings().var, fleet.fleet(), say).run(
            ready=front.answers,
            on_ready=lambda: say(front.card(sign_ins())),
            journey=fleet.journey() if wanted else None,
            once=once,
        )


if __name__ == "__main__":
    cli(prog_name="tuanzhou")
