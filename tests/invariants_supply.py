"""What must hold of everything that is ordered from suppliers."""

SUPPLY = {
    "more units of an order line ordered from suppliers than were sold": """
        SELECT unit.order_line, count(*) AS units, line.quantity FROM supply_unit AS unit
        JOIN order_line AS line ON line.id = unit.order_line GROUP BY unit.order_line, line.quantity
        HAVING count(*) > line.quantity""",
    "a line of a purchase order that is not the sum of its units": """
        SELECT purchase.number, line.title, line.quantity, line.accepted_quantity, count(unit.id) AS units
        FROM purchase_line AS line JOIN purchase_order AS purchase ON purchase.id = line.purchase_order
        LEFT JOIN supply_unit AS unit ON unit.purchase_line = line.id
        GROUP BY purchase.number, line.id HAVING count(unit.id) <> coalesce(line.accepted_quantity, line.quantity)""",
    "a purchase order whose total is not that of its lines": """
        SELECT purchase.number, purchase.total_amount, sum(line.cost_amount * coalesce(line.accepted_quantity,
            line.quantity)) AS amount FROM purchase_order AS purchase
        LEFT JOIN purchase_line AS line ON line.purchase_order = purchase.id GROUP BY purchase.id
        HAVING purchase.total_amount <> coalesce(sum(line.cost_amount * coalesce(line.accepted_quantity,
            line.quantity)), 0)""",
    "a purchase order whose last version is not the one it says": """
        SELECT purchase.number, purchase.version, max(known.version) AS last FROM purchase_order AS purchase
        LEFT JOIN purchase_version AS known ON known.purchase_order = purchase.id GROUP BY purchase.id
        HAVING purchase.version IS DISTINCT FROM max(known.version)""",
    "goods received from a supplier that are not done": """
        SELECT receipt.purchase_line, sum(receipt.quantity) AS received, (SELECT count(*) FROM supply_unit AS unit
            WHERE unit.purchase_line = receipt.purchase_line AND unit.done_at IS NOT NULL) AS done
        FROM purchase_receipt AS receipt GROUP BY receipt.purchase_line HAVING sum(receipt.quantity)
            <> (SELECT count(*) FROM supply_unit AS unit
                WHERE unit.purchase_line = receipt.purchase_line AND unit.done_at IS NOT NULL)""",
}
