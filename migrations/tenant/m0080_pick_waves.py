"""Let a merchant pick for many orders in one walk: a wave of work orders of one warehouse (expand).

A work order is in one wave at most. What lies in the basket already is a tick per goods (`item` is the SKU, or the
variant where there is none). `printed` counts how often the list was printed: from the second time on it says so.
"""

SQL = """
CREATE TABLE pick_wave (
    id uuid PRIMARY KEY,
    number text NOT NULL,
    warehouse uuid NOT NULL REFERENCES warehouse (id),
    cutoff_at timestamptz NOT NULL,
    printed integer NOT NULL DEFAULT 0,
    printed_at timestamptz,
    created_by text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL,
    CONSTRAINT wave_number_is_unique UNIQUE (number),
    CONSTRAINT printed_is_counted CHECK (printed >= 0)
);
CREATE INDEX pick_wave_newest ON pick_wave (created_at DESC, id DESC);
CREATE TABLE pick_wave_order (
    id uuid PRIMARY KEY,
    pick_wave uuid NOT NULL REFERENCES pick_wave (id) ON DELETE CASCADE,
    fulfillment_order uuid NOT NULL REFERENCES fulfillment_order (id),
    place integer NOT NULL,
    CONSTRAINT work_order_is_in_one_wave UNIQUE (fulfillment_order),
    CONSTRAINT basket_is_taken_once UNIQUE (pick_wave, place)
);
CREATE TABLE pick_tick (
    id uuid PRIMARY KEY,
    pick_wave uuid NOT NULL REFERENCES pick_wave (id) ON DELETE CASCADE,
    item text NOT NULL,
    picked_by text NOT NULL DEFAULT '',
    picked_at timestamptz NOT NULL,
    CONSTRAINT goods_are_ticked_once UNIQUE (pick_wave, item)
);
"""
