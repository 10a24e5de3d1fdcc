"""Let goods of one request come back to every warehouse they left, each with its own part (expand).

`told_number` is the tracking number that warehouse was told last. Returns from before are one part with everything.
"""

SQL = """
ALTER TABLE warehouse_return DROP CONSTRAINT aftersale_comes_back_to_one_warehouse;
ALTER TABLE warehouse_return ADD CONSTRAINT aftersale_comes_back_to_a_warehouse_once UNIQUE (aftersale, warehouse);
ALTER TABLE warehouse_return
    ADD COLUMN told_number text NOT NULL DEFAULT '',
    ADD COLUMN inspected_at timestamptz;

CREATE TABLE warehouse_return_line (
    id uuid PRIMARY KEY,
    warehouse_return uuid NOT NULL REFERENCES warehouse_return (id) ON DELETE CASCADE,
    aftersale_line uuid NOT NULL REFERENCES aftersale_line (id) ON DELETE CASCADE,
    quantity integer NOT NULL,
    good_quantity integer NOT NULL DEFAULT 0,
    damaged_quantity integer NOT NULL DEFAULT 0,
    CONSTRAINT part_of_a_return_has_units CHECK (quantity > 0),
    CONSTRAINT part_finds_no_more_than_was_sent
        CHECK (good_quantity >= 0 AND damaged_quantity >= 0 AND good_quantity + damaged_quantity <= quantity),
    CONSTRAINT line_is_once_in_a_part UNIQUE (warehouse_return, aftersale_line)
);
CREATE INDEX warehouse_return_line_of ON warehouse_return_line (aftersale_line);

INSERT INTO warehouse_return_line (id, warehouse_return, aftersale_line, quantity, good_quantity, damaged_quantity)
SELECT gen_random_uuid(), part.id, line.id, line.quantity, line.good_quantity, line.damaged_quantity
FROM warehouse_return AS part JOIN aftersale_line AS line ON line.aftersale = part.aftersale;
UPDATE warehouse_return AS part SET inspected_at = aftersale.inspected_at
FROM aftersale WHERE aftersale.id = part.aftersale AND aftersale.inspected_at IS NOT NULL;
"""
