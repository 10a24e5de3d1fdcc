"""What the nightly recomputation asks in SQL: each statement finds what must not exist.

Every row has a subject, an amount by which it is off, a currency when it is money, and what a reader needs to find it.
"""

from app.flows.promoter_questions import PROMOTER_STATEMENTS

STATEMENTS = {
    "stock.reserved": """
        SELECT level.id::text AS subject, level.reserved - coalesce(held.units, 0) AS amount, '' AS currency,
            product.id::text AS product, product.title || ' ' || variant.title AS title
        FROM stock_level AS level
        JOIN variant ON variant.id = level.variant JOIN product ON product.id = variant.product
        LEFT JOIN (SELECT variant, warehouse, sum(quantity)::bigint AS units FROM (
            SELECT variant, warehouse, quantity FROM reservation WHERE status = 'held'
            UNION ALL SELECT variant, warehouse, left_over FROM stock_loan WHERE status = 'open'
        ) AS promise GROUP BY variant, warehouse) AS held
            ON held.variant = level.variant AND held.warehouse = level.warehouse
        WHERE level.reserved <> coalesce(held.units, 0)""",
    "stock.allocated": """
        SELECT level.id::text AS subject, level.allocated - coalesce(owned.units, 0) AS amount, '' AS currency,
            product.id::text AS product, product.title || ' ' || variant.title AS title
        FROM stock_level AS level
        JOIN variant ON variant.id = level.variant JOIN product ON product.id = variant.product
        LEFT JOIN (SELECT variant, warehouse, sum(quantity - shipped_quantity)::bigint AS units FROM reservation
            WHERE status = 'allocated' GROUP BY variant, warehouse) AS owned
            ON owned.variant = level.variant AND owned.warehouse = level.warehouse
        WHERE level.allocated <> coalesce(owned.units, 0)""",
    "stock.on_hand": """
        SELECT level.id::text AS subject, level.on_hand - coalesce(moved.units, 0) AS amount, '' AS currency,
            product.id::text AS product, product.title || ' ' || variant.title AS title
        FROM stock_level AS level
        JOIN variant ON variant.id = level.variant JOIN product ON product.id = variant.product
        LEFT JOIN (SELECT variant, warehouse, sum(delta)::bigint AS units FROM stock_move
            GROUP BY variant, warehouse) AS moved
            ON moved.variant = level.variant AND moved.warehouse = level.warehouse
        WHERE level.on_hand <> coalesce(moved.units, 0)""",
    "order.paid": """
        SELECT orders.id::text AS subject, orders.paid_amount - coalesce(got.amount, 0) AS amount, orders.currency,
            orders.number AS "order"
        FROM orders LEFT JOIN (SELECT order_id, sum(amount)::bigint AS amount FROM payment
            WHERE status = 'captured' AND NOT EXISTS (SELECT 1 FROM refund
                WHERE refund.payment = payment.id AND refund.reason = 'late_payment')
            GROUP BY order_id) AS got ON got.order_id = orders.id
        WHERE orders.paid_amount <> coalesce(got.amount, 0)""",
    "order.refunded": """
        SELECT orders.id::text AS subject, orders.refunded_amount - coalesce(back.amount, 0) AS amount,
            orders.currency, orders.number AS "order"
        FROM orders LEFT JOIN (SELECT order_id, sum(amount)::bigint AS amount FROM refund
            WHERE status = 'succeeded' AND reason <> 'late_payment' GROUP BY order_id) AS back
            ON back.order_id = orders.id
        WHERE orders.refunded_amount <> coalesce(back.amount, 0)""",
    "commission.share": """
        SELECT line.id::text AS subject, line.amount - line.reversed_amount - due.kept AS amount, line.currency,
            orders.number AS "order"
        FROM commission_line AS line JOIN orders ON orders.id = line.order_id
        JOIN order_line AS sold ON sold.id = line.order_line AND sold.goods_amount > sold.discount_amount
        LEFT JOIN (SELECT part.order_line, sum(part.goods_amount) AS goods, sum(part.quantity) AS units,
                max(refund.succeeded_at) AS at
            FROM refund_line AS part JOIN refund ON refund.id = part.refund AND refund.status = 'succeeded'
            GROUP BY part.order_line) AS back ON back.order_line = sold.id
        CROSS JOIN LATERAL (SELECT (div(line.base_amount
            * (sold.goods_amount - sold.discount_amount - coalesce(back.goods, 0)),
            sold.goods_amount - sold.discount_amount) * line.rate_bps / 10000) AS exact) AS share
        CROSS JOIN LATERAL (SELECT CASE WHEN line.flat_amount = 0 THEN trunc(share.exact)::bigint
            ELSE least(line.flat_amount * greatest(0, line.units - coalesce(back.units, 0)), trunc(share.exact))::bigint
            END AS kept) AS due
        WHERE line.status NOT IN ('estimated', 'canceled')
            AND (back.at IS NULL OR back.at < now() - interval '1 hour')
            AND line.amount - line.reversed_amount <> due.kept
            AND NOT EXISTS (SELECT 1 FROM refund WHERE refund.order_id = orders.id AND refund.status = 'succeeded'
                AND NOT EXISTS (SELECT 1 FROM refund_line WHERE refund_line.refund = refund.id))""",
    "commission.books": """
        SELECT orders.id::text AS subject, coalesce(booked.amount, 0) - coalesce(owed.amount, 0) AS amount,
            orders.currency, orders.number AS "order"
        FROM orders LEFT JOIN (SELECT order_id, sum(amount - reversed_amount)::bigint AS amount FROM commission_line
            WHERE status NOT IN ('estimated', 'canceled') GROUP BY order_id) AS owed ON owed.order_id = orders.id
        LEFT JOIN (SELECT moved.order_id,
                sum(CASE WHEN account.id = moved.debit THEN moved.amount ELSE -moved.amount END)::bigint AS amount
            FROM ledger_account AS account
            JOIN ledger_transfer AS moved ON account.id IN (moved.debit, moved.credit)
            WHERE account.kind = 'commission_expense' GROUP BY moved.order_id) AS booked ON booked.order_id = orders.id
        WHERE coalesce(booked.amount, 0) <> coalesce(owed.amount, 0)""",
    "parcel.units": """
        SELECT line.id::text AS subject, packed.units - line.quantity AS amount, '' AS currency,
            orders.number AS "order"
        FROM orders JOIN order_line AS line ON line.order_id = orders.id JOIN (
            SELECT packed.order_line, sum(packed.quantity)::bigint AS units FROM fulfillment_line AS packed
            JOIN fulfillment AS parcel ON parcel.id = packed.fulfillment AND parcel.status <> 'canceled'
            GROUP BY packed.order_line) AS packed ON packed.order_line = line.id
        WHERE packed.units > line.quantity""",
    "parcel.unpaid": """
        SELECT parcel.id::text AS subject, 0::bigint AS amount, '' AS currency, orders.number AS "order"
        FROM fulfillment AS parcel JOIN orders ON orders.id = parcel.order_id
        WHERE orders.paid_at IS NULL AND parcel.status NOT IN ('pending', 'canceled') AND NOT EXISTS (
            SELECT 1 FROM payment WHERE payment.order_id = orders.id AND payment.provider = 'cash_on_delivery'
                AND (payment.status = 'authorized' OR payment.failure = 'cash_refused'))""",
    "parcel.stock": """
        SELECT line.id::text AS subject, coalesce(packed.units, 0) - taken.units AS amount, '' AS currency,
            orders.number AS "order"
        FROM orders JOIN order_line AS line ON line.order_id = orders.id
        JOIN (SELECT order_line, sum(shipped_quantity)::bigint AS units, sum(quantity)::bigint AS promised
            FROM reservation GROUP BY order_line) AS taken ON taken.order_line = line.id
        LEFT JOIN (SELECT packed.order_line, sum(packed.quantity)::bigint AS units FROM fulfillment_line AS packed
            JOIN fulfillment AS parcel ON parcel.id = packed.fulfillment AND parcel.status <> 'canceled'
            GROUP BY packed.order_line) AS packed ON packed.order_line = line.id
        WHERE least(coalesce(packed.units, 0), taken.promised) <> taken.units""",
    # What suppliers' accounts say is what the books owe them.
    "supplier.books": """
        SELECT coalesce(said.supplier, booked.owner)::text AS subject,
            coalesce(said.amount, 0) - coalesce(booked.amount, 0) AS amount,
            coalesce(said.currency, booked.currency) AS currency
        FROM (SELECT supplier, currency, sum(amount)::bigint AS amount FROM supply_entry GROUP BY supplier, currency)
            AS said
        FULL JOIN (SELECT account.owner, account.currency,
                sum(CASE WHEN moved.credit = account.id THEN moved.amount ELSE -moved.amount END)::bigint AS amount
            FROM ledger_account AS account JOIN ledger_transfer AS moved ON account.id IN (moved.debit, moved.credit)
            WHERE account.kind = 'supplier_payable' GROUP BY account.owner, account.currency) AS booked
            ON booked.owner = said.supplier AND booked.currency = said.currency
        WHERE coalesce(said.amount, 0) <> coalesce(booked.amount, 0)""",
    **PROMOTER_STATEMENTS,
}
# One order a row, with all its transfers added up by their two accounts: one look, so nothing moves in between.
MONEY = """
SELECT orders.id, orders.number, orders.currency,
    (SELECT coalesce(sum(amount), 0)::bigint FROM payment WHERE order_id = orders.id AND status = 'captured') AS paid,
    (SELECT coalesce(sum(amount), 0)::bigint FROM refund WHERE order_id = orders.id AND status = 'succeeded') AS back,
    coalesce((SELECT jsonb_agg(jsonb_build_array(pair.debit, pair.credit, pair.amount)) FROM (
        SELECT debit.kind AS debit, credit.kind AS credit, sum(moved.amount)::bigint AS amount
        FROM ledger_transfer AS moved JOIN ledger_account AS debit ON debit.id = moved.debit
        JOIN ledger_account AS credit ON credit.id = moved.credit
        WHERE moved.order_id = orders.id GROUP BY debit.kind, credit.kind
    ) AS pair), '[]') AS moved
FROM orders WHERE $1::uuid IS NULL OR orders.id > $1 ORDER BY orders.id LIMIT $2
"""
