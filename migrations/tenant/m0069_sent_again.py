"""Remember which parcels were sent again, and why: each at most once (expand).

The replacement is an order of its own that costs nothing, like that of an exchange. Old code overlooks the table.
"""

SQL = """
CREATE TABLE reship (
    id uuid PRIMARY KEY,
    fulfillment uuid NOT NULL REFERENCES fulfillment (id) ON DELETE CASCADE,
    replacement uuid NOT NULL REFERENCES orders (id),
    reason text NOT NULL,
    words text NOT NULL DEFAULT '',
    decided_by text NOT NULL,
    at timestamptz NOT NULL,
    CONSTRAINT parcel_is_sent_again_once UNIQUE (fulfillment),
    CONSTRAINT reason_is_known CHECK (reason IN ('lost', 'damaged', 'returned', 'wrong_goods', 'other'))
);
"""
