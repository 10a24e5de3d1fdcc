"""Offers of networks that pay per sale, and each promoter's own place in them.

A promoter's link leads to our own path first. Where it goes on to is written in the offer and checked against the
network's own hosts, when it is saved and again when somebody follows it; nothing in an address asked for decides it.
"""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit
from uuid import UUID

import msgspec

import tenants
from app.kernel.clock import now
from app.kernel.errors import InvalidInput, NotFound, Refusal
from app.kernel.i18n import N_
from app.kernel.ids import new_id

# Hosts the networks give out for tracked links, and the parameter that carries a sub id there.
NETWORKS: dict[str, tuple[str, ...]] = {
    "jd": ("u.jd.com", "union-click.jd.com", "item.jd.com"),
    "taobao": ("s.click.taobao.com", "uland.taobao.com", "detail.tmall.com"),
    "pinduoduo": ("p.pinduoduo.com", "mobile.yangkeduo.com"),
    "vip": ("t.vip.com", "click.union.vip.com"),
    "douyin": ("haohuo.jinritemai.com", "v.douyin.com"),
    "amazon": ("www.amazon.com", "www.amazon.co.jp", "www.amazon.sg"),
    "awin": ("www.awin1.com",),
    "cj": ("www.anrdoezrs.net", "www.jdoqocy.com", "www.tkqlhce.com"),
}
ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
SLOT_LENGTH = 10
LONGEST = 1_000
_COLUMNS = (
    "id, title, network, landing_url, slot_parameter, network_bps, promoter_bps, status, words, created_by, created_at"
)


class Offer(msgspec.Struct, frozen=True, kw_only=True):
    """`network_bps` is what the network pays of a sale; `promoter_bps` is the promoter's part of that."""

    id: UUID
    title: str
    network: str
    landing_url: str
    slot_parameter: str
    network_bps: int
    promoter_bps: int
    status: str
    words: str
    created_by: str
    created_at: datetime

    def address_for(self, slot: str) -> str:
        """Where a follower of this slot is sent. Raises OfferLeadsAstray when the row was tampered with."""
        if address_fault(self.network, self.landing_url):
            raise OfferLeadsAstray
        parts = urlsplit(self.landing_url)
        kept = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if pair[0] != self.slot_parameter]
        return urlunsplit(parts._replace(query=urlencode([*kept, (self.slot_parameter, slot)])))


class OfferLeadsAstray(Refusal):
    """The address is not one of the network's."""

    code = "external_sales.offer_leads_astray"
    status = 409
    message = "This offer does not lead to its network any more. Tell the store."


class Slot(msgspec.Struct, frozen=True, kw_only=True):
    """A promoter's place in an offer."""

    id: UUID
    offer: UUID
    promoter: UUID
    slot: str
    clicks: int


def address_fault(network: str, url: str) -> str:
    """What cannot be right about a landing address, or nothing."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return N_("This is not an address.")
    plain = url.isascii() and not any(ord(letter) <= 32 for letter in url) and "\\" not in url
    if not plain or parts.scheme != "https" or parts.username or parts.password or port or len(url) > LONGEST:
        return N_("Write a plain https address without a sign-in or port.")
    if (parts.hostname or "") not in NETWORKS.get(network, ()):
        return N_("This host is not one of the network's.")
    return ""


async def save_offer(
    *, title: str, network: str, landing_url: str, slot_parameter: str, network_bps: int, promoter_bps: int,
    words: str, by: str,
) -> UUID:  # fmt: skip
    """Raises InvalidInput."""
    wrong = {
        "title": "" if title else N_("This is needed."),
        "network": "" if network in NETWORKS else N_("Choose one of these."),
        "landing_url": address_fault(network, landing_url),
        "slot_parameter": "" if slot_parameter.isidentifier() and slot_parameter.isascii() else N_("Letters only."),
        "network_bps": "" if 1 <= network_bps <= 10_000 else N_("More than nothing, and at most 100%."),
        "promoter_bps": "" if 0 <= promoter_bps <= 10_000 else N_("Between nothing and 100%."),
    }
    if found := {name: why for name, why in wrong.items() if why}:
        raise InvalidInput(found)
    offer_id = new_id()
    await tenants.connection().execute(
        "INSERT INTO cps_offer (id, title, network, landing_url, slot_parameter, network_bps, promoter_bps, words,"
        " created_by, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        offer_id, title, network, landing_url, slot_parameter, network_bps, promoter_bps, words, by, now(),
    )  # fmt: skip
    return offer_id


async def find_offer(offer_id: UUID) -> Offer:
    """Raises NotFound."""
    row = await tenants.connection().fetchrow(f"SELECT {_COLUMNS} FROM cps_offer WHERE id = $1", offer_id)  # noqa: S608
    if row is None:
        raise NotFound
    return Offer(**row)


async def switch_offer(offer_id: UUID, status: str) -> None:
    """Paused, its links lead nowhere and no more are made; orders that come in still count. Raises NotFound."""
    done = await tenants.connection().execute("UPDATE cps_offer SET status = $2 WHERE id = $1", offer_id, status)
    if done.endswith(" 0"):
        raise NotFound


_LISTED = """
SELECT offer.id, offer.title, offer.network, offer.status, offer.network_bps, offer.promoter_bps, offer.words,
    count(slot.id) AS slots, coalesce(sum(slot.clicks), 0)::bigint AS clicks,
    (SELECT count(*) FROM external_line AS line WHERE line.offer = offer.id) AS orders,
    (SELECT coalesce(sum(base_amount), 0)::bigint FROM external_line AS line WHERE line.offer = offer.id
        AND line.status <> 'closed') AS paid_amount
FROM cps_offer AS offer LEFT JOIN cps_slot AS slot ON slot.offer = offer.id
GROUP BY offer.id ORDER BY (offer.status = 'open') DESC, offer.created_at DESC, offer.id LIMIT 100
"""
_FOR_PROMOTER = """
SELECT offer.id, offer.title, offer.network, offer.network_bps, offer.promoter_bps, offer.words,
    coalesce(slot.slot, '') AS slot, coalesce(slot.clicks, 0) AS clicks
FROM cps_offer AS offer LEFT JOIN cps_slot AS slot ON slot.offer = offer.id AND slot.promoter = $1
WHERE offer.status = 'open' ORDER BY offer.created_at DESC, offer.id LIMIT 100
"""


async def offers() -> list[dict[str, Any]]:
    return [dict(row) for row in await tenants.connection().fetch(_LISTED)]


async def offers_for(promoter: UUID) -> list[dict[str, Any]]:
    """What can be shared now, with the promoter's own link where there is one."""
    return [dict(row) for row in await tenants.connection().fetch(_FOR_PROMOTER, promoter)]


async def take_slot(offer_id: UUID, promoter: UUID) -> Slot:
    """The promoter's place, made once. Raises NotFound also for an offer that is paused."""
    if (await find_offer(offer_id)).status != "open":
        raise NotFound
    code = "".join(secrets.choice(ALPHABET) for _ in range(SLOT_LENGTH))
    await tenants.connection().execute(
        "INSERT INTO cps_slot (id, offer, promoter, slot, created_at) VALUES ($1, $2, $3, $4, $5)"
        " ON CONFLICT (offer, promoter) DO NOTHING",
        new_id(), offer_id, promoter, code, now(),
    )  # fmt: skip
    row = await tenants.connection().fetchrow(
        "SELECT id, offer, promoter, slot, clicks FROM cps_slot WHERE offer = $1 AND promoter = $2", offer_id, promoter
    )
    assert row is not None  # noqa: S101 - written above, and never taken away
    return Slot(**row)


async def find_slot(slot: str) -> Slot | None:
    row = await tenants.connection().fetchrow(
        "SELECT id, offer, promoter, slot, clicks FROM cps_slot WHERE slot = $1", slot
    )
    return Slot(**row) if row else None


async def count_click(slot_id: UUID) -> None:
    await tenants.connection().execute("UPDATE cps_slot SET clicks = clicks + 1 WHERE id = $1", slot_id)


async def slots() -> dict[str, UUID]:
    """Every slot there is, and its offer."""
    return {row["slot"]: row["offer"] for row in await tenants.connection().fetch("SELECT slot, offer FROM cps_slot")}


async def holder_of(offer_id: UUID, slot: str) -> UUID | None:
    holder: UUID | None = await tenants.connection().fetchval(
        "SELECT promoter FROM cps_slot WHERE offer = $1 AND slot = $2", offer_id, slot
    )
    return holder
