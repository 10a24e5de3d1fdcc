"""A promoter opens a pack: their own link is put in, and that they saw, copied or took it is noted.

The version, the prices it speaks of and today's are read in one transaction. Whoever takes the pack away gets the words
with the prices of the version, never a mixture: either all of it was true at that moment, or it is refused.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from uuid import UUID
from zoneinfo import ZoneInfo

import tenants
from app import links, materials, promoters
from app.kernel import formats
from app.kernel.clock import now
from app.kernel.errors import NotFound, Refusal
from app.links import Link
from app.materials import Body, Changes, Copy, Kind, Standing, Version
from app.promoters import Promoter
from infra.settings import settings


class NotOpenedYet(Refusal):
    """There is no link yet that could be in it."""

    code = "materials.not_opened"
    status = 409
    message = "Open the pack first, so that your own link is in it."


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A pack in one promoter's hands. `known` is the version they have seen; `changes` are those since `seen`."""

    standing: Standing
    version: Version
    promoter: Promoter
    link: Link | None
    copies: list[tuple[Copy, str]]
    seen: int
    known: int
    changes: Changes | None

    def require_ready(self) -> None:
        """Raises PackIsStale, NotOpenedYet."""
        self.standing.require_fresh()
        if self.link is None:
            raise NotOpenedYet

    @property
    def url(self) -> str:
        return f"{settings().origin(tenants.current().slug)}/l/{self.link.code}" if self.link else ""


async def look_at(promoter_id: UUID, pack_id: UUID, *, since: int | None = None) -> Opened:
    """Writes nothing. Without a link yet there are no words; a stale pack has neither, only its reason.

    `since` is the version to tell the changes from, instead of the one seen last. Raises NotApproved, NotFound.
    """
    async with tenants.transaction():
        return await _opened(promoter_id, pack_id, since)


async def open_pack(promoter_id: UUID, pack_id: UUID) -> Opened:
    """The promoter gets a link with it, the same every time, and has seen this version now.

    Raises NotApproved, NotFound, PackIsStale, TooManyLinks.
    """
    async with tenants.transaction():
        opened = await _opened(promoter_id, pack_id, None)
        opened.standing.require_fresh()
        if opened.link is None:
            link = await _make_link(opened.promoter, opened.standing)
            opened = replace(opened, link=link, copies=filled(opened.version, opened.promoter, link))
        await _note(opened, "view")
        return opened


async def count_use(promoter_id: UUID, pack_id: UUID, kind: Kind) -> None:
    """A copy or a download. Raises NotApproved, NotFound, PackIsStale."""
    async with tenants.transaction():
        opened = await _opened(promoter_id, pack_id, None)
        opened.require_ready()
        await _note(opened, kind)


async def take_pack(promoter_id: UUID, pack_id: UUID) -> Opened:
    """For taking it away, whole or in parts. Raises NotApproved, NotFound, PackIsStale, NotOpenedYet."""
    opened = await look_at(promoter_id, pack_id)
    opened.require_ready()
    return opened


async def _opened(promoter_id: UUID, pack_id: UUID, since: int | None) -> Opened:
    promoter = await promoters.find(promoter_id)
    if promoter.status != "approved":
        raise promoters.NotApproved
    standing = await materials.standing_of(pack_id)
    if standing.status != "published" or not for_them(standing, promoter_id):
        raise NotFound
    version = await materials.find_version(pack_id, standing.version)
    known = (await materials.seen_versions(promoter_id, [pack_id])).get(pack_id, 0)
    seen = known if since is None else min(since, known)
    changes = None
    if 0 < seen < version.number:
        changes = materials.changes_between((await materials.find_version(pack_id, seen)).body, version.body)
    given = None if standing.because else await materials.given_link(pack_id, promoter_id)
    link = await links.find(given) if given else None
    return Opened(
        standing=standing, version=version, promoter=promoter, link=link, seen=seen, known=known, changes=changes,
        copies=filled(version, promoter, link) if link else [],
    )  # fmt: skip


async def _note(opened: Opened, kind: Kind) -> None:
    today = now().astimezone(ZoneInfo(tenants.current().time_zone)).date()
    await materials.note_use(opened.standing.id, opened.promoter.id, kind, opened.version.number, today)


def for_them(standing: Standing, promoter: UUID) -> bool:
    """What is about a session is for whoever planned it."""
    return standing.live_session is None or standing.session_host == promoter


async def packs_for(promoter: UUID) -> tuple[list[Standing], dict[UUID, int]]:
    """Inside a transaction: what is out for this promoter, and which versions they have seen."""
    found = [each for each in await materials.standings("published") if for_them(each, promoter)]
    return found, await materials.seen_versions(promoter, [each.id for each in found])


async def changed_packs(promoter: UUID, since: datetime) -> list[Standing]:
    """Inside a transaction: what was published or expired since then, and is not known to this promoter yet."""
    found, seen = await packs_for(promoter)
    return [
        each
        for each in found
        if (each.because and each.stale_at and each.stale_at > since)
        or (each.published_at and each.published_at > since and seen.get(each.id, 0) < each.version)
    ]


async def _make_link(promoter: Promoter, standing: Standing) -> Link:
    """The promoter's link for exactly this; the promoter's row keeps two first looks from making two."""
    product, session, campaign = standing.product, standing.live_session, standing.campaign
    find = partial(links.find_same, promoter.id, product=product, live_session=session, campaign=campaign)
    link = await find()
    if link is None:
        await promoters.lock([promoter.id])
        link = await find() or await links.create(
            promoter.id, product=product, live_session=session, campaign=campaign
        )  # fmt: skip
    await materials.give_link(standing.id, promoter.id, link.id)
    return link


def filled(version: Version, promoter: Promoter, link: Link) -> list[tuple[Copy, str]]:
    """The texts with everything in place, written for the language of each text."""
    return [
        (copy, materials.fill_words(copy.words, facts_of(version.body, promoter.name, link.code, copy.language)))
        for copy in version.body.copies
    ]


def facts_of(body: Body, name: str, code: str, language: str) -> dict[str, str]:
    """What goes into the places of a text."""
    tenant, locale = tenants.current(), language.replace("-", "_")

    def money(amount: int | None) -> str:
        return "" if amount is None else formats.money(amount, tenant.currency, trim=True)

    ends = formats.date_time(body.ends_at, locale, ZoneInfo(tenant.time_zone)) if body.ends_at else ""
    return {
        "link": f"{settings().origin(tenant.slug)}/l/{code}", "code": code, "name": name, "product": body.subject,
        "price": money(body.price_amount), "was": money(body.was_amount), "store": tenant.name, "ends": ends,
    }  # fmt: skip
