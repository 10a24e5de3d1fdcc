"""The public page of a live session: before it, while it is on air, and afterwards.

It says what is shown at which price, as it is at this moment; it is drawn again every few seconds while it can change.
The stream itself is watched where the host streams: the page leads there and embeds nothing of others.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from litestar import get
from litestar.params import FromPath
from litestar.response import Template

import tenants
from app import live, promoters
from app.flows import contest_board
from app.inventory import FREE, PROMISING
from app.kernel.clock import now
from app.kernel.errors import NotFound
from app.kernel.pages import page
from app.live import LiveSession

SHOWN = f"""
SELECT slot.id, slot.status, slot.seq, product.handle, product.title, coalesce(product.cover_thumb_key,
    product.cover_key) AS image_key, CASE variant.title WHEN 'Default Title' THEN '' ELSE variant.title END
    AS variant_title, variant.price_amount AS usual_amount, host.name AS host_name,
    CASE WHEN slot.status = 'on_air' AND campaign.status = 'open' THEN slot.price_amount END AS live_amount,
    CASE WHEN slot.status = 'on_air' AND campaign.status = 'open' THEN campaign.code END AS campaign_code,
    item.quota - item.held - item.taken AS lent_left, stock.available, stock.endless
FROM live_slot AS slot JOIN variant ON variant.id = slot.variant JOIN product ON product.id = variant.product
JOIN promoter AS host ON host.id = slot.host LEFT JOIN campaign ON campaign.id = slot.campaign
LEFT JOIN campaign_item AS item ON item.campaign = slot.campaign
LEFT JOIN LATERAL (SELECT coalesce(sum({FREE}) FILTER (WHERE {FREE} > 0), 0)::bigint AS available,
    bool_or(oversell OR NOT tracked) AS endless FROM stock_level WHERE stock_level.variant = variant.id AND {PROMISING}
) AS stock ON true
WHERE slot.session = $1 AND slot.status <> 'canceled' AND product.status = 'published' ORDER BY slot.seq
"""  # noqa: S608 - constants
GIFTS = """
SELECT product.title, gift.per, gift.every_units, gift.quota - gift.given AS left_over FROM live_gift AS gift
JOIN variant ON variant.id = gift.variant JOIN product ON product.id = variant.product
WHERE gift.session = $1 AND gift.status = 'announced' ORDER BY gift.announced_at, gift.id
"""


@get("/live/{code:str}", permission="public")
async def show_session(code: FromPath[str]) -> Template:
    """Raises NotFound, also for the session of a host who may not sell here any more."""
    session, facts = await _facts(code)
    return page(
        "storefront/shows/show.html", headers={"Cache-Control": "no-store"}, session=session,
        platform=live.PLATFORMS[session.platform], tab="home", **facts,
    )  # fmt: skip


@get("/live/{code:str}/now", permission="public")
async def show_now(code: FromPath[str]) -> Template:
    """The part that moves, asked for by the page itself."""
    session, facts = await _facts(code)
    return page("storefront/shows/_now.html", headers={"Cache-Control": "no-store"}, session=session, **facts)


async def _facts(code: str) -> tuple[LiveSession, Mapping[str, Any]]:
    async with tenants.transaction():
        session = await live.find_by_code(code)
        host = await promoters.find(session.promoter)
        if host.status != "approved":
            raise NotFound
        slots = await tenants.connection().fetch(SHOWN, session.id)
        gifts = await tenants.connection().fetch(GIFTS, session.id)
        hosting = await live.hosts_of(session)
        others = [await promoters.find(each) for each in hosting[1:]]
        duels = [one for one in await contest_board.public_boards(session.id, hosting) if one.is_duel]
    return session, {
        "hosts": [host.name, *(one.name for one in others if one.status == "approved")], "gifts": gifts,
        "duels": duels,
        "on_air": next((slot for slot in slots if slot["status"] == "on_air"), None),
        "earlier": [slot for slot in slots if slot["status"] == "done"],
        "coming": [slot for slot in slots if slot["status"] == "planned"] if not session.is_over else [],
        "begins_at": _upcoming(session, now()),
    }  # fmt: skip


def _upcoming(session: LiveSession, moment: datetime) -> datetime | None:
    """When it begins, as long as that is to come."""
    ahead = session.status == "scheduled" and session.scheduled_at is not None and session.scheduled_at > moment
    return session.scheduled_at if ahead else None


HANDLERS = [show_session, show_now]
