"""Create a store: catalog, stock, shoppers, orders, payments, links, commissions, ledger, fulfillment (expand).

Names are unqualified: the runner puts the store's schema in front of the search path. Rights come from the schema's
default privileges; append-only tables take UPDATE and DELETE away again at the end.
"""

SQL = """
CREATE TABLE store_profile (
    id uuid PRIMARY KEY,
    only_one boolean NOT NULL DEFAULT true,
    name text NOT NULL,
    tagline text NOT NULL DEFAULT '',
    locale text NOT NULL,
    currency text NOT NULL,
    time_zone text NOT NULL,
    selling_mode text NOT NULL,
    contact_email text NOT NULL DEFAULT '',
    look jsonb NOT NULL DEFAULT '{}',
    logo_key text,
    hero_key text,
    hero_kicker text NOT NULL DEFAULT '',
    hero_title text NOT NULL DEFAULT '',
    hero_text text NOT NULL DEFAULT '',
    hero_path text NOT NULL DEFAULT '',
    freight_amount bigint NOT NULL DEFAULT 0,
    free_freight_from_amount bigint,
    default_commission_bps integer NOT NULL DEFAULT 1000,
    click_window_days integer NOT NULL DEFAULT 30,
    payment_minutes integer NOT NULL DEFAULT 30,
    version bigint NOT NULL DEFAULT 1,
    updated_at timestamptz NOT NULL,
    CONSTRAINT there_is_one UNIQUE (only_one),
    CONSTRAINT only_one_is_true CHECK (only_one),
    CONSTRAINT rate_is_a_share CHECK (default_commission_bps BETWEEN 0 AND 5000),
    CONSTRAINT window_is_sensible CHECK (click_window_days BETWEEN 1 AND 365),
    CONSTRAINT freight_is_not_negative CHECK (freight_amount >= 0)
);

CREATE TABLE product (
    id uuid PRIMARY KEY,
    handle text NOT NULL,
    title text NOT NULL,
    description_html text NOT NULL DEFAULT '',
    vendor text NOT NULL DEFAULT '',
    product_type text NOT NULL DEFAULT '',
    category text NOT NULL DEFAULT '',
    tags text[] NOT NULL DEFAULT '{}',
    option_names text[] NOT NULL DEFAULT '{}',
    status text NOT NULL DEFAULT 'draft',
    seo_title text NOT NULL DEFAULT '',
    seo_description text NOT NULL DEFAULT '',
    search_text text NOT NULL DEFAULT '',
    gift_card boolean NOT NULL DEFAULT false,
    cover_key text,
    cover_thumb_key text,
    cover_alt text NOT NULL DEFAULT '',
    price_from_amount bigint NOT NULL DEFAULT 0,
    price_to_amount bigint NOT NULL DEFAULT 0,
    compare_at_amount bigint,
    position integer NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    published_at timestamptz,
    CONSTRAINT product_handle_is_unique UNIQUE (handle),
    CONSTRAINT status_is_known CHECK (status IN ('draft', 'published', 'archived'))
);
CREATE INDEX product_listing ON product (position, id) WHERE status = 'published';
CREATE INDEX product_recent ON product (updated_at DESC, id DESC);
CREATE INDEX product_search ON product USING gin (search_text extensions.gin_trgm_ops);

CREATE TABLE variant (
    id uuid PRIMARY KEY,
    product uuid NOT NULL REFERENCES product (id) ON DELETE CASCADE,
    position integer NOT NULL,
    title text NOT NULL,
    option_values text[] NOT NULL DEFAULT '{}',
    sku text NOT NULL DEFAULT '',
    barcode text NOT NULL DEFAULT '',
    price_amount bigint NOT NULL,
    compare_at_amount bigint,
    cost_amount bigint,
    weight_grams integer NOT NULL DEFAULT 0,
    requires_shipping boolean NOT NULL DEFAULT true,
    taxable boolean NOT NULL DEFAULT true,
    image uuid,
    active boolean NOT NULL DEFAULT true,
    CONSTRAINT price_is_not_negative CHECK (price_amount >= 0),
    CONSTRAINT weight_is_not_negative CHECK (weight_grams >= 0)
);
CREATE UNIQUE INDEX variant_options_are_unique ON variant (product, option_values) WHERE active;
CREATE INDEX variant_product ON variant (product, position);
CREATE INDEX variant_sku ON variant (sku) WHERE sku <> '';

CREATE TABLE product_image (
    id uuid PRIMARY KEY,
    product uuid NOT NULL REFERENCES product (id) ON DELETE CASCADE,
    position integer NOT NULL,
    alt text NOT NULL DEFAULT '',
    source text NOT NULL DEFAULT '',
    storage_key text,
    card_key text,
    thumb_key text,
    share_key text,
    width integer NOT NULL DEFAULT 0,
    height integer NOT NULL DEFAULT 0,
    status text NOT NULL DEFAULT 'pending',
    failure text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL,
    CONSTRAINT status_is_known CHECK (status IN ('pending', 'stored', 'failed')),
    CONSTRAINT stored_has_a_file CHECK (status <> 'stored' OR storage_key IS NOT NULL)
);
CREATE INDEX product_image_product ON product_image (product, position);

CREATE TABLE collection (
    id uuid PRIMARY KEY,
    handle text NOT NULL,
    title text NOT NULL,
    position integer NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL,
    CONSTRAINT collection_handle_is_unique UNIQUE (handle)
);

CREATE TABLE collection_product (
    id uuid PRIMARY KEY,
    collection uuid NOT NULL REFERENCES collection (id) ON DELETE CASCADE,
    product uuid NOT NULL REFERENCES product (id) ON DELETE CASCADE,
    position integer NOT NULL DEFAULT 0,
    CONSTRAINT product_is_listed_once UNIQUE (collection, product)
);
CREATE INDEX collection_product_product ON collection_product (product);

CREATE TABLE warehouse (
    id uuid PRIMARY KEY,
    name text NOT NULL,
    adapter text NOT NULL,
    base_url text NOT NULL,
    app_key text NOT NULL,
    secret_sealed text NOT NULL,
    carrier_salt_sealed text NOT NULL DEFAULT '',
    is_default boolean NOT NULL DEFAULT false,
    status text NOT NULL DEFAULT 'active',
    last_ok_at timestamptz,
    last_error text NOT NULL DEFAULT '',
    last_error_at timestamptz,
    created_at timestamptz NOT NULL,
    CONSTRAINT status_is_known CHECK (status IN ('active', 'paused'))
);
CREATE UNIQUE INDEX warehouse_one_default ON warehouse (is_default) WHERE is_default;

CREATE TABLE stock_level (
    id uuid PRIMARY KEY,
    variant uuid NOT NULL REFERENCES variant (id) ON DELETE CASCADE,
    warehouse uuid NOT NULL REFERENCES warehouse (id),
    on_hand bigint NOT NULL DEFAULT 0,
    reserved bigint NOT NULL DEFAULT 0,
    allocated bigint NOT NULL DEFAULT 0,
    incoming bigint NOT NULL DEFAULT 0,
    tracked boolean NOT NULL DEFAULT true,
    oversell boolean NOT NULL DEFAULT false,
    updated_at timestamptz NOT NULL,
    CONSTRAINT one_level_per_warehouse UNIQUE (variant, warehouse),
    CONSTRAINT counts_are_not_negative CHECK (reserved >= 0 AND allocated >= 0 AND incoming >= 0),
    CONSTRAINT never_promises_more_than_there_is
        CHECK (oversell OR NOT tracked OR (on_hand >= 0 AND reserved + allocated <= on_hand))
);

CREATE TABLE customer (
    id uuid PRIMARY KEY,
    email text,
    phone text NOT NULL DEFAULT '',
    name text NOT NULL DEFAULT '',
    password_hash text,
    locale text NOT NULL,
    created_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX customer_email ON customer (email) WHERE email IS NOT NULL;

CREATE TABLE customer_address (
    id uuid PRIMARY KEY,
    customer uuid NOT NULL REFERENCES customer (id) ON DELETE CASCADE,
    recipient text NOT NULL,
    phone text NOT NULL,
    country text NOT NULL,
    region text NOT NULL DEFAULT '',
    city text NOT NULL DEFAULT '',
    district text NOT NULL DEFAULT '',
    street text NOT NULL,
    postal_code text NOT NULL DEFAULT '',
    is_default boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL
);
CREATE INDEX customer_address_customer ON customer_address (customer);

CREATE TABLE shopper_session (
    token_hash bytea PRIMARY KEY,
    customer uuid REFERENCES customer (id) ON DELETE CASCADE,
    visitor_id uuid NOT NULL,
    created_at timestamptz NOT NULL,
    last_seen_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    agent_hash bytea NOT NULL,
    address_prefix text NOT NULL
);
CREATE INDEX shopper_session_customer ON shopper_session (customer);

CREATE TABLE cart (
    id uuid PRIMARY KEY,
    visitor_id uuid NOT NULL,
    customer uuid REFERENCES customer (id) ON DELETE CASCADE,
    status text NOT NULL DEFAULT 'open',
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT status_is_known CHECK (status IN ('open', 'ordered', 'abandoned'))
);
CREATE UNIQUE INDEX cart_one_open_per_visitor ON cart (visitor_id) WHERE status = 'open';

CREATE TABLE cart_line (
    id uuid PRIMARY KEY,
    cart uuid NOT NULL REFERENCES cart (id) ON DELETE CASCADE,
    variant uuid NOT NULL REFERENCES variant (id) ON DELETE CASCADE,
    quantity integer NOT NULL,
    added_at timestamptz NOT NULL,
    CONSTRAINT one_line_per_variant UNIQUE (cart, variant),
    CONSTRAINT quantity_is_sensible CHECK (quantity BETWEEN 1 AND 999)
);

CREATE TABLE counter (
    name text PRIMARY KEY,
    value bigint NOT NULL
);

CREATE TABLE orders (
    id uuid PRIMARY KEY,
    number text NOT NULL,
    cart uuid REFERENCES cart (id),
    customer uuid REFERENCES customer (id),
    visitor_id uuid,
    email text NOT NULL DEFAULT '',
    phone text NOT NULL DEFAULT '',
    status text NOT NULL,
    payment_status text NOT NULL,
    fulfillment_status text NOT NULL,
    currency text NOT NULL,
    locale text NOT NULL,
    goods_amount bigint NOT NULL,
    discount_amount bigint NOT NULL DEFAULT 0,
    freight_amount bigint NOT NULL DEFAULT 0,
    tax_amount bigint NOT NULL DEFAULT 0,
    total_amount bigint NOT NULL,
    paid_amount bigint NOT NULL DEFAULT 0,
    refunded_amount bigint NOT NULL DEFAULT 0,
    ship_to jsonb NOT NULL,
    note text NOT NULL DEFAULT '',
    access_hash bytea NOT NULL,
    event_seq integer NOT NULL DEFAULT 0,
    placed_at timestamptz NOT NULL,
    expires_at timestamptz,
    paid_at timestamptz,
    closed_at timestamptz,
    updated_at timestamptz NOT NULL,
    CONSTRAINT orders_number_is_unique UNIQUE (number),
    CONSTRAINT cart_is_ordered_once UNIQUE (cart),
    CONSTRAINT status_is_known CHECK (status IN ('draft', 'placed', 'completed', 'canceled', 'expired')),
    CONSTRAINT payment_status_is_known CHECK (payment_status IN
        ('unpaid', 'authorized', 'partially_paid', 'paid', 'partially_refunded', 'refunded', 'voided')),
    CONSTRAINT fulfillment_status_is_known CHECK (fulfillment_status IN
        ('unfulfilled', 'partially_fulfilled', 'fulfilled', 'delivered', 'canceled')),
    CONSTRAINT total_adds_up
        CHECK (total_amount = goods_amount - discount_amount + freight_amount + tax_amount AND total_amount >= 0),
    CONSTRAINT never_refunds_more_than_paid CHECK (refunded_amount BETWEEN 0 AND paid_amount)
);
CREATE INDEX orders_recent ON orders (placed_at DESC, id DESC);
CREATE INDEX orders_customer ON orders (customer, placed_at DESC);
CREATE INDEX orders_visitor ON orders (visitor_id);
CREATE INDEX orders_to_ship ON orders (placed_at) WHERE payment_status = 'paid' AND fulfillment_status = 'unfulfilled';

CREATE TABLE order_line (
    id uuid PRIMARY KEY,
    order_id uuid NOT NULL REFERENCES orders (id) ON DELETE CASCADE,
    line_number integer NOT NULL,
    product uuid NOT NULL REFERENCES product (id),
    variant uuid NOT NULL REFERENCES variant (id),
    title text NOT NULL,
    variant_title text NOT NULL,
    sku text NOT NULL,
    image_key text,
    quantity integer NOT NULL,
    unit_amount bigint NOT NULL,
    goods_amount bigint NOT NULL,
    discount_amount bigint NOT NULL DEFAULT 0,
    freight_amount bigint NOT NULL DEFAULT 0,
    tax_amount bigint NOT NULL DEFAULT 0,
    price_breakdown jsonb NOT NULL DEFAULT '{}',
    requires_shipping boolean NOT NULL DEFAULT true,
    CONSTRAINT line_number_is_unique UNIQUE (order_id, line_number),
    CONSTRAINT quantity_is_positive CHECK (quantity > 0),
    CONSTRAINT goods_are_unit_times_quantity CHECK (goods_amount = unit_amount * quantity)
);

CREATE TABLE order_event (
    id uuid PRIMARY KEY,
    order_id uuid NOT NULL REFERENCES orders (id) ON DELETE CASCADE,
    seq integer NOT NULL,
    field text NOT NULL,
    from_status text NOT NULL,
    to_status text NOT NULL,
    cause text NOT NULL,
    actor text NOT NULL DEFAULT 'system',
    at timestamptz NOT NULL,
    CONSTRAINT seq_is_unique UNIQUE (order_id, seq)
);

CREATE TABLE reservation (
    id uuid PRIMARY KEY,
    order_id uuid NOT NULL REFERENCES orders (id) ON DELETE CASCADE,
    order_line uuid NOT NULL REFERENCES order_line (id) ON DELETE CASCADE,
    variant uuid NOT NULL REFERENCES variant (id),
    warehouse uuid NOT NULL REFERENCES warehouse (id),
    quantity integer NOT NULL,
    shipped_quantity integer NOT NULL DEFAULT 0,
    status text NOT NULL,
    expires_at timestamptz,
    created_at timestamptz NOT NULL,
    CONSTRAINT never_ships_more_than_promised CHECK (shipped_quantity BETWEEN 0 AND quantity),
    CONSTRAINT line_is_reserved_once_per_warehouse UNIQUE (order_line, warehouse),
    CONSTRAINT status_is_known CHECK (status IN ('held', 'allocated', 'released', 'shipped')),
    CONSTRAINT quantity_is_positive CHECK (quantity > 0)
);
CREATE INDEX reservation_order ON reservation (order_id);
CREATE INDEX reservation_live ON reservation (variant, warehouse) WHERE status IN ('held', 'allocated');

CREATE TABLE payment_account (
    id uuid PRIMARY KEY,
    provider text NOT NULL,
    merchant_id text NOT NULL,
    secret_sealed text NOT NULL,
    base_url text NOT NULL,
    status text NOT NULL DEFAULT 'active',
    last_ok_at timestamptz,
    last_error text NOT NULL DEFAULT '',
    last_error_at timestamptz,
    created_at timestamptz NOT NULL,
    CONSTRAINT one_account_per_provider UNIQUE (provider)
);

CREATE TABLE payment (
    id uuid PRIMARY KEY,
    number text NOT NULL,
    order_id uuid NOT NULL REFERENCES orders (id),
    provider text NOT NULL,
    status text NOT NULL,
    amount bigint NOT NULL,
    currency text NOT NULL,
    provider_ref text,
    pay_url text,
    failure text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL,
    captured_at timestamptz,
    asked_at timestamptz,
    updated_at timestamptz NOT NULL,
    CONSTRAINT payment_number_is_unique UNIQUE (number),
    CONSTRAINT status_is_known CHECK (status IN ('pending', 'authorized', 'captured', 'failed', 'canceled')),
    CONSTRAINT amount_is_positive CHECK (amount > 0)
);
CREATE INDEX payment_order ON payment (order_id);
CREATE INDEX payment_open ON payment (created_at) WHERE status IN ('pending', 'authorized');

CREATE TABLE refund (
    id uuid PRIMARY KEY,
    number text NOT NULL,
    payment uuid NOT NULL REFERENCES payment (id),
    order_id uuid NOT NULL REFERENCES orders (id),
    amount bigint NOT NULL,
    currency text NOT NULL,
    reason text NOT NULL,
    status text NOT NULL,
    provider_ref text,
    failure text NOT NULL DEFAULT '',
    attempts integer NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL,
    succeeded_at timestamptz,
    updated_at timestamptz NOT NULL,
    CONSTRAINT refund_number_is_unique UNIQUE (number),
    CONSTRAINT status_is_known CHECK (status IN ('pending', 'succeeded', 'failed')),
    CONSTRAINT amount_is_positive CHECK (amount > 0)
);
CREATE INDEX refund_order ON refund (order_id);
CREATE UNIQUE INDEX refund_late_payment_once ON refund (payment) WHERE reason = 'late_payment';

CREATE TABLE webhook_event (
    id uuid PRIMARY KEY,
    source text NOT NULL,
    event_id text NOT NULL,
    body text NOT NULL,
    status text NOT NULL DEFAULT 'received',
    outcome text NOT NULL DEFAULT '',
    received_at timestamptz NOT NULL,
    processed_at timestamptz,
    CONSTRAINT event_is_taken_once UNIQUE (source, event_id),
    CONSTRAINT status_is_known CHECK (status IN ('received', 'processed', 'ignored', 'quarantined'))
);
CREATE INDEX webhook_event_quarantine ON webhook_event (received_at) WHERE status = 'quarantined';

CREATE TABLE promoter (
    id uuid PRIMARY KEY,
    login_id uuid NOT NULL,
    name text NOT NULL,
    email text NOT NULL,
    kinds text[] NOT NULL DEFAULT '{}',
    status text NOT NULL,
    commission_bps integer NOT NULL,
    note text NOT NULL DEFAULT '',
    applied_at timestamptz NOT NULL,
    decided_at timestamptz,
    decided_by text NOT NULL DEFAULT '',
    CONSTRAINT login_joins_once UNIQUE (login_id),
    CONSTRAINT status_is_known CHECK (status IN ('pending', 'approved', 'rejected', 'suspended')),
    CONSTRAINT rate_is_a_share CHECK (commission_bps BETWEEN 0 AND 5000)
);

CREATE TABLE live_session (
    id uuid PRIMARY KEY,
    promoter uuid NOT NULL REFERENCES promoter (id),
    title text NOT NULL,
    platform text NOT NULL,
    status text NOT NULL DEFAULT 'scheduled',
    scheduled_at timestamptz,
    started_at timestamptz,
    ended_at timestamptz,
    created_at timestamptz NOT NULL,
    CONSTRAINT status_is_known CHECK (status IN ('scheduled', 'live', 'paused', 'ended', 'settled')),
    CONSTRAINT platform_is_known CHECK (platform IN ('wechat_channels', 'douyin', 'tiktok', 'youtube', 'own_embed'))
);
CREATE INDEX live_session_promoter ON live_session (promoter, created_at DESC);

CREATE TABLE tracked_link (
    id uuid PRIMARY KEY,
    code text NOT NULL,
    promoter uuid NOT NULL REFERENCES promoter (id),
    kind text NOT NULL,
    product uuid REFERENCES product (id),
    live_session uuid REFERENCES live_session (id),
    label text NOT NULL DEFAULT '',
    status text NOT NULL DEFAULT 'active',
    created_at timestamptz NOT NULL,
    CONSTRAINT code_is_unique UNIQUE (code),
    CONSTRAINT kind_is_known CHECK (kind IN ('store', 'product')),
    CONSTRAINT product_link_names_a_product CHECK ((kind = 'product') = (product IS NOT NULL)),
    CONSTRAINT status_is_known CHECK (status IN ('active', 'paused'))
);
CREATE INDEX tracked_link_promoter ON tracked_link (promoter, created_at DESC);

CREATE TABLE click (
    id uuid PRIMARY KEY,
    link uuid NOT NULL REFERENCES tracked_link (id),
    visitor_id uuid NOT NULL,
    clicked_at timestamptz NOT NULL,
    qualifies boolean NOT NULL,
    reason text NOT NULL DEFAULT '',
    address_hash bytea NOT NULL,
    agent_hash bytea NOT NULL,
    counted boolean NOT NULL DEFAULT false,
    folded_at timestamptz
);
CREATE INDEX click_visitor ON click (visitor_id, clicked_at DESC);
CREATE INDEX click_unfolded ON click (id) WHERE folded_at IS NULL;

CREATE TABLE link_visitor (
    link uuid NOT NULL REFERENCES tracked_link (id),
    visitor_id uuid NOT NULL,
    first_click uuid NOT NULL,
    PRIMARY KEY (link, visitor_id)
);

CREATE TABLE link_tally (
    link uuid PRIMARY KEY REFERENCES tracked_link (id),
    clicks bigint NOT NULL DEFAULT 0,
    raw_clicks bigint NOT NULL DEFAULT 0,
    visitors bigint NOT NULL DEFAULT 0,
    orders bigint NOT NULL DEFAULT 0,
    paid_orders bigint NOT NULL DEFAULT 0,
    gmv_amount bigint NOT NULL DEFAULT 0,
    refunded_amount bigint NOT NULL DEFAULT 0,
    commission_amount bigint NOT NULL DEFAULT 0,
    updated_at timestamptz NOT NULL
);

CREATE TABLE touch (
    id uuid PRIMARY KEY,
    visitor_id uuid NOT NULL,
    customer uuid REFERENCES customer (id),
    kind text NOT NULL,
    promoter uuid NOT NULL REFERENCES promoter (id),
    link uuid REFERENCES tracked_link (id),
    live_session uuid REFERENCES live_session (id),
    click uuid REFERENCES click (id),
    occurred_at timestamptz NOT NULL,
    evidence jsonb NOT NULL DEFAULT '{}',
    CONSTRAINT click_touches_once UNIQUE (click),
    CONSTRAINT kind_is_known CHECK (kind IN ('live', 'link', 'coupon', 'code_at_checkout', 'channel', 'lock'))
);
CREATE INDEX touch_visitor ON touch (visitor_id, occurred_at DESC);
CREATE INDEX touch_promoter ON touch (promoter, occurred_at DESC);

CREATE TABLE attribution_decision (
    id uuid PRIMARY KEY,
    order_id uuid NOT NULL REFERENCES orders (id),
    order_line uuid NOT NULL REFERENCES order_line (id),
    status text NOT NULL,
    promoter uuid REFERENCES promoter (id),
    link uuid REFERENCES tracked_link (id),
    live_session uuid REFERENCES live_session (id),
    touch uuid REFERENCES touch (id),
    reason text NOT NULL,
    rule_version text NOT NULL,
    receipt jsonb NOT NULL,
    base_amount bigint NOT NULL DEFAULT 0,
    refunded_amount bigint NOT NULL DEFAULT 0,
    decided_at timestamptz NOT NULL,
    finalized_at timestamptz,
    CONSTRAINT line_is_decided_once UNIQUE (order_line),
    CONSTRAINT status_is_known CHECK (status IN ('provisional', 'final', 'void'))
);
CREATE INDEX attribution_decision_order ON attribution_decision (order_id);
CREATE INDEX attribution_decision_link ON attribution_decision (link);
CREATE INDEX attribution_decision_promoter ON attribution_decision (promoter, decided_at DESC);

CREATE TABLE commission_line (
    id uuid PRIMARY KEY,
    order_id uuid NOT NULL REFERENCES orders (id),
    order_line uuid NOT NULL REFERENCES order_line (id),
    decision uuid NOT NULL REFERENCES attribution_decision (id),
    promoter uuid NOT NULL REFERENCES promoter (id),
    link uuid REFERENCES tracked_link (id),
    base_amount bigint NOT NULL,
    rate_bps integer NOT NULL,
    amount bigint NOT NULL,
    reversed_amount bigint NOT NULL DEFAULT 0,
    currency text NOT NULL,
    status text NOT NULL,
    rule jsonb NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL,
    accrued_at timestamptz,
    updated_at timestamptz NOT NULL,
    CONSTRAINT line_earns_once UNIQUE (order_line, promoter),
    CONSTRAINT status_is_known CHECK (status IN
        ('estimated', 'accrued', 'earned', 'frozen', 'available', 'reserved', 'paid', 'reversed', 'held', 'canceled')),
    CONSTRAINT share_is_floored CHECK (amount = base_amount * rate_bps / 10000),
    CONSTRAINT never_reverses_more_than_given CHECK (reversed_amount BETWEEN 0 AND amount)
);
CREATE INDEX commission_line_order ON commission_line (order_id);
CREATE INDEX commission_line_promoter ON commission_line (promoter, created_at DESC);
CREATE INDEX commission_line_link ON commission_line (link);

CREATE TABLE ledger_account (
    id uuid PRIMARY KEY,
    kind text NOT NULL,
    owner uuid NOT NULL,
    currency text NOT NULL,
    CONSTRAINT account_is_unique UNIQUE (kind, owner, currency)
);

CREATE TABLE ledger_transaction (
    id uuid PRIMARY KEY,
    kind text NOT NULL,
    source_id uuid NOT NULL,
    at timestamptz NOT NULL,
    CONSTRAINT posted_once UNIQUE (kind, source_id)
);

CREATE TABLE ledger_transfer (
    id uuid PRIMARY KEY,
    ledger_transaction uuid NOT NULL REFERENCES ledger_transaction (id),
    leg integer NOT NULL,
    debit uuid NOT NULL REFERENCES ledger_account (id),
    credit uuid NOT NULL REFERENCES ledger_account (id),
    amount bigint NOT NULL,
    currency text NOT NULL,
    order_id uuid,
    CONSTRAINT leg_is_unique UNIQUE (ledger_transaction, leg),
    CONSTRAINT amount_is_positive CHECK (amount > 0),
    CONSTRAINT moves_somewhere CHECK (debit <> credit)
);
CREATE INDEX ledger_transfer_debit ON ledger_transfer (debit);
CREATE INDEX ledger_transfer_credit ON ledger_transfer (credit);
CREATE INDEX ledger_transfer_order ON ledger_transfer (order_id) WHERE order_id IS NOT NULL;

CREATE TABLE fulfillment_order (
    id uuid PRIMARY KEY,
    order_id uuid NOT NULL REFERENCES orders (id),
    warehouse uuid NOT NULL REFERENCES warehouse (id),
    reference text NOT NULL,
    status text NOT NULL,
    status_reason text NOT NULL DEFAULT '',
    warehouse_ref text,
    created_at timestamptz NOT NULL,
    submitted_at timestamptz,
    accepted_at timestamptz,
    updated_at timestamptz NOT NULL,
    CONSTRAINT reference_is_unique UNIQUE (reference),
    CONSTRAINT one_per_order_and_warehouse UNIQUE (order_id, warehouse),
    CONSTRAINT status_is_known CHECK (status IN
        ('scheduled', 'open', 'on_hold', 'submitted', 'accepted', 'rejected', 'incomplete', 'closed', 'canceled'))
);
CREATE INDEX fulfillment_order_board ON fulfillment_order (status, created_at);

CREATE TABLE fulfillment_order_line (
    id uuid PRIMARY KEY,
    fulfillment_order uuid NOT NULL REFERENCES fulfillment_order (id) ON DELETE CASCADE,
    order_line uuid NOT NULL REFERENCES order_line (id),
    sku text NOT NULL,
    quantity integer NOT NULL,
    CONSTRAINT line_is_asked_once UNIQUE (fulfillment_order, order_line),
    CONSTRAINT quantity_is_positive CHECK (quantity > 0)
);

CREATE TABLE fulfillment (
    id uuid PRIMARY KEY,
    fulfillment_order uuid NOT NULL REFERENCES fulfillment_order (id),
    order_id uuid NOT NULL REFERENCES orders (id),
    parcel_ref text NOT NULL,
    carrier text NOT NULL DEFAULT '',
    carrier_name text NOT NULL DEFAULT '',
    tracking_number text NOT NULL DEFAULT '',
    status text NOT NULL,
    shipped_at timestamptz,
    delivered_at timestamptz,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT parcel_is_recorded_once UNIQUE (fulfillment_order, parcel_ref),
    CONSTRAINT status_is_known CHECK (status IN
        ('pending', 'packed', 'shipped', 'in_transit', 'out_for_delivery', 'delivered', 'exception', 'returned',
        'canceled'))
);
CREATE INDEX fulfillment_order_id ON fulfillment (order_id);
CREATE INDEX fulfillment_tracking ON fulfillment (tracking_number) WHERE tracking_number <> '';

CREATE TABLE fulfillment_line (
    id uuid PRIMARY KEY,
    fulfillment uuid NOT NULL REFERENCES fulfillment (id) ON DELETE CASCADE,
    order_line uuid NOT NULL REFERENCES order_line (id),
    quantity integer NOT NULL,
    CONSTRAINT line_is_packed_once_per_parcel UNIQUE (fulfillment, order_line),
    CONSTRAINT quantity_is_positive CHECK (quantity > 0)
);

CREATE TABLE parcel_event (
    id uuid PRIMARY KEY,
    fulfillment uuid NOT NULL REFERENCES fulfillment (id) ON DELETE CASCADE,
    status text NOT NULL,
    text text NOT NULL DEFAULT '',
    at timestamptz NOT NULL,
    CONSTRAINT event_is_recorded_once UNIQUE (fulfillment, status, at)
);

CREATE TABLE import_run (
    id uuid PRIMARY KEY,
    kind text NOT NULL,
    file_name text NOT NULL,
    file_key text NOT NULL,
    images_key text,
    status text NOT NULL,
    failure_code text NOT NULL DEFAULT '',
    failure_details jsonb NOT NULL DEFAULT '{}',
    rows_read bigint NOT NULL DEFAULT 0,
    products bigint NOT NULL DEFAULT 0,
    variants bigint NOT NULL DEFAULT 0,
    images bigint NOT NULL DEFAULT 0,
    errors bigint NOT NULL DEFAULT 0,
    created_by text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL,
    started_at timestamptz,
    finished_at timestamptz,
    CONSTRAINT status_is_known CHECK (status IN
        ('uploaded', 'previewed', 'queued', 'running', 'finished', 'failed', 'canceled'))
);
CREATE INDEX import_run_recent ON import_run (created_at DESC);

CREATE TABLE import_issue (
    id uuid PRIMARY KEY,
    import_run uuid NOT NULL REFERENCES import_run (id) ON DELETE CASCADE,
    row_number integer NOT NULL,
    column_name text NOT NULL DEFAULT '',
    severity text NOT NULL,
    code text NOT NULL,
    details jsonb NOT NULL DEFAULT '{}',
    CONSTRAINT severity_is_known CHECK (severity IN ('error', 'warning'))
);
CREATE INDEX import_issue_run ON import_issue (import_run, row_number);

CREATE TABLE outbox (
    id uuid PRIMARY KEY,
    kind text NOT NULL,
    queue text NOT NULL,
    payload jsonb NOT NULL,
    dedupe_key text,
    status text NOT NULL DEFAULT 'due',
    attempts integer NOT NULL DEFAULT 0,
    max_attempts integer NOT NULL DEFAULT 12,
    run_at timestamptz NOT NULL,
    lease_until timestamptz,
    last_error text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL,
    finished_at timestamptz,
    CONSTRAINT status_is_known CHECK (status IN ('due', 'queued', 'running', 'done', 'dead')),
    CONSTRAINT queue_is_known CHECK (queue IN ('critical', 'default', 'bulk'))
);
CREATE UNIQUE INDEX outbox_dedupe ON outbox (dedupe_key) WHERE dedupe_key IS NOT NULL AND status IN ('due', 'queued');
CREATE INDEX outbox_due ON outbox (run_at) WHERE status = 'due';
CREATE INDEX outbox_leased ON outbox (lease_until) WHERE status IN ('queued', 'running');
CREATE INDEX outbox_dead ON outbox (finished_at) WHERE status = 'dead';
CREATE INDEX outbox_done ON outbox (finished_at) WHERE status = 'done';
"""

APPEND_ONLY = ("ledger_transaction", "ledger_transfer", "order_event", "touch")
