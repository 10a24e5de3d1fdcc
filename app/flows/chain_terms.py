"""The rules of a chain as a form writes them: what the leader asks, how goods arrive, who may help. No journey.

The merchant's form and the leader's have the same fields.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

import tenants
from app import freight, group_buying
from app.flows.campaign_mode import Place
from app.group_buying import Campaign, ChainTerms, Question
from app.kernel.errors import InvalidInput
from app.kernel.i18n import N_

LONGEST_LABEL = 40
LONGEST_PLACE = 120
MOST_CHOICES = 20
PLACES = range(8)
NO_PLACE = N_("Say where goods are handed out, so that people find you.")
SHIPS = ("at_once", "confirmed")


def read_terms(values: Mapping[str, str], wrong: dict[str, str]) -> ChainTerms:
    """What cannot be read is named in `wrong`."""
    delivery, ships = values.get("delivery", "express"), values.get("ships", "at_once")
    questions = [each for place in PLACES if (each := _question(place, values, wrong))]
    labels = [each.label for each in questions]
    for place in PLACES:
        if labels.count(_label(place, values)) > 1:
            wrong[f"ask_{place}"] = N_("This is asked twice.")
    where = read_place(values)
    if delivery in ("pickup", "local") and not where:
        wrong["place"] = NO_PLACE
    return ChainTerms(
        ships=cast(Any, ships if ships in SHIPS else "at_once"),
        delivery=cast(Any, delivery if delivery in group_buying.words.DELIVERIES else "express"),
        place=where,
        help_sell=values.get("help_sell") == "yes",
        questions=tuple(questions),
    )


def read_place(values: Mapping[str, str]) -> str:
    return " ".join(values.get("place", "").split())[:LONGEST_PLACE]


def place_of(campaign: Campaign) -> Place | None:
    """Where goods of the list are handed out, by whoever leads it, without freight; None when they come in parcels."""
    terms, home = cast(ChainTerms, campaign.terms), freight.home_of(tenants.current().currency)
    if terms.delivery == "express":
        return None
    if terms.delivery == "local":
        return Place(campaign.id, terms.place, {"country": home}, free=True, asks_street=True)
    return Place(campaign.id, campaign.title, {"country": home, "street": terms.place}, free=True)


def values_of(terms: ChainTerms) -> dict[str, str]:
    values = {
        "ships": terms.ships, "delivery": terms.delivery, "place": terms.place,
        "help_sell": "yes" if terms.help_sell else "",
    }  # fmt: skip
    for place, question in enumerate(terms.questions):
        values[f"ask_{place}"] = question.label
        values[f"choices_{place}"] = " / ".join(question.choices)
        values[f"must_{place}"] = "yes" if question.required else ""
    return values


def require_read(wrong: dict[str, str]) -> None:
    """Raises InvalidInput when anything is wrong."""
    if wrong:
        raise InvalidInput(wrong)


def _label(place: int, values: Mapping[str, str]) -> str:
    return " ".join(values.get(f"ask_{place}", "").split())[:LONGEST_LABEL]


def _question(place: int, values: Mapping[str, str], wrong: dict[str, str]) -> Question | None:
    """Choices make it a choice; without any it is a text."""
    label, text = _label(place, values), values.get(f"choices_{place}", "")
    choices = tuple(dict.fromkeys(part.strip()[:LONGEST_LABEL] for part in text.split("/") if part.strip()))
    if not label:
        if choices:
            wrong[f"ask_{place}"] = N_("Say what you ask.")
        return None
    if len(choices) == 1 or len(choices) > MOST_CHOICES:
        wrong[f"choices_{place}"] = N_("Give two to twenty choices, with a / between them, or none.")
    return Question(label, "choice" if choices else "text", values.get(f"must_{place}") == "yes", choices)
