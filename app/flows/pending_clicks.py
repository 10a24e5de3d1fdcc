"""A step inside an open transaction: turn claimed clicks into touches and totals. Not a journey of its own."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from app import attribution, links, live
from app.flows import bind_shoppers


async def fold(claimed: Sequence[links.Unfolded], shopper: attribution.Shopper | None = None) -> set[UUID]:
    """Fold clicks the open transaction has claimed; the promoters whose boards changed.

    Rows are marked in the transaction that adds them to the totals, so a click is counted once however often this
    runs. The shoppers are locked first, then the totals, so two folds of one shopper or one link take turns; `shopper`
    is somebody the caller is going to bind in the same transaction.
    """
    if not claimed:
        return set()
    known = await links.links_by_id(list({click.link for click in claimed}))
    qualifying = [click for click in claimed if click.qualifies]
    pending = await bind_shoppers.prepare({click.visitor_id for click in qualifying}, shopper)
    await links.lock_tallies(list(known))
    counted = links.choose_counted(
        ((click.id, click.link, click.visitor_id, click.clicked_at) for click in qualifying),
        await links.counted_near(qualifying),
    )
    touches = await attribution.append_touches(await _touches(qualifying, known, counted))
    await bind_shoppers.by_clicks(pending, touches, known)
    await links.add_clicks(claimed, counted)
    await links.mark_folded(claimed, counted)
    return {link.promoter for link in known.values() if link.promoter}


async def _touches(
    clicks: Sequence[links.Unfolded], known: dict[UUID, links.Link], counted: set[UUID]
) -> list[attribution.NewTouch]:
    """A click in a live session's link is a live touch only while the session was on air; a channel's is neither."""
    sessions = await live.sessions_by_id([link.live_session for link in known.values() if link.live_session])
    touches = []
    for click in clicks:
        link = known[click.link]
        session = sessions.get(link.live_session) if link.live_session else None
        kind = "channel" if link.channel else "live" if session and session.on_air_at(click.clicked_at) else "link"
        touch = attribution.NewTouch(
            click.visitor_id, kind, link.promoter, link.id, link.live_session, click.id, click.clicked_at,
            click.id in counted, link.channel,
        )  # fmt: skip
        touches.append(touch)
    return touches
