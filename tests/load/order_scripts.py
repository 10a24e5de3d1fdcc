"""The order's statements as pgbench scripts: the same SQL with values, and the whole order in one statement."""

from __future__ import annotations

from collections.abc import Mapping

from app.flows.cart_contents import LOCKED
from app.inventory.promises import TAKE_OR_FAIL
from app.orders.placing import WRITE
from tenants.outbox import INSERT_ALL
from tenants.steps import together
from tests.load.pgbench import with_values
from tests.load.stores import CART, LINE, ORDER, PRODUCT, PRODUCTS, VARIANT, VISITOR, sql_id

# pgbench counts carts in :n; the other ids of an order are the same number in ranges of their own.
EVENT, RESERVATION, JOB = 6 << 32, 7 << 32, 8 << 32
ADDRESS = """'{"recipient": "Zhou", "phone": "13800000000", "city": "Hangzhou", "street": "Wensan Road 1"}'"""
RULES = (
    '{"engine": 1, "rules": {}, "freight": {"kind": "templates", "sent": [], "charged": [0]}, "lines": [{"product":'
    ' "00000000-0000-7000-8000-000000000001", "variant": "00000000-0000-7000-8000-000100000001", "unit_amount": 4390,'
    ' "quantity": 1}]}'
)
LATER = "now() + interval '30 minutes'"


def _id(base: int) -> str:
    return sql_id(f"{base} + :n")


def _write(variant: str, product: str) -> str:
    """Order, lines, event and jobs: one statement."""
    rules = f"'{RULES}'"
    line = {
        "id": _id(LINE), "line_number": "1", "product": product, "variant": variant, "title": "'Product'",
        "variant_title": "'One'", "sku": "'SKU'", "quantity": "1", "unit_amount": "4390", "goods_amount": "4390",
        "discount_amount": "0", "freight_amount": "0", "tax_amount": "0",
        "price_breakdown": """'{"list": 4390, "total": 4390}'::jsonb""", "requires_shipping": "true",
    }  # fmt: skip
    order = (
        _id(ORDER), "'B' || :n::bigint", _id(CART), "NULL", _id(VISITOR), "'zhou@example.test'", "'138'", "'CNY'",
        "'en'", "4390", "0", "0", "0", "4390", rules, ADDRESS, "''", "'\\x00'", "now()", LATER, _id(EVENT),
        f"jsonb_build_array({_object(line)})", "NULL::uuid",
    )  # fmt: skip
    kinds = (("payments.expire_order", "expire", 0, LATER), ("attribution.decide", "decide", 1, "now()"))
    jobs = [
        {
            "id": sql_id(f"{JOB} + :n * 2 + {place}"), "kind": f"'{kind}'", "queue": "'critical'",
            "payload": "'{}'::jsonb", "dedupe_key": f"'{key}:' || :n::bigint", "max_attempts": "12", "run_at": moment,
            "created_at": "now()",
        }
        for kind, key, place, moment in kinds
    ]  # fmt: skip
    asked = (f"jsonb_build_array({', '.join(map(_object, jobs))})",)
    statement = together(((WRITE, len(order)), (INSERT_ALL, len(asked))))
    return with_values(statement, dict(enumerate(order + asked, 1)))


def _object(columns: Mapping[str, str]) -> str:
    pairs = ", ".join(f"'{name}', {value}" for name, value in columns.items())
    return f"jsonb_build_object({pairs})"


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
            with_values(TAKE_OR_FAIL, taken),
            "COMMIT;",
            "\\endpipeline",
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
