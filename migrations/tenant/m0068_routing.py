"""Let a store say which warehouse sends what, and which orders wait before they are sent (expand).

A version of the rules is never changed; a store without one is routed by the rules of the code and holds nothing back.
A hold keeps the work orders of an order `on_hold` until somebody, or the clock, releases it; old code sees a reason it
shows as text. `route` says why the work order went to its warehouse. A warehouse may get several work orders of one
order, each under a reference of its own: what is sent again, or was missing elsewhere.
"""

SQL = """
CREATE TABLE routing_policy (
    id uuid PRIMARY KEY,
    version integer NOT NULL,
    valid_from timestamptz NOT NULL,
    rules jsonb NOT NULL,
    holds jsonb NOT NULL,
    shorts text NOT NULL DEFAULT 'wait',
    note text NOT NULL DEFAULT '',
    changed_by text NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT routing_version_counts_up UNIQUE (version),
    CONSTRAINT version_counts_from_one CHECK (version > 0),
    CONSTRAINT shorts_are_known CHECK (shorts IN ('wait', 'reroute'))
);

CREATE TABLE fulfillment_hold (
    id uuid PRIMARY KEY,
    order_id uuid NOT NULL REFERENCES orders (id) ON DELETE CASCADE,
    kind text NOT NULL,
    params jsonb NOT NULL DEFAULT '{}',
    words text NOT NULL DEFAULT '',
    until timestamptz,
    opened_by text NOT NULL,
    opened_at timestamptz NOT NULL,
    released_by text NOT NULL DEFAULT '',
    released_at timestamptz,
    CONSTRAINT kind_is_known CHECK (kind IN
        ('address', 'blocked_region', 'fraud', 'amount', 'first_order', 'cooling', 'manual'))
);
CREATE UNIQUE INDEX order_is_held_once_for_a_reason ON fulfillment_hold (order_id, kind) WHERE released_at IS NULL;
CREATE INDEX fulfillment_hold_until ON fulfillment_hold (until) WHERE released_at IS NULL AND until IS NOT NULL;
CREATE INDEX fulfillment_hold_order ON fulfillment_hold (order_id);

ALTER TABLE fulfillment_order
    ADD COLUMN route jsonb NOT NULL DEFAULT '{}',
    DROP CONSTRAINT one_per_order_and_warehouse;
CREATE INDEX fulfillment_order_of_order ON fulfillment_order (order_id, warehouse);
"""
APPEND_ONLY = ("routing_policy",)
