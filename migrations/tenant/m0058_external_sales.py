"""Take in sales made elsewhere: platform orders, orders of networks, and the commission they earn (expand).

A commission line is about a line of an order of ours or about a line sold elsewhere, never both; old code writes the
first kind only and does not see the second, because it joins orders.
"""

APPEND_ONLY = ("external_sighting", "external_decision")

SQL = """
CREATE TABLE cps_offer (
    id uuid PRIMARY KEY,
    title text NOT NULL,
    network text NOT NULL,
    landing_url text NOT NULL,
    slot_parameter text NOT NULL,
    network_bps integer NOT NULL,
    promoter_bps integer NOT NULL,
    status text NOT NULL DEFAULT 'open',
    words text NOT NULL DEFAULT '',
    created_by text NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT status_is_known CHECK (status IN ('open', 'paused')),
    CONSTRAINT rates_are_rates CHECK (network_bps BETWEEN 1 AND 10000 AND promoter_bps BETWEEN 0 AND 10000)
);

CREATE TABLE cps_slot (
    id uuid PRIMARY KEY,
    offer uuid NOT NULL REFERENCES cps_offer (id),
    promoter uuid NOT NULL REFERENCES promoter (id),
    slot text NOT NULL,
    clicks bigint NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL,
    CONSTRAINT slot_is_unique UNIQUE (slot),
    CONSTRAINT one_slot_each UNIQUE (offer, promoter)
);

CREATE TABLE external_shop (
    id uuid PRIMARY KEY,
    platform text NOT NULL,
    name text NOT NULL,
    shop_ref text NOT NULL,
    base_url text NOT NULL,
    credentials_sealed text NOT NULL,
    status text NOT NULL DEFAULT 'active',
    pulled_until timestamptz,
    pulled_at timestamptz,
    failures integer NOT NULL DEFAULT 0,
    last_error text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL,
    CONSTRAINT shop_is_unique UNIQUE (platform, shop_ref),
    CONSTRAINT platform_is_known CHECK (platform IN ('wechat_channels', 'douyin', 'tiktok')),
    CONSTRAINT status_is_known CHECK (status IN ('active', 'paused'))
);

CREATE TABLE external_sharer (
    id uuid PRIMARY KEY,
    platform text NOT NULL,
    outside_id text NOT NULL,
    name text NOT NULL DEFAULT '',
    promoter uuid REFERENCES promoter (id),
    mapped_by text NOT NULL DEFAULT '',
    mapped_at timestamptz,
    first_seen_at timestamptz NOT NULL,
    CONSTRAINT sharer_is_unique UNIQUE (platform, outside_id),
    CONSTRAINT mapped_by_somebody CHECK ((promoter IS NULL) = (mapped_at IS NULL))
);

CREATE TABLE external_good (
    id uuid PRIMARY KEY,
    platform text NOT NULL,
    sku_code text NOT NULL,
    variant uuid NOT NULL REFERENCES variant (id),
    matched_by text NOT NULL,
    matched_at timestamptz NOT NULL,
    CONSTRAINT good_is_unique UNIQUE (platform, sku_code)
);

CREATE TABLE external_line (
    id uuid PRIMARY KEY,
    platform text NOT NULL,
    order_number text NOT NULL,
    line_key text NOT NULL,
    offer uuid REFERENCES cps_offer (id),
    title text NOT NULL,
    sku_code text NOT NULL DEFAULT '',
    variant uuid REFERENCES variant (id),
    quantity integer NOT NULL,
    sale_amount bigint NOT NULL,
    base_amount bigint NOT NULL,
    refunded_amount bigint NOT NULL DEFAULT 0,
    currency text NOT NULL,
    status text NOT NULL,
    placed_at timestamptz NOT NULL,
    paid_at timestamptz,
    received_at timestamptz,
    sharer text NOT NULL DEFAULT '',
    sharer_name text NOT NULL DEFAULT '',
    sharer_final boolean NOT NULL DEFAULT false,
    facts_version text NOT NULL DEFAULT '',
    sharer_version text NOT NULL DEFAULT '',
    sightings integer NOT NULL DEFAULT 0,
    promoter uuid REFERENCES promoter (id),
    live_session uuid REFERENCES live_session (id),
    basis text NOT NULL DEFAULT 'waiting',
    turn integer NOT NULL DEFAULT 0,
    decided_on text NOT NULL DEFAULT '',
    final_at timestamptz,
    attend_at timestamptz,
    first_seen_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT line_is_unique UNIQUE (platform, order_number, line_key),
    CONSTRAINT platform_is_known CHECK (platform IN ('wechat_channels', 'douyin', 'tiktok', 'cps')),
    CONSTRAINT status_is_known CHECK (status IN ('placed', 'paid', 'shipped', 'received', 'closed')),
    CONSTRAINT basis_is_known CHECK (basis IN
        ('waiting', 'sharer', 'host', 'slot', 'unknown_sharer', 'unknown_good', 'barred', 'nobody')),
    CONSTRAINT only_offers_have_slots CHECK ((platform = 'cps') = (offer IS NOT NULL)),
    CONSTRAINT amounts_are_amounts CHECK (quantity > 0 AND sale_amount >= 0 AND base_amount BETWEEN 0 AND sale_amount
        AND refunded_amount >= 0)
);
CREATE INDEX external_line_attend ON external_line (attend_at, id) WHERE attend_at IS NOT NULL;
CREATE INDEX external_line_recent ON external_line (placed_at DESC, id);
CREATE INDEX external_line_sharer ON external_line (platform, sharer) WHERE sharer <> '';
CREATE INDEX external_line_unmatched ON external_line (platform, sku_code) WHERE variant IS NULL;

CREATE TABLE external_sighting (
    id uuid PRIMARY KEY,
    external_line uuid NOT NULL REFERENCES external_line (id),
    digest text NOT NULL,
    source text NOT NULL,
    source_id uuid NOT NULL,
    facts jsonb NOT NULL,
    seen_at timestamptz NOT NULL,
    CONSTRAINT seen_once UNIQUE (external_line, digest),
    CONSTRAINT source_is_known CHECK (source IN ('file', 'api'))
);

CREATE TABLE external_decision (
    id uuid PRIMARY KEY,
    external_line uuid NOT NULL REFERENCES external_line (id),
    turn integer NOT NULL,
    promoter uuid REFERENCES promoter (id),
    basis text NOT NULL,
    receipt jsonb NOT NULL,
    decided_at timestamptz NOT NULL,
    CONSTRAINT decided_once_a_turn UNIQUE (external_line, turn)
);

ALTER TABLE commission_line ALTER COLUMN order_id DROP NOT NULL, ALTER COLUMN order_line DROP NOT NULL,
    ALTER COLUMN decision DROP NOT NULL,
    ADD COLUMN external_line uuid REFERENCES external_line (id),
    ADD COLUMN turn integer NOT NULL DEFAULT 0;
ALTER TABLE commission_line ADD CONSTRAINT sold_here_or_elsewhere CHECK (
    CASE WHEN external_line IS NULL THEN order_id IS NOT NULL AND order_line IS NOT NULL AND decision IS NOT NULL
        ELSE order_id IS NULL AND order_line IS NULL AND decision IS NULL END) NOT VALID;
ALTER TABLE commission_line VALIDATE CONSTRAINT sold_here_or_elsewhere;
ALTER TABLE commission_line ADD CONSTRAINT line_elsewhere_earns_once_a_turn
    UNIQUE (external_line, turn, promoter, role);
"""
