"""A campaign with everything it offers as one value: one round trip, or none where another statement brings it."""

from __future__ import annotations

from typing import NamedTuple
from uuid import UUID

import msgspec

import tenants
from app.group_buying.campaigns import Campaign
from app.group_buying.items import OFFERED, Item
from app.group_buying.kinds import read_terms
from app.kernel.errors import NotFound

# A scalar of the row `campaign`.
WHOLE = f"""jsonb_build_object('campaign', to_jsonb(campaign.*), 'items', coalesce((SELECT jsonb_agg(to_jsonb(offered))
    FROM ({OFFERED} WHERE item.campaign = campaign.id ORDER BY item.position, item.id) AS offered), '[]'))"""  # noqa: S608 - constants only
BY_ID = f"SELECT {WHOLE} FROM campaign WHERE id = $1"  # noqa: S608 - constants only
BY_CODE = f"SELECT {WHOLE} FROM campaign WHERE code = $1"  # noqa: S608 - constants only


class Whole(NamedTuple):
    campaign: Campaign
    items: list[Item]


class _Written(msgspec.Struct, frozen=True):
    campaign: Campaign
    items: list[Item]


class _Terms(msgspec.Struct, frozen=True):
    terms: msgspec.Raw


class _Rules(msgspec.Struct, frozen=True):
    """The same text once more: which rules a campaign has depends on its kind."""

    campaign: _Terms


_written, _rules = msgspec.json.Decoder(_Written), msgspec.json.Decoder(_Rules)


def read_whole(text: str) -> Whole:
    """The answer of WHOLE."""
    written = _written.decode(text)
    terms = read_terms(written.campaign.kind, bytes(_rules.decode(text).campaign.terms))
    return Whole(msgspec.structs.replace(written.campaign, terms=terms), written.items)


async def find_whole(campaign_id: UUID) -> Whole:
    """Raises NotFound."""
    return await _one(BY_ID, campaign_id)


async def find_whole_by_code(code: str) -> Whole:
    """Raises NotFound."""
    return await _one(BY_CODE, code)


async def _one(statement: str, value: UUID | str) -> Whole:
    text: str | None = await tenants.connection().fetchval(statement, value)
    if text is None:
        raise NotFound
    return read_whole(text)
