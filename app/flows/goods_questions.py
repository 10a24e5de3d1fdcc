"""What the nightly comparison of goods asks in SQL: each statement finds what must not be so for long.

Every row has a subject, the money at risk and its currency, and what a reader needs to find it. Each leaves out what is
too young to be a difference: news take a while.
"""

_AT_RISK = "greatest(orders.total_amount - orders.refunded_amount, 0)"
_ORDER = f'{_AT_RISK} AS amount, orders.currency, orders.number AS "order", orders.id AS order_id'

_STATEMENTS = {
    # Paid, goods tied to it, and nobody was told to send them. A plan that is still to be made is not one.
    "goods.unplanned": """
        SELECT orders.id::text AS subject, {order}
        FROM orders WHERE orders.status = 'placed' AND orders.payment_status IN ('paid', 'authorized',
                'partially_refunded') AND orders.fulfillment_status = 'unfulfilled'
            AND orders.updated_at < now() - interval '1 hour'
            AND EXISTS (SELECT 1 FROM reservation JOIN order_line AS line ON line.id = reservation.order_line
                AND line.requires_shipping WHERE reservation.order_id = orders.id
                AND reservation.status = 'allocated' AND reservation.quantity > reservation.shipped_quantity)
            AND NOT EXISTS (SELECT 1 FROM fulfillment_order AS work
                WHERE work.order_id = orders.id AND work.status <> 'canceled')
            AND NOT EXISTS (SELECT 1 FROM outbox WHERE outbox.kind = 'fulfillment.plan'
                AND outbox.status IN ('due', 'queued', 'running') AND outbox.payload->>'order_id' = orders.id::text)
            AND NOT EXISTS (SELECT 1 FROM presale_order AS sold WHERE sold.order_id = orders.id
                AND sold.status NOT IN ('confirmed', 'closed'))""",
    "goods.no_tracking": """
        SELECT parcel.id::text AS subject, {order}
        FROM fulfillment AS parcel JOIN orders ON orders.id = parcel.order_id
        WHERE parcel.status IN ('packed', 'shipped', 'in_transit', 'out_for_delivery') AND parcel.tracking_number = ''
            AND coalesce(parcel.shipped_at, parcel.created_at) < now() - interval '24 hours'""",
    # The carrier never had a word of a parcel that left days ago.
    "goods.unheard": """
        SELECT parcel.id::text AS subject, {order}, parcel.tracking_number
        FROM fulfillment AS parcel JOIN orders ON orders.id = parcel.order_id
        WHERE parcel.status = 'shipped' AND parcel.tracking_number <> '' AND parcel.heard_at IS NULL
            AND coalesce(parcel.shipped_at, parcel.created_at) < now() - interval '72 hours'
            AND NOT EXISTS (SELECT 1 FROM parcel_event AS event WHERE event.fulfillment = parcel.id)""",
    "goods.delivered_open": """
        SELECT orders.id::text AS subject, {order}
        FROM orders WHERE orders.fulfillment_status = 'fulfilled' AND EXISTS (SELECT 1 FROM fulfillment AS parcel
                WHERE parcel.order_id = orders.id AND parcel.status = 'delivered')
            AND NOT EXISTS (SELECT 1 FROM fulfillment AS parcel WHERE parcel.order_id = orders.id
                AND parcel.status NOT IN ('delivered', 'canceled'))
            AND (SELECT max(coalesce(parcel.delivered_at, parcel.updated_at)) FROM fulfillment AS parcel
                WHERE parcel.order_id = orders.id) < now() - interval '1 hour'""",
    # Whoever left did not leave whole: the work order is closed and its order still waits for goods of it.
    "goods.closed_unsent": """
        SELECT work.id::text AS subject, {order}, work.reference
        FROM fulfillment_order AS work JOIN orders ON orders.id = work.order_id
        WHERE work.status = 'closed' AND work.updated_at < now() - interval '1 hour' AND NOT EXISTS (
            SELECT 1 FROM fulfillment AS parcel WHERE parcel.fulfillment_order = work.id
                AND parcel.status <> 'canceled')""",
    # Free at the warehouse is what lies there less what it knows it has to send. Compared only where nothing moved
    # around the count, so that news on their way are no difference.
    "goods.stock": """
        SELECT level.id::text AS subject, abs(count.available - here.free) * variant.price_amount AS amount,
            $1::text AS currency, product.title || ' ' || variant.title AS title, variant.id AS variant,
            warehouse.name AS warehouse, count.available AS there, here.free AS here
        FROM warehouse_count AS count
        JOIN variant ON coalesce(nullif(variant.sku, ''), variant.id::text) = count.sku AND variant.active
        JOIN product ON product.id = variant.product
        JOIN stock_level AS level ON level.variant = variant.id AND level.warehouse = count.warehouse AND level.tracked
        JOIN warehouse ON warehouse.id = count.warehouse AND warehouse.status = 'active'
        CROSS JOIN LATERAL (SELECT level.on_hand - coalesce(sum(asked.quantity - coalesce((SELECT sum(packed.quantity)
                FROM fulfillment_line AS packed JOIN fulfillment AS parcel ON parcel.id = packed.fulfillment
                WHERE parcel.fulfillment_order = work.id AND parcel.status <> 'canceled'
                    AND packed.order_line = asked.order_line), 0)), 0)::bigint AS free
            FROM fulfillment_order AS work
            JOIN fulfillment_order_line AS asked ON asked.fulfillment_order = work.id
            JOIN order_line AS line ON line.id = asked.order_line AND line.variant = variant.id
            WHERE work.warehouse = level.warehouse AND work.status IN ('submitted', 'accepted')) AS here
        WHERE count.available <> here.free AND count.counted_at > now() - interval '2 days'
            AND NOT EXISTS (SELECT 1 FROM stock_move AS move WHERE move.variant = variant.id
                AND move.warehouse = level.warehouse AND move.at > count.counted_at - interval '1 hour')
            AND NOT EXISTS (SELECT 1 FROM fulfillment_order AS work
                JOIN fulfillment_order_line AS asked ON asked.fulfillment_order = work.id
                JOIN order_line AS line ON line.id = asked.order_line AND line.variant = variant.id
                WHERE work.warehouse = level.warehouse AND work.updated_at > count.counted_at - interval '1 hour')""",
}
GOODS_STATEMENTS = {kind: statement.replace("{order}", _ORDER) for kind, statement in _STATEMENTS.items()}
# What only the warehouse itself can say, each about one work order.
ASKED_KINDS = ("goods.unknown_there", "goods.canceled_there", "goods.shipped_there", "goods.shipped_here")
ABOUT_WORK_ORDER = f"""
SELECT work.id::text AS subject, {_ORDER}, work.reference FROM fulfillment_order AS work
JOIN orders ON orders.id = work.order_id WHERE work.id = $1
"""  # noqa: S608 - constants
# Tickets about work orders nobody is asked about any more: they are settled, and so is the difference.
SETTLED = """
SELECT ticket.kind, ticket.subject FROM ticket LEFT JOIN fulfillment_order AS work ON work.id::text = ticket.subject
WHERE ticket.status = 'open' AND ticket.kind = ANY($1::text[]) AND (work.id IS NULL OR NOT (
    work.status IN ('submitted', 'accepted', 'incomplete')
    OR (work.status = 'closed' AND work.updated_at > now() - interval '2 days')))
"""
