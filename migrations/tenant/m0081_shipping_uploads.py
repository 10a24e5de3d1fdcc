"""Remember what a payment platform was told of the parcels of each payment (expand).

`told` are the tracking numbers it knows. `complete`: it was told that nothing more follows; after that one correction
is allowed (`corrected`). `status`: waiting for another try, told, elsewhere (the platform has no such payment in the
app), refused (a person must look). Old code tells nobody.
"""

SQL = """
CREATE TABLE shipping_upload (
    id uuid PRIMARY KEY,
    payment uuid NOT NULL REFERENCES payment (id),
    order_id uuid NOT NULL REFERENCES orders (id),
    told text[] NOT NULL DEFAULT '{}',
    complete boolean NOT NULL DEFAULT false,
    corrected boolean NOT NULL DEFAULT false,
    status text NOT NULL DEFAULT 'waiting',
    error text NOT NULL DEFAULT '',
    tries integer NOT NULL DEFAULT 0,
    tried_at timestamptz NOT NULL,
    CONSTRAINT payment_is_told_of_once UNIQUE (payment),
    CONSTRAINT status_is_known CHECK (status IN ('waiting', 'told', 'elsewhere', 'refused'))
);
CREATE INDEX shipping_upload_order ON shipping_upload (order_id);
"""
