"""Who invited whom: a participant's own link carries a signed name of their participation and nothing about them."""

from __future__ import annotations

import base64
import binascii
from uuid import UUID

import msgspec

import tenants
from infra import crypto

PURPOSE = "campaign.invitation"
SIGNATURE_BYTES = 12
TAKES_PART = ("taken", "confirmed")


def token_of(order_id: UUID) -> str:
    """What the link of whoever placed this order carries, as `?from=`."""
    name = base64.urlsafe_b64encode(order_id.bytes).rstrip(b"=").decode()
    return f"{name}.{crypto.sign(name, PURPOSE, size=SIGNATURE_BYTES)}"


def read_token(token: str) -> UUID | None:
    """The order it names; None for anything that was not made here."""
    name, _, signature = token.partition(".")
    if not crypto.verify(name, signature, PURPOSE, size=SIGNATURE_BYTES):
        return None
    try:
        return UUID(bytes=base64.urlsafe_b64decode(name + "=="))
    except (binascii.Error, ValueError):
        return None


NOTE = """
UPDATE participation AS one SET invited_by = inviter.order_id FROM participation AS inviter
WHERE one.order_id = $1 AND inviter.order_id = $2 AND inviter.campaign = one.campaign
    AND inviter.status = ANY($3) AND NOT inviter.persons && one.persons
"""


async def note_inviter(order_id: UUID, token: str) -> None:
    """Keep through whom somebody came. Nobody invites themselves, and only who takes part invites."""
    inviter = read_token(token)
    if inviter is not None and inviter != order_id:
        await tenants.connection().execute(NOTE, order_id, inviter, list(TAKES_PART))


async def nick_of(token: str, campaign_id: UUID) -> str:
    """The name under which the inviter takes part in this campaign; empty when nobody does."""
    order_id = read_token(token)
    if order_id is None:
        return ""
    nick: str | None = await tenants.connection().fetchval(
        "SELECT nick FROM participation WHERE order_id = $1 AND campaign = $2 AND status = ANY($3)",
        order_id, campaign_id, list(TAKES_PART),
    )  # fmt: skip
    return nick or ""


class Sharer(msgspec.Struct, frozen=True):
    """Somebody who takes part, and how many came through them."""

    order_id: UUID
    nick: str
    joined: int

    @property
    def token(self) -> str:
        return token_of(self.order_id)


SHARER = """
SELECT one.order_id, one.nick, (SELECT count(*) FROM participation AS came
    WHERE came.invited_by = one.order_id AND came.status = ANY($2))::integer AS joined
FROM participation AS one
"""
BY_ORDER = f"{SHARER} WHERE one.order_id = $1 AND one.status = ANY($2)"
OF_VISITOR = f"""{SHARER} JOIN orders AS placed ON placed.id = one.order_id
WHERE one.campaign = $1 AND one.status = ANY($2)
    AND CASE WHEN placed.customer IS NULL THEN placed.visitor_id = $3 ELSE placed.customer = $4 END
ORDER BY one.sequence_number LIMIT 1"""


async def sharer_of_order(order_id: UUID) -> Sharer | None:
    """None as long as the order is not paid, and when it fell away."""
    row = await tenants.connection().fetchrow(BY_ORDER, order_id, list(TAKES_PART))
    return Sharer(**row) if row else None


async def sharer_of_visitor(campaign_id: UUID, visitor_id: UUID, customer_id: UUID | None) -> Sharer | None:
    """This browser's or account's first participation in the campaign."""
    row = await tenants.connection().fetchrow(OF_VISITOR, campaign_id, list(TAKES_PART), visitor_id, customer_id)
    return Sharer(**row) if row else None
