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
    "an account of a supplier that is not what the books owe it": """
        SELECT owed.supplier, owed.amount, coalesce(booked.amount, 0) AS booked FROM (SELECT supplier, currency,
            sum(amount) AS amount FROM supply_entry GROUP BY supplier, currency) AS owed
        FULL JOIN (SELECT account.owner, account.currency,
                sum(CASE WHEN moved.credit = account.id THEN moved.amount ELSE -moved.amount END) AS amount
            FROM ledger_account AS account JOIN ledger_transfer AS moved ON account.id IN (moved.debit, moved.credit)
            WHERE account.kind = 'supplier_payable' GROUP BY account.owner, account.currency) AS booked
            ON booked.owner = owed.supplier AND booked.currency = owed.currency
        WHERE coalesce(owed.amount, 0) <> coalesce(booked.amount, 0)""",
    "an entry of goods that is not the cost of its units": """
        SELECT entry.id, entry.kind, entry.amount, sum(line.cost_amount) AS cost FROM supply_entry AS entry
        LEFT JOIN supply_unit AS unit ON entry.id IN (unit.entry, unit.back_entry)
        LEFT JOIN purchase_line AS line ON line.id = unit.purchase_line
        WHERE entry.kind IN ('goods', 'back') GROUP BY entry.id
        HAVING abs(entry.amount) <> coalesce(sum(line.cost_amount), 0) OR entry.units <> count(unit.id)""",
    "a payment to a supplier that is not entered exactly once": """
        SELECT paid.number, paid.amount, sum(entry.amount) AS entered FROM supply_payment AS paid
        LEFT JOIN supply_entry AS entry ON entry.payment = paid.id GROUP BY paid.id
        HAVING coalesce(sum(entry.amount), 0) <> -paid.amount""",
    "a statement that is not the sum of its entries, or does not begin where the last one ended": """
        SELECT said.number, said.closing_amount, sum(entry.amount) AS entries, before.closing_amount AS last
        FROM supply_statement AS said LEFT JOIN supply_entry AS entry ON entry.statement = said.id
        LEFT JOIN LATERAL (SELECT closing_amount FROM supply_statement AS earlier WHERE earlier.supplier = said.supplier
            AND (earlier.ends_at, earlier.number) < (said.ends_at, said.number)
            ORDER BY ends_at DESC, number DESC LIMIT 1) AS before ON true
        GROUP BY said.id, before.closing_amount
        HAVING said.closing_amount - said.opening_amount <> coalesce(sum(entry.amount), 0)
            OR said.opening_amount <> coalesce(before.closing_amount, 0)""",
}
