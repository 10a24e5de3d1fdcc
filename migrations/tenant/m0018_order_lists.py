"""Save views of the order list, keep jobs over many orders, and find orders by what people ask for (expand).

A job is an export, a stack of packing slips, or one act on many orders. The indexes serve the filters of the list: each
begins with what is asked and goes on in the order of the list, so a page costs the same in a large store.
"""

SQL = """
CREATE TABLE order_view (
    id uuid PRIMARY KEY,
    name text NOT NULL,
    filters jsonb NOT NULL DEFAULT '{}',
    owner uuid NOT NULL,
    shared boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL,
    CONSTRAINT view_name_is_used_once UNIQUE (owner, name)
);

CREATE TABLE order_job (
    id uuid PRIMARY KEY,
    kind text NOT NULL,
    filters jsonb NOT NULL DEFAULT '{}',
    numbers text[] NOT NULL DEFAULT '{}',
    every boolean NOT NULL DEFAULT false,
    personal boolean NOT NULL DEFAULT false,
    words text NOT NULL DEFAULT '',
    locale text NOT NULL DEFAULT 'en',
    status text NOT NULL DEFAULT 'queued',
    total integer NOT NULL DEFAULT 0,
    done integer NOT NULL DEFAULT 0,
    refused integer NOT NULL DEFAULT 0,
    file_key text,
    failure text NOT NULL DEFAULT '',
    created_by uuid,
    created_by_name text NOT NULL,
    created_at timestamptz NOT NULL,
    finished_at timestamptz,
    expires_at timestamptz NOT NULL,
    CONSTRAINT kind_is_known CHECK (kind IN ('orders_csv', 'orders_xlsx', 'lines_csv', 'lines_xlsx', 'packing_slips',
        'cancel', 'tag', 'note')),
    CONSTRAINT status_is_known CHECK (status IN ('queued', 'running', 'ready', 'failed', 'expired'))
);
CREATE INDEX order_job_recent ON order_job (created_at DESC, id DESC);
CREATE INDEX order_job_expiry ON order_job (expires_at) WHERE status <> 'expired';

CREATE INDEX orders_by_status ON orders (status, placed_at DESC, id DESC);
CREATE INDEX orders_by_payment ON orders (payment_status, placed_at DESC, id DESC);
CREATE INDEX orders_by_fulfillment ON orders (fulfillment_status, placed_at DESC, id DESC);
CREATE INDEX orders_by_total ON orders (total_amount);
CREATE INDEX orders_by_tag ON orders USING gin (tags);
CREATE INDEX orders_by_words ON orders USING gin ((lower(number || ' ' || phone || ' ' || email || ' '
    || coalesce(ship_to ->> 'recipient', ''))) extensions.gin_trgm_ops);
CREATE INDEX order_line_sku ON order_line (sku, order_id) WHERE sku <> '';
CREATE INDEX order_line_title ON order_line USING gin (lower(title) extensions.gin_trgm_ops);
CREATE INDEX refund_by_status ON refund (status, order_id);
"""
