"""Telling promoters something: published, and by mail too where that is wished. Who reads what.

One transaction: the announcement and a message for each of its readers; jobs send them after it.
"""

from __future__ import annotations

import tenants
from app import announcements, engagement, live, promoters, store
from app.announcements import Announcement, Draft, Reader
from app.kernel.errors import NotFound
from app.promoters import Promoter
from infra.settings import settings
from tenants import outbox

MOST_MAILS = 500
# Sessions somebody hosts, or shares by a link of theirs.
SESSIONS = """
SELECT id FROM live_session WHERE promoter = $1
UNION SELECT session FROM live_host WHERE promoter = $1 AND status = 'accepted'
UNION SELECT live_session FROM tracked_link WHERE promoter = $1 AND live_session IS NOT NULL AND status = 'active'
"""


async def announce(draft: Draft, *, by: Promoter | None = None) -> Announcement:
    """By the store, or by a host to the hosts and sharers of their own session. Raises InvalidInput, NotFound."""
    async with tenants.transaction():
        if by is not None:
            await _require_host(draft, by)
        profile = await store.read_profile()
        told = await announcements.post_announcement(
            draft, author=by.id if by else None, author_name=by.name if by else profile.name
        )
        if draft.mailed:
            for reader in await _readers(told):
                await _mail(told, reader, profile)
    return told


async def reader_of(promoter: Promoter) -> Reader:
    """Inside an open transaction."""
    rows = await tenants.connection().fetch(SESSIONS, promoter.id)
    return Reader(
        promoter=promoter.id, kinds=list(promoter.kinds), level=promoter.level, sessions=[row["id"] for row in rows]
    )


async def _require_host(draft: Draft, by: Promoter) -> None:
    if by.status != "approved":
        raise promoters.NotApproved
    if draft.audience != "session" or draft.session is None:
        raise NotFound
    if by.id not in await live.hosts_of(await live.find(draft.session)):
        raise NotFound


async def _readers(told: Announcement) -> list[Promoter]:
    found = []
    for one in await promoters.everyone("approved", most=MOST_MAILS):
        reader = await reader_of(one) if told.audience == "session" else None
        fits = {
            "all": True, "kind": told.kind in one.kinds, "level": told.level == one.level,
            "session": reader is not None and told.session in reader.sessions,
        }[told.audience]  # fmt: skip
        if fits and one.id != told.author:
            found.append(one)
    return found


async def _mail(told: Announcement, reader: Promoter, profile: store.Profile) -> None:
    message = await engagement.write_message(
        "announcement", recipient="promoter", address=reader.email, locale=profile.locale,
        facts={
            "store": told.author_name, "reason": told.title, "words": told.body, "zone": profile.time_zone,
            "url": f"{settings().origin('host')}/announcements",
        },
        by_mail=bool(settings().smtp_url),
    )  # fmt: skip
    if message:
        await outbox.post("messaging.send", key=f"message:{message}", message_id=message)
