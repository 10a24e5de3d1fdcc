"""Shapes that many answers share: money, pictures, errors, pages of lists."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta

import tenants


class Money(msgspec.Struct, frozen=True):
    """A sum. `amount` counts minor units: 3990 in CNY is 39.90 yuan."""

    amount: Annotated[int, Meta(description="Minor units of the currency", examples=[3990])]
    currency: Annotated[str, Meta(description="ISO 4217", examples=["CNY"], pattern="^[A-Z]{3}$")]


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """Something to choose, as programs name it and as people read it."""

    code: str
    name: str


class Error(msgspec.Struct, frozen=True, omit_defaults=True):
    """Every refusal, whatever was asked. Nothing was changed then."""

    code: Annotated[str, Meta(description="Stable, for programs", examples=["group_buying.quota_gone"])]
    message: Annotated[str, Meta(description="For people, in the language of Accept-Language")]
    request_id: Annotated[str, Meta(description="Name it when you write to support")]
    fields: Annotated[dict[str, str], Meta(description="What is wrong with which field of the body, for people")] = {}


class Nothing(msgspec.Struct, frozen=True):
    """A body without content."""


Next = Annotated[str, Meta(description="Send it as `after` to read on; empty at the end of the list")]
Moment = Annotated[datetime, Meta(description="RFC 3339, UTC", examples=["2026-11-26T12:00:00Z"])]
Picture = Annotated[str, Meta(description="Path on the same host", examples=["/media/3f/9a.webp"])]
Left = Annotated[int, Meta(description="Units that can be had; null for no limit", ge=0)]


def money(amount: int) -> Money:
    """In the store's currency."""
    return Money(amount, tenants.current().currency)


def maybe(amount: int | None) -> Money | None:
    return None if amount is None else money(amount)


def picture(key: str | None) -> str | None:
    return f"/media/{key}" if key else None
