"""What a visitor means to buy. One open cart per visitor; a cart that became an order is never opened again.

Who joins a campaign has a cart of its own for it, in status `joining`: its lines are what the campaign's page asked
for, and `joining` keeps what else was chosen there.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import msgspec

import tenants
from app.kernel.clock import now
from app.kernel.ids import new_id

MOST_PER_LINE = 99


async def cart_of(visitor_id: UUID) -> UUID | None:
    """The visitor's open cart, if there is one."""
    found: UUID | None = await tenants.connection().fetchval(
        "SELECT id FROM cart WHERE visitor_id = $1 AND status = 'open'", visitor_id
    )
    return found


async def cart_count(visitor_id: UUID) -> int:
    """Units in the open cart, for the number on the tab."""
    count: int = await tenants.connection().fetchval(
        "SELECT coalesce(sum(cart_line.quantity), 0)::integer FROM cart JOIN cart_line ON cart_line.cart = cart.id"
        " WHERE cart.visitor_id = $1 AND cart.status = 'open'",
        visitor_id,
    )
    return count


async def open_cart(visitor_id: UUID, customer_id: UUID | None) -> UUID:
    found: UUID = await tenants.connection().fetchval(
        "INSERT INTO cart (id, visitor_id, customer, created_at, updated_at) VALUES ($1, $2, $3, $4, $4)"
        " ON CONFLICT (visitor_id) WHERE status = 'open' DO UPDATE SET updated_at = EXCLUDED.updated_at,"
        " customer = coalesce(EXCLUDED.customer, cart.customer) RETURNING id",
        new_id(), visitor_id, customer_id, now(),
    )  # fmt: skip
    return found


async def add_line(visitor_id: UUID, variant: UUID, quantity: int, *, customer_id: UUID | None = None) -> int:
    """Put units into the cart, beside those already there; answers how many of the variant it now holds."""
    cart = await open_cart(visitor_id, customer_id)
    total: int = await tenants.connection().fetchval(
        "INSERT INTO cart_line (id, cart, variant, quantity, added_at) VALUES ($1, $2, $3, $4, $5)"
        " ON CONFLICT (cart, variant) DO UPDATE SET quantity = least(cart_line.quantity + EXCLUDED.quantity, $6)"
        " RETURNING quantity",
        new_id(), cart, variant, min(quantity, MOST_PER_LINE), now(), MOST_PER_LINE,
    )  # fmt: skip
    return total


async def change_line(visitor_id: UUID, variant: UUID, quantity: int) -> None:
    """Set the units of one variant; nothing happens to a line that is not there any more."""
    if quantity < 1:
        await remove_line(visitor_id, variant)
        return
    await tenants.connection().execute(
        "UPDATE cart_line SET quantity = least($3::integer, $4::integer) FROM cart WHERE cart_line.cart = cart.id"
        " AND cart.visitor_id = $1 AND cart.status = 'open' AND cart_line.variant = $2",
        visitor_id, variant, quantity, MOST_PER_LINE,
    )  # fmt: skip


async def choose_coupon(cart: UUID, visitor_id: UUID, coupon: UUID | None) -> None:
    """The one coupon this cart of the visitor's is to be ordered with; None takes it off again."""
    await tenants.connection().execute(
        "UPDATE cart SET coupon = $3, updated_at = $4 WHERE id = $1 AND visitor_id = $2"
        " AND status IN ('open', 'joining')",
        cart, visitor_id, coupon, now(),
    )  # fmt: skip


async def choose_sharer(cart: UUID, visitor_id: UUID, promoter: UUID | None, code: str) -> None:
    """Whom the shopper named as the one who recommended it; None when nobody is named any more."""
    await tenants.connection().execute(
        "UPDATE cart SET sharer = $3, sharer_code = $4, updated_at = $5 WHERE id = $1 AND visitor_id = $2"
        " AND status IN ('open', 'joining')",
        cart, visitor_id, promoter, code if promoter else "", now(),
    )  # fmt: skip


async def choose_points(cart: UUID, visitor_id: UUID, use: bool) -> None:
    """Whether this cart of the visitor's is to be paid with points as far as they go."""
    await tenants.connection().execute(
        "UPDATE cart SET use_points = $3, updated_at = $4 WHERE id = $1 AND visitor_id = $2"
        " AND status IN ('open', 'joining')",
        cart, visitor_id, use, now(),
    )  # fmt: skip


async def remove_line(visitor_id: UUID, variant: UUID) -> int:
    """Take a variant out; answers how many units it was, so that the shopper may undo it."""
    quantity: int | None = await tenants.connection().fetchval(
        "DELETE FROM cart_line USING cart WHERE cart_line.cart = cart.id AND cart.visitor_id = $1"
        " AND cart.status = 'open' AND cart_line.variant = $2 RETURNING cart_line.quantity",
        visitor_id,
        variant,
    )
    return quantity or 0


async def customer_came(visitor_id: UUID, customer_id: UUID) -> None:
    """The visitor signed in: what this customer collected in other browsers joins the cart of this one."""
    others = await tenants.connection().fetch(
        "UPDATE cart SET status = 'abandoned', updated_at = $3"
        " WHERE customer = $2 AND visitor_id <> $1 AND status = 'open' RETURNING id",
        visitor_id, customer_id, now(),
    )  # fmt: skip
    cart = await open_cart(visitor_id, customer_id)
    rows = await tenants.connection().fetch(
        "SELECT variant, sum(quantity)::integer AS quantity, min(added_at) AS added_at FROM cart_line"
        " WHERE cart = ANY($1::uuid[]) GROUP BY variant ORDER BY variant",
        [row["id"] for row in others],
    )
    await tenants.connection().executemany(
        "INSERT INTO cart_line (id, cart, variant, quantity, added_at) VALUES ($1, $2, $3, $4, $5)"
        " ON CONFLICT (cart, variant) DO UPDATE SET quantity = greatest(cart_line.quantity, EXCLUDED.quantity)",
        [(new_id(), cart, row["variant"], min(row["quantity"], MOST_PER_LINE), row["added_at"]) for row in rows],
    )


JOIN = """
WITH joined AS (
    INSERT INTO cart (id, visitor_id, customer, status, campaign, joining, created_at, updated_at)
    VALUES ($1, $2, $3, 'joining', $4, $5, $6, $6)
    ON CONFLICT (visitor_id, campaign) WHERE status = 'joining' DO UPDATE SET joining = EXCLUDED.joining,
        customer = coalesce(EXCLUDED.customer, cart.customer), updated_at = EXCLUDED.updated_at
    RETURNING id
), filled AS (
    INSERT INTO cart_line (id, cart, variant, quantity, added_at)
    SELECT line.id, joined.id, line.variant, line.units, $6
    FROM joined, unnest($7::uuid[], $8::uuid[], $9::integer[]) AS line (id, variant, units)
    ON CONFLICT (cart, variant) DO UPDATE SET quantity = EXCLUDED.quantity, added_at = EXCLUDED.added_at
)
SELECT id FROM joined
"""


async def fill_joining_cart(
    visitor_id: UUID,
    campaign: UUID,
    lines: Mapping[UUID, int],
    joining: Mapping[str, Any],
    *,
    customer_id: UUID | None = None,
) -> UUID:
    """The visitor's cart for this campaign, holding exactly these units by variant; what it held before is gone."""
    database, fresh = tenants.connection(), new_id()
    cart: UUID = await database.fetchval(
        JOIN, fresh, visitor_id, customer_id, campaign, msgspec.json.encode(joining).decode(), now(),
        [new_id() for _ in lines], list(lines), list(lines.values()),
    )  # fmt: skip
    if cart != fresh:  # it may hold what was chosen before
        await database.execute("DELETE FROM cart_line WHERE cart = $1 AND variant <> ALL($2)", cart, list(lines))
    return cart
