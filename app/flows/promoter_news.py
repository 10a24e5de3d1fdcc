"""What promoters are told by mail about themselves. A step inside an open transaction, sent after it."""

from __future__ import annotations

import tenants
from app import engagement, store
from app.promoters import Promoter
from infra.settings import settings
from tenants import outbox


async def tell(promoter: Promoter, kind: str, words: str = "") -> None:
    """In the store's language, because that is the one they share."""
    profile = await store.read_profile()
    message = await engagement.write_message(
        f"life.{kind}",
        recipient="promoter",
        address=promoter.email,
        locale=profile.locale,
        facts={
            "store": tenants.current().name, "words": words, "zone": profile.time_zone,
            "url": f"{settings().origin('host')}/",
        },
        by_mail=bool(settings().smtp_url),
    )  # fmt: skip
    if message:
        await outbox.post("messaging.send", key=f"message:{message}", message_id=message)
