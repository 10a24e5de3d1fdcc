"""What must hold of stock after anything whatsoever, beyond what is promised of it."""

STOCK = {
    "units on their way that nobody expects": """
        SELECT level.variant, level.warehouse, level.incoming, coalesce(coming.units, 0) AS units
        FROM stock_level AS level LEFT JOIN (SELECT variant, warehouse, sum(greatest(expected - received, 0)) AS units
            FROM stock_arrival WHERE status = 'expected' GROUP BY variant, warehouse) AS coming
            USING (variant, warehouse)
        WHERE level.incoming <> coalesce(coming.units, 0)""",
    "units on hand that are not the sum of their movements": """
        SELECT level.variant, level.warehouse, level.on_hand, coalesce(sum(move.delta), 0) AS moved
        FROM stock_level AS level
        LEFT JOIN stock_move AS move ON move.variant = level.variant AND move.warehouse = level.warehouse
        GROUP BY level.id HAVING level.on_hand <> coalesce(sum(move.delta), 0)""",
    "units that left for an order and are more than its parcels say": """
        SELECT move.about, move.variant, -sum(move.delta) AS units FROM stock_move AS move WHERE move.kind = 'ship'
        GROUP BY move.about, move.variant HAVING -sum(move.delta) <> (SELECT coalesce(sum(shipped_quantity), 0)
            FROM reservation WHERE reservation.order_id = move.about AND reservation.variant = move.variant)""",
}
