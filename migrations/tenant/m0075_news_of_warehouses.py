"""Keep what warehouses tell besides parcels: how far they are, what is missing, what they counted (expand).

`ended_at` remembers that nothing more will follow, so that the order of news does not matter; until now only the states
`incomplete` and `rejected` said so. `asked_at` is when an attempt went out whose answer nobody has seen.
"""

SQL = """
ALTER TABLE fulfillment_order
    ADD COLUMN picked integer NOT NULL DEFAULT 0,
    ADD COLUMN packed_at timestamptz,
    ADD COLUMN asked_at timestamptz,
    ADD COLUMN ended_at timestamptz,
    ADD CONSTRAINT picked_is_not_negative CHECK (picked >= 0);
UPDATE fulfillment_order SET ended_at = updated_at WHERE status IN ('incomplete', 'rejected');

CREATE TABLE short_pick (
    id uuid PRIMARY KEY,
    fulfillment_order uuid NOT NULL REFERENCES fulfillment_order (id) ON DELETE CASCADE,
    order_line uuid NOT NULL REFERENCES order_line (id),
    missing integer NOT NULL,
    found_sku text NOT NULL DEFAULT '',
    reason text NOT NULL DEFAULT '',
    status text NOT NULL DEFAULT 'open',
    told_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT line_is_short_once UNIQUE (fulfillment_order, order_line),
    CONSTRAINT something_is_missing CHECK (missing > 0),
    CONSTRAINT status_is_known CHECK (status IN ('open', 'settled'))
);
CREATE INDEX short_pick_open ON short_pick (told_at) WHERE status = 'open';

CREATE TABLE warehouse_count (
    id uuid PRIMARY KEY,
    warehouse uuid NOT NULL REFERENCES warehouse (id),
    sku text NOT NULL,
    available bigint NOT NULL,
    counted_at timestamptz NOT NULL,
    told_at timestamptz NOT NULL,
    CONSTRAINT sku_is_counted_once_per_warehouse UNIQUE (warehouse, sku)
);
"""
