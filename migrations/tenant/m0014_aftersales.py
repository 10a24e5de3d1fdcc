"""Let shoppers ask for a return, an exchange or money, and keep what was told to whom (expand).

Nothing reads these tables yet, and no other table changes. Stock that comes back leaves a line in `stock_move`, so
that every unit on the shelf, and every unit that went to scrap, can be traced to the parcel it came in.
"""

SQL = """
CREATE TABLE aftersale (
    id uuid PRIMARY KEY,
    number text NOT NULL,
    order_id uuid NOT NULL REFERENCES orders (id),
    customer uuid REFERENCES customer (id),
    kind text NOT NULL,
    status text NOT NULL,
    opened_by text NOT NULL,
    reason text NOT NULL,
    words text NOT NULL DEFAULT '',
    currency text NOT NULL,
    wanted_amount bigint NOT NULL,
    offered_amount bigint,
    refunded_amount bigint NOT NULL DEFAULT 0,
    decision_words text NOT NULL DEFAULT '',
    return_address text NOT NULL DEFAULT '',
    label_words text NOT NULL DEFAULT '',
    carrier text NOT NULL DEFAULT '',
    tracking_number text NOT NULL DEFAULT '',
    waits_for text NOT NULL DEFAULT '',
    deadline_at timestamptz,
    default_outcome text NOT NULL DEFAULT '',
    inspected_at timestamptz,
    exchange_order uuid REFERENCES orders (id),
    disputed_at timestamptz,
    disputed_by text NOT NULL DEFAULT '',
    dispute_words text NOT NULL DEFAULT '',
    ruled_at timestamptz,
    ruling text NOT NULL DEFAULT '',
    ruling_words text NOT NULL DEFAULT '',
    event_seq integer NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    closed_at timestamptz,
    CONSTRAINT aftersale_number_is_unique UNIQUE (number),
    CONSTRAINT kind_is_known CHECK (kind IN ('return', 'exchange', 'claim')),
    CONSTRAINT status_is_known CHECK (status IN ('requested', 'approved', 'declined', 'awaiting_return', 'received',
        'inspecting', 'refunded', 'exchanged', 'canceled')),
    CONSTRAINT opener_is_known CHECK (opened_by IN ('shopper', 'merchant')),
    CONSTRAINT waits_for_somebody_known CHECK (waits_for IN ('', 'merchant', 'shopper', 'staff')),
    CONSTRAINT wish_is_not_negative CHECK (wanted_amount >= 0),
    CONSTRAINT offer_is_positive CHECK (offered_amount > 0)
);
CREATE INDEX aftersale_order ON aftersale (order_id);
CREATE INDEX aftersale_queue ON aftersale (deadline_at, id) WHERE closed_at IS NULL;
CREATE INDEX aftersale_recent ON aftersale (created_at DESC, id DESC);
CREATE INDEX aftersale_exchange ON aftersale (exchange_order) WHERE exchange_order IS NOT NULL;

CREATE TABLE aftersale_line (
    id uuid PRIMARY KEY,
    aftersale uuid NOT NULL REFERENCES aftersale (id) ON DELETE CASCADE,
    order_line uuid NOT NULL REFERENCES order_line (id),
    quantity integer NOT NULL,
    worth_amount bigint NOT NULL,
    exchange_variant uuid REFERENCES variant (id),
    good_quantity integer NOT NULL DEFAULT 0,
    damaged_quantity integer NOT NULL DEFAULT 0,
    CONSTRAINT line_is_asked_once_per_request UNIQUE (aftersale, order_line),
    CONSTRAINT quantity_is_positive CHECK (quantity > 0),
    CONSTRAINT inspection_finds_no_more_than_was_asked
        CHECK (good_quantity >= 0 AND damaged_quantity >= 0 AND good_quantity + damaged_quantity <= quantity)
);
CREATE INDEX aftersale_line_order_line ON aftersale_line (order_line);

CREATE TABLE aftersale_event (
    id uuid PRIMARY KEY,
    aftersale uuid NOT NULL REFERENCES aftersale (id) ON DELETE CASCADE,
    seq integer NOT NULL,
    from_status text NOT NULL,
    to_status text NOT NULL,
    cause text NOT NULL,
    actor text NOT NULL,
    at timestamptz NOT NULL,
    CONSTRAINT event_seq_is_unique UNIQUE (aftersale, seq)
);

CREATE TABLE aftersale_picture (
    id uuid PRIMARY KEY,
    aftersale uuid NOT NULL REFERENCES aftersale (id) ON DELETE CASCADE,
    added_by text NOT NULL,
    storage_key text NOT NULL,
    width integer NOT NULL,
    height integer NOT NULL,
    created_at timestamptz NOT NULL
);
CREATE INDEX aftersale_picture_aftersale ON aftersale_picture (aftersale, created_at);

CREATE TABLE aftersale_message (
    id uuid PRIMARY KEY,
    aftersale uuid NOT NULL REFERENCES aftersale (id) ON DELETE CASCADE,
    author text NOT NULL,
    name text NOT NULL DEFAULT '',
    words text NOT NULL,
    at timestamptz NOT NULL,
    CONSTRAINT author_is_known CHECK (author IN ('shopper', 'merchant', 'staff'))
);
CREATE INDEX aftersale_message_aftersale ON aftersale_message (aftersale, at);

CREATE TABLE aftersale_policy (
    id uuid PRIMARY KEY,
    only_one boolean NOT NULL DEFAULT true,
    return_days integer NOT NULL DEFAULT 14,
    answer_hours integer NOT NULL DEFAULT 72,
    offer_days integer NOT NULL DEFAULT 3,
    ship_back_days integer NOT NULL DEFAULT 7,
    arrival_days integer NOT NULL DEFAULT 14,
    inspect_days integer NOT NULL DEFAULT 5,
    return_address text NOT NULL DEFAULT '',
    label_words text NOT NULL DEFAULT '',
    updated_at timestamptz NOT NULL,
    CONSTRAINT there_is_one_aftersale_policy UNIQUE (only_one),
    CONSTRAINT only_one_is_true CHECK (only_one),
    CONSTRAINT return_days_are_sensible CHECK (return_days BETWEEN 0 AND 365),
    CONSTRAINT answer_hours_are_sensible CHECK (answer_hours BETWEEN 1 AND 720),
    CONSTRAINT offer_days_are_sensible CHECK (offer_days BETWEEN 1 AND 30),
    CONSTRAINT ship_back_days_are_sensible CHECK (ship_back_days BETWEEN 1 AND 60),
    CONSTRAINT arrival_days_are_sensible CHECK (arrival_days BETWEEN 1 AND 60),
    CONSTRAINT inspect_days_are_sensible CHECK (inspect_days BETWEEN 1 AND 30)
);

CREATE TABLE stock_move (
    id uuid PRIMARY KEY,
    kind text NOT NULL,
    variant uuid NOT NULL REFERENCES variant (id),
    warehouse uuid NOT NULL REFERENCES warehouse (id),
    quantity integer NOT NULL,
    source_id uuid NOT NULL,
    actor text NOT NULL,
    at timestamptz NOT NULL,
    CONSTRAINT source_moves_once UNIQUE (source_id, kind),
    CONSTRAINT kind_is_known CHECK (kind IN ('restock', 'scrap')),
    CONSTRAINT quantity_is_positive CHECK (quantity > 0)
);
CREATE INDEX stock_move_variant ON stock_move (variant, at DESC);

CREATE TABLE message (
    id uuid PRIMARY KEY,
    order_id uuid REFERENCES orders (id),
    aftersale uuid REFERENCES aftersale (id),
    recipient text NOT NULL,
    address text NOT NULL DEFAULT '',
    locale text NOT NULL,
    kind text NOT NULL,
    facts jsonb NOT NULL DEFAULT '{}',
    status text NOT NULL,
    failure text NOT NULL DEFAULT '',
    attempts integer NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL,
    sent_at timestamptz,
    CONSTRAINT recipient_is_known CHECK (recipient IN ('customer', 'merchant')),
    CONSTRAINT status_is_known CHECK (status IN ('queued', 'sending', 'sent', 'kept', 'failed'))
);
CREATE INDEX message_aftersale ON message (aftersale, created_at);
CREATE INDEX message_recent ON message (created_at DESC, id DESC);
"""

APPEND_ONLY = ("aftersale_event", "stock_move")
