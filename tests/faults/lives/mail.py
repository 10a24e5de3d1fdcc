"""The life of messages: each leaves at most once, and one that clearly did not arrive is sent again.

The mail server is a real one on a socket of this machine. What it says to a mail stands in the address.
"""

from __future__ import annotations

import os
import socket
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email import message_from_bytes
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller

import tenants
from app import engagement
from infra.settings import settings
from tenants import outbox
from tests.faults import jobs
from tests.faults.life import Life

ELSEWHERE = ("payments.", "fulfillment.")  # parcels and money have lives of their own
ENDS = {"kind": "sent", "busy": "sent", "strict": "failed", "rude": "failed"}


class PostOffice:
    """Counts what it took, by Message-ID. `busy` is so the first time only; `rude` takes the mail and hangs up."""

    def __init__(self) -> None:
        self.taken, self.seen = Counter[str](), set[str]()

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - the library's name
        mood, name = envelope.rcpt_tos[0].partition("@")[0], message_from_bytes(envelope.content)["Message-ID"].strip()
        new = name not in self.seen
        self.seen.add(name)
        if mood == "strict":
            return "550 No such person"
        if mood == "busy" and new:
            return "451 Come again"
        self.taken[name] += 1
        if mood == "rude":
            server.transport.abort()
            return ""
        return "250 OK"


OFFICE = PostOffice()


@asynccontextmanager
async def around(folder: Path) -> AsyncIterator[dict[str, str]]:
    """Our own process has to know the server too: what is left undone is done there."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    before = os.environ.get("SMTP_URL", "")
    os.environ["SMTP_URL"] = f"smtp://127.0.0.1:{port}"
    settings.cache_clear()
    controller = Controller(OFFICE, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield {"SMTP_URL": os.environ["SMTP_URL"]}
    finally:
        controller.stop()
        os.environ["SMTP_URL"] = before
        settings.cache_clear()


async def prepare() -> None:
    """Nothing: a message needs nobody but its reader."""


async def live(_: None) -> None:
    for mood in ENDS:
        async with tenants.transaction():
            written = await engagement.write_message(
                "canceled", recipient="customer", address=f"{mood}@mail.example", locale="en",
                facts={"number": "A1", "order": "T1", "store": "Tea"}, by_mail=True,
            )  # fmt: skip
            await outbox.post("messaging.send", queue="default", message_id=str(written))
    await _send()


async def mend() -> None:
    await _send()


async def _send() -> None:
    for _ in range(3):
        await jobs.make_everything_due()
        await jobs.work(*ELSEWHERE)


async def disagreements() -> list[str]:
    """Nobody got a mail twice; what is told as sent arrived; only a death in the middle makes a failure of a `sent`."""
    async with tenants.transaction():
        rows = await tenants.connection().fetch("SELECT id, address, status, failure FROM message")
    found = await jobs.undone(*ELSEWHERE)
    for row in rows:
        name = f"<{row['id']}.{tenants.current().id}@{settings().domain}>"
        mood, copies = row["address"].partition("@")[0], OFFICE.taken[name]
        interrupted = (row["status"], row["failure"]) == ("failed", "interrupted")
        if copies > 1:
            found.append(f"{mood}: arrived {copies} times")
        if row["status"] == "sent" and copies != 1:
            found.append(f"{mood}: told as sent, and did not arrive")
        if row["status"] != ENDS[mood] and not interrupted:
            found.append(f"{mood}: {row['status']} {row['failure']}")
    interrupted_ones = sum(row["failure"] == "interrupted" for row in rows)
    return found + [f"{interrupted_ones} were interrupted by one death"] * (interrupted_ones > 1)


LIFE = Life(
    files=("workers/messaging.py",),
    prepare=prepare, live=live, mend=mend, disagreements=disagreements, around=around, calls=frozenset({"mailer"}),
)  # fmt: skip
