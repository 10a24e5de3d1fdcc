"""Many links in one act: every chosen session with every chosen promoter and every chosen thing to show.

One transaction. A combination that has its link keeps it, so asking again makes nothing twice; the promoters' rows are
locked first, so two people who ask at once make it once. Whoever or whatever cannot have a link is told apart, and the
others get theirs.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec

import tenants
from app import group_buying, links, live, promoters
from app.kernel.errors import InvalidInput, NotFound, Refusal
from app.kernel.i18n import N_
from app.links import Picks, Refused, Wish

MOST_AT_ONCE = 2_000


class TooManyAtOnce(Refusal):
    """So many links are no act of one moment."""

    code = "links.too_many_at_once"
    message = "That would be %(asked)s links. At most %(most)s are made at once; choose fewer."


class Allowed(msgspec.Struct, frozen=True):
    """Whom and which sessions somebody may choose; everybody and every session when it is the merchant."""

    promoters: frozenset[UUID] | None = None
    sessions: frozenset[UUID] | None = None


async def create_links(picks: Picks, *, by: str) -> links.Batch:
    """The merchant's act. Raises InvalidInput, TooManyAtOnce."""
    async with tenants.transaction():
        return await _create(picks, Allowed(), by=by, host=None)


async def create_team_links(login_id: UUID, picks: Picks) -> links.Batch:
    """A host's act, for themselves and whoever stands below. Raises NotApproved, InvalidInput, TooManyAtOnce."""
    async with tenants.transaction():
        host = await promoters.find_by_login(login_id)
        if host is None or host.status != "approved":
            raise promoters.NotApproved
        team = [host.id, *(one.id for one in await promoters.below(host.id))]
        sessions = [one.id for one in await live.sessions_of(host.id, most=500)]
        return await _create(picks, Allowed(frozenset(team), frozenset(sessions)), by=host.name, host=host.id)


async def _create(picks: Picks, allowed: Allowed, *, by: str, host: UUID | None) -> links.Batch:
    asked = _size(picks)
    if asked > MOST_AT_ONCE:
        raise TooManyAtOnce(asked=asked, most=MOST_AT_ONCE)
    refused: list[Refused] = []
    people = await _people(picks, allowed, refused)
    sessions = await _sessions(picks, allowed, refused)
    shown = await _shown(picks, refused)
    wishes = [
        Wish(promoter=person, live_session=session, **what)
        for person in people
        for session in sessions
        for what in shown
    ]
    there = await links.find_each(wishes) if wishes else {}
    wishes = await _within_bounds(wishes, there, people, refused)
    new = await links.make([wish for wish in wishes if wish not in there], label=picks.label)
    items = [(there[wish].id, False) if wish in there else (new[wish].id, True) for wish in wishes]
    return await links.keep_batch(items, refused, promoter=host, by=by, label=picks.label)


def _size(picks: Picks) -> int:
    """How many links it would be. Raises InvalidInput when something is not chosen at all."""
    shown = len(picks.products) + len(picks.campaigns) + picks.whole_store
    wrong = {
        "promoters": not picks.promoters and N_("Choose at least one person."),
        "products": not shown and N_("Choose what the links show."),
    }
    if found := {field: text for field, text in wrong.items() if text}:
        raise InvalidInput(found)
    return len(picks.promoters) * max(1, len(picks.sessions)) * shown


async def _people(picks: Picks, allowed: Allowed, refused: list[Refused]) -> dict[UUID, str]:
    """Names of those who may have links, by id; locked."""
    wanted = list(dict.fromkeys(picks.promoters))
    known = [one for one in wanted if allowed.promoters is None or one in allowed.promoters]
    await promoters.lock(known)
    rows = await tenants.connection().fetch("SELECT id, name, status FROM promoter WHERE id = ANY($1::uuid[])", known)
    found = {row["id"]: row for row in rows}
    people: dict[UUID, str] = {}
    for one in wanted:
        if one not in found:
            refused.append(Refused("?", N_("There is no such promoter here.")))
        elif found[one]["status"] != "approved":
            refused.append(Refused(found[one]["name"], N_("The store has not approved this person.")))
        else:
            people[one] = found[one]["name"]
    return people


async def _sessions(picks: Picks, allowed: Allowed, refused: list[Refused]) -> list[UUID | None]:
    wanted = list(dict.fromkeys(picks.sessions))
    known = await live.sessions_by_id([one for one in wanted if allowed.sessions is None or one in allowed.sessions])
    good: list[UUID | None] = []
    for one in wanted:
        if one not in known:
            refused.append(Refused("?", N_("There is no such session here.")))
        elif known[one].is_over:
            refused.append(Refused(known[one].title, N_("This session has ended.")))
        else:
            good.append(one)
    return good if wanted else [None]


async def _shown(picks: Picks, refused: list[Refused]) -> list[dict[str, Any]]:
    """What the links lead to, as far as shoppers can see it."""
    good: list[dict[str, Any]] = [{}] if picks.whole_store else []
    wanted = list(dict.fromkeys(picks.products))
    rows = await tenants.connection().fetch("SELECT id, title, status FROM product WHERE id = ANY($1::uuid[])", wanted)
    products = {row["id"]: row for row in rows}
    for one in wanted:
        if one not in products:
            refused.append(Refused("?", N_("There is no such product here.")))
        elif products[one]["status"] != "published":
            refused.append(Refused(products[one]["title"], N_("This product is not published.")))
        else:
            good.append({"product": one})
    for one in dict.fromkeys(picks.campaigns):
        try:
            campaign = await group_buying.find(one)
        except NotFound:
            refused.append(Refused("?", N_("There is no such campaign here.")))
            continue
        if campaign.is_public:
            good.append({"campaign": one})
        else:
            refused.append(Refused(campaign.title, N_("Shoppers cannot see this campaign yet.")))
    return good


async def _within_bounds(
    wishes: list[Wish], there: dict[Wish, links.Link], people: dict[UUID, str], refused: list[Refused]
) -> list[Wish]:
    """Without the wishes of those who would have too many links by them."""
    counts = await links.counts_of(list(people))
    full: set[UUID] = set()
    for person, name in people.items():
        new = sum(wish.promoter == person and wish not in there for wish in wishes)
        if new and counts[person] + new > links.MOST_LINKS:
            full.add(person)
            refused.append(Refused(name, N_("More than %(most)s links are too many."), {"most": links.MOST_LINKS}))
    return [wish for wish in wishes if wish.promoter not in full or wish in there]
