"""The job that sends one message: at most once, and again only when the mail server clearly did not take it."""

from __future__ import annotations

from uuid import UUID

import tenants
from app import engagement
from infra import wiring
from infra.messaging.port import Mail, MailRejected, MailUnavailable, MailUncertain
from infra.settings import settings
from workers.context import Handlers, JobContext, Retry


async def send(context: JobContext, *, message_id: str) -> None:
    """On record as `sending` before the call; the Message-ID follows from the row, whichever attempt it is."""
    mailer, wanted = wiring.mailer(), UUID(message_id)
    async with tenants.transaction():
        message = await engagement.take_message(wanted)
    if message is None:
        return
    if mailer is None:
        return await _settle(wanted, "kept")
    subject, text = engagement.mail_text(message)
    name = f"<{message.id}.{tenants.current().id}@{settings().domain}>"
    try:
        await mailer.send(Mail(name, message.address, subject, text, str(message.facts.get("store", ""))))
    except MailRejected as error:
        await _settle(wanted, "failed", str(error))
    except MailUncertain as error:
        await _settle(wanted, "failed", f"not known whether it arrived: {error}")
    except MailUnavailable as error:
        await _settle(wanted, "failed" if context.last else "queued", str(error))
        if not context.last:
            raise Retry(str(error)) from error
    else:
        await _settle(wanted, "sent")


async def _settle(message: UUID, status: str, failure: str = "") -> None:
    async with tenants.transaction():
        await engagement.settle_message(message, status, failure)


HANDLERS: Handlers = {"messaging.send": send}
