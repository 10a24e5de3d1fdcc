"""The kinds of campaigns and the rules each of them is played by.

A kind's rules are a struct; a campaign keeps them as JSON in `terms`. Fields have defaults, so that campaigns written
before a rule was invented are still read.
"""

from __future__ import annotations

from typing import Any, Literal, get_args

import msgspec

Kind = Literal[
    "team_group", "ladder_campaign", "chain_campaign", "community", "presale", "demand_test", "flash_sale"
]  # fmt: skip
KINDS: tuple[Kind, ...] = get_args(Kind)


class Terms(msgspec.Struct, frozen=True, forbid_unknown_fields=False):
    """The rules every kind has: `ships` says when a paid order may leave.

    `at_once` when it is paid, `confirmed` when its group is complete or the campaign says so.
    """

    ships: Literal["at_once", "confirmed"] = "at_once"
    numbered: bool = False


class FlashSaleTerms(Terms, frozen=True):
    """A price for a short time and a few units; everything else is a plain order."""


# One struct per kind; a kind that is not here yet has the common rules only.
TERMS: dict[str, type[Terms]] = {"flash_sale": FlashSaleTerms}


def read_terms(kind: str, text: str | bytes) -> Terms:
    """The rules of a campaign of this kind, as they were stored."""
    return msgspec.json.decode(text, type=TERMS.get(kind, Terms))


def write_terms(terms: Terms) -> str:
    return msgspec.json.encode(terms).decode()


def terms_of(kind: str, values: dict[str, Any]) -> Terms:
    """The same from plain values. Raises msgspec.ValidationError."""
    return msgspec.convert(values, TERMS.get(kind, Terms))
