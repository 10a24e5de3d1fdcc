"""Let a store say when a parcel is late, whether its shopper is told, and what its labels show (expand).

One row, or the defaults. `told_at` is when the shopper was told that a parcel takes longer: once per parcel. Old code
looks at no clock and tells nobody.
"""

SQL = """
CREATE TABLE shipping_rules (
    id uuid PRIMARY KEY,
    only_one boolean NOT NULL DEFAULT true,
    pickup_hours integer NOT NULL DEFAULT 48,
    still_hours integer NOT NULL DEFAULT 72,
    door_hours integer NOT NULL DEFAULT 48,
    lost_days integer NOT NULL DEFAULT 15,
    on_time_days integer NOT NULL DEFAULT 5,
    tells_shopper boolean NOT NULL DEFAULT true,
    masks_phone boolean NOT NULL DEFAULT false,
    sender_name text NOT NULL DEFAULT '',
    sender_phone text NOT NULL DEFAULT '',
    sender_address text NOT NULL DEFAULT '',
    updated_at timestamptz NOT NULL,
    CONSTRAINT there_is_one_set_of_shipping_rules UNIQUE (only_one),
    CONSTRAINT only_one_is_true CHECK (only_one),
    CONSTRAINT pickup_hours_are_sensible CHECK (pickup_hours BETWEEN 1 AND 720),
    CONSTRAINT still_hours_are_sensible CHECK (still_hours BETWEEN 1 AND 720),
    CONSTRAINT door_hours_are_sensible CHECK (door_hours BETWEEN 1 AND 720),
    CONSTRAINT lost_days_are_sensible CHECK (lost_days BETWEEN 3 AND 120),
    CONSTRAINT on_time_days_are_sensible CHECK (on_time_days BETWEEN 1 AND 60)
);
ALTER TABLE fulfillment ADD COLUMN told_at timestamptz;
"""
