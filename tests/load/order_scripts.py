"""The order's statements as pgbench scripts: the same SQL with values, and the whole order in one statement."""

from __future__ import annotations

from app.flows.cart_contents import LOCKED
from app.inventory.promises import TAKE
from app.orders.placing import WRITE
from tenants.outbox import INSERT
from tests.load.pgbench import with_values
from tests.load.stores import CART, PRODUCT, PRODUCTS, VARIANT, VISITOR, sql_id

# pgbench counts carts in :n; the other ids of an order are the same number in ranges of their own.
ORDER, LINE, EVENT, RESERVATION, JOB = 4 << 32, 5 << 32, 6 << 32, 7 << 32, 8 << 32
ADDRESS = """'{"recipient": "Zhou", "phone": "13800000000", "city": "Hangzhou", "street": "Wensan Road 1"}'"""
LATER = "now() + interval '30 minutes'"


def _id(base: int) -> str:
    return sql_id(f"{base} + :n")


def _write(variant: str, product: str) -> str:
    values = {
        1: _id(ORDER), 2: "'B' || :n::bigint", 3: _id(CART), 4: "NULL", 5: _id(VISITOR), 6: "'zhou@example.test'",
        7: "'138'", 8: "'CNY'", 9: "'en'", 10: "4390", 11: "0", 12: "4390", 13: ADDRESS, 14: "''", 15: "'\\x00'",
        16: "now()", 17: LATER, 18: _id(EVENT), 19: f"ARRAY[{_id(LINE)}]", 20: "ARRAY[1]", 21: f"ARRAY[{product}]",
        22: f"ARRAY[{variant}]", 23: "ARRAY['Product']", 24: "ARRAY['One']", 25: "ARRAY['SKU']", 26: "ARRAY[NULL]",
        27: "ARRAY[1]", 28: "ARRAY[4390]", 29: "ARRAY[4390]", 30: "ARRAY[0]", 31: "ARRAY['{}']", 32: "ARRAY[true]",
        33: "0", 34: "0", 35: "'{}'", 36: "ARRAY[0]", 37: "ARRAY[0]",
    }  # fmt: skip
    return with_values(WRITE, values)


def _jobs() -> list[str]:
    kinds = (("payments.expire_order", "expire", 0, LATER), ("attribution.decide", "decide", 1, "now()"))
    return [
        with_values(
            INSERT,
            {1: sql_id(f"{JOB} + :n * 2 + {place}"), 2: f"'{kind}'", 3: "'critical'", 4: "'{}'",
             5: f"'{key}:' || :n::bigint", 6: "12", 7: moment, 8: "now()"},
        )
        for kind, key, place, moment in kinds
    ]  # fmt: skip


def spread() -> str:
    """Place one order of the cart's one line: the flow's own statements, in its order and number of round trips."""
    chosen = f"1 + :n::bigint % {PRODUCTS}"
    variant, product = sql_id(f"{VARIANT} + {chosen}"), sql_id(f"{PRODUCT} + {chosen}")
    taken = {1: variant, 2: "1", 3: "now()", 4: _id(RESERVATION), 5: _id(ORDER), 6: _id(LINE), 7: LATER}
    return "\n".join(
        (
            "BEGIN;",
            with_values(LOCKED, {1: _id(CART), 2: _id(VISITOR), 3: "NULL::uuid"}),
            _write(variant, product),
            "\\startpipeline",
            *_jobs(),
            "\\endpipeline",
            with_values(TAKE, taken),
            "COMMIT;",
        )
    )


def hot(variant_number: int) -> str:
    """The whole order of one hot variant as one statement, the shortest time its row can be locked."""
    variant, product = sql_id(f"{VARIANT} + {variant_number}"), sql_id(f"{PRODUCT} + {variant_number}")
    order, line = _id(ORDER), _id(LINE)
    return f"""
WITH taken AS (
    UPDATE stock_level SET reserved = reserved + 1, updated_at = now()
    WHERE variant = {variant} AND on_hand - reserved - allocated >= 1 RETURNING warehouse
), placed AS (
    INSERT INTO orders (id, number, cart, visitor_id, email, phone, status, payment_status, fulfillment_status,
        currency, locale, goods_amount, total_amount, ship_to, access_hash, event_seq, placed_at, expires_at,
        updated_at)
    SELECT {order}, 'B' || :n::bigint, {_id(CART)}, {_id(VISITOR)}, 'zhou@example.test', '138', 'placed', 'unpaid',
        'unfulfilled', 'CNY', 'en', 4390, 4390, {ADDRESS}::jsonb, '\\x00'::bytea, 1, now(), {LATER}, now() FROM taken
), told AS (
    INSERT INTO order_event (id, order_id, seq, field, from_status, to_status, cause, actor, at)
    SELECT {_id(EVENT)}, {order}, 1, 'status', 'draft', 'placed', 'checkout', 'shopper', now() FROM taken
), closed AS (
    UPDATE cart SET status = 'ordered', updated_at = now() WHERE id = {_id(CART)}
), line AS (
    INSERT INTO order_line (id, order_id, line_number, product, variant, title, variant_title, sku, quantity,
        unit_amount, goods_amount)
    SELECT {line}, {order}, 1, {product}, {variant}, 'Product', 'One', 'SKU', 1, 4390, 4390 FROM taken
), jobs AS (
    INSERT INTO outbox (id, kind, queue, payload, dedupe_key, run_at, created_at)
    SELECT job.id, job.kind, 'critical', '{{}}'::jsonb, job.key, job.run_at, now() FROM taken, (VALUES
        ({sql_id(f"{JOB} + :n * 2")}, 'payments.expire_order', 'expire:' || :n::bigint, {LATER}),
        ({sql_id(f"{JOB} + :n * 2 + 1")}, 'attribution.decide', 'decide:' || :n::bigint, now())
    ) AS job (id, kind, key, run_at)
)
INSERT INTO reservation (id, order_id, order_line, variant, warehouse, quantity, status, expires_at, created_at)
SELECT {_id(RESERVATION)}, {order}, {line}, {variant}, warehouse, 1, 'held', {LATER}, now() FROM taken;"""
