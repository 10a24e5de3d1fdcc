"""Let a store connect tracking services of its own, and remember how each parcel is followed (expand).

`account_ref` names the account at its service and is no secret; connected again, an account keeps its row. A parcel
that is followed has a `tracking_account`; `follow_error` is why it could not be. `heard_at` is when the carrier last
had news of it, `asked_at` when we last asked. `signed_by` and `picture_url` prove that it arrived. Old code overlooks
all of it: parcels of warehouses that tell of them by themselves are followed as before.
"""

SQL = """
CREATE TABLE tracking_account (
    id uuid PRIMARY KEY,
    provider text NOT NULL,
    name text NOT NULL,
    account_ref text NOT NULL,
    base_url text NOT NULL,
    credentials_sealed text NOT NULL,
    settings jsonb NOT NULL DEFAULT '{}',
    is_default boolean NOT NULL DEFAULT false,
    status text NOT NULL DEFAULT 'active',
    last_ok_at timestamptz,
    last_error text NOT NULL DEFAULT '',
    last_error_at timestamptz,
    created_at timestamptz NOT NULL,
    CONSTRAINT status_is_known CHECK (status IN ('active', 'paused')),
    CONSTRAINT account_is_connected_once UNIQUE (provider, account_ref)
);
CREATE UNIQUE INDEX one_default_tracking_account ON tracking_account (is_default) WHERE is_default;
ALTER TABLE fulfillment
    ADD COLUMN tracking_account uuid REFERENCES tracking_account (id) ON DELETE SET NULL,
    ADD COLUMN subscribed_at timestamptz,
    ADD COLUMN follow_error text NOT NULL DEFAULT '',
    ADD COLUMN heard_at timestamptz,
    ADD COLUMN asked_at timestamptz,
    ADD COLUMN expected_on date,
    ADD COLUMN signed_by text NOT NULL DEFAULT '',
    ADD COLUMN picture_url text NOT NULL DEFAULT '';
CREATE INDEX fulfillment_on_the_way ON fulfillment (shipped_at)
    WHERE status IN ('shipped', 'in_transit', 'out_for_delivery', 'exception');
CREATE INDEX fulfillment_tracking_account ON fulfillment (tracking_account) WHERE tracking_account IS NOT NULL;
"""
