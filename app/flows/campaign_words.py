"""What a campaign says of itself in one sentence: on its page, in a messenger, on a poster, to a screen reader."""

from __future__ import annotations

from app.flows.campaign_offer import Offer
from app.group_buying import Item
from app.kernel import formats
from app.kernel.i18n import gettext as _
from app.kernel.i18n import ngettext

FEW = 20  # so few that their number is worth telling


def first_item(offer: Offer) -> Item | None:
    """What the campaign shows first: the cheapest of what it offers now."""
    active = [item for item in offer.items.values() if item.active]
    return min(active, key=lambda item: (offer.price_of(item.variant) or 0, item.id), default=None)


def next_step(offer: Offer) -> tuple[int, int] | None:
    """How many more it takes until a price falls, and to how much; the nearest step of all items."""
    ahead = [
        (tier.from_count - offer.count, tier.price_amount)
        for item in offer.items.values()
        if item.active
        for tier in item.tiers
        if tier.from_count > offer.count and tier.price_amount < item.price_at(offer.count)
    ]
    return min(ahead, default=None)


def reason(offer: Offer, currency: str) -> str:
    """`3 more and everyone pays ¥39.9`: why to come now, with others. Empty for a price alone."""
    item, people = first_item(offer), getattr(offer.campaign.terms, "people", None)
    if item is None:
        return ""
    price = formats.money(offer.price_of(item.variant) or 0, currency, trim=True)
    if (step := next_step(offer)) and offer.campaign.is_running():
        return _ahead(offer, step[0], formats.money(step[1], currency, trim=True))
    if isinstance(people, int) and people > 1:
        return _("%(count)s people buy together and pay %(price)s each", count=people, price=price)
    if item.left is not None and item.left <= FEW and offer.campaign.is_running():
        return ngettext("%(num)s left at %(price)s", "%(num)s left at %(price)s", item.left, num=item.left, price=price)
    return ""


def _ahead(offer: Offer, missing: int, price: str) -> str:
    if getattr(offer.campaign.terms, "counts", "units") == "people":
        return ngettext(
            "%(num)s more person and everyone pays %(price)s", "%(num)s more people and everyone pays %(price)s",
            missing, num=missing, price=price,
        )  # fmt: skip
    return ngettext(
        "%(num)s more and everyone pays %(price)s", "%(num)s more and everyone pays %(price)s", missing,
        num=missing, price=price,
    )  # fmt: skip


def pitch(offer: Offer, currency: str) -> str:
    """The reason, or what is sold and for how much. Empty when nothing is offered."""
    item = first_item(offer)
    if item is None:
        return ""
    price = formats.money(offer.price_of(item.variant) or 0, currency, trim=True)
    return reason(offer, currency) or _("%(title)s for %(price)s", title=item.title, price=price)


def summary(offer: Offer, currency: str) -> str:
    """How far it is, to be read out once a minute."""
    count = offer.campaign.taken_people
    joined = ngettext("%(num)s person has joined.", "%(num)s people have joined.", count, num=count)
    return f"{joined} {pitch(offer, currency)}".strip()
