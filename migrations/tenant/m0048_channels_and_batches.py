"""Let the merchant put up links of a channel, and make many links in one act (expand).

A link or a touch belongs to a promoter, as all there are, or to a channel of the merchant. Old code finds nobody behind
a link of a channel and answers that it does not know it.
"""

SQL = """
CREATE TABLE channel (
    id uuid PRIMARY KEY,
    name text NOT NULL,
    note text NOT NULL DEFAULT '',
    status text NOT NULL DEFAULT 'active',
    created_by text NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT channel_name_is_unique UNIQUE (name),
    CONSTRAINT status_is_known CHECK (status IN ('active', 'closed'))
);

CREATE TABLE channel_rate (
    id uuid PRIMARY KEY,
    channel uuid NOT NULL REFERENCES channel (id),
    version integer NOT NULL,
    valid_from timestamptz NOT NULL,
    click_amount bigint NOT NULL DEFAULT 0,
    order_amount bigint NOT NULL DEFAULT 0,
    sale_bps integer NOT NULL DEFAULT 0,
    set_by text NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT rate_version_counts_up UNIQUE (channel, version),
    CONSTRAINT rates_cost_something_or_nothing CHECK (click_amount >= 0 AND order_amount >= 0),
    CONSTRAINT shares_are_shares CHECK (sale_bps BETWEEN 0 AND 10000)
);

CREATE TABLE channel_spend (
    id uuid PRIMARY KEY,
    channel uuid NOT NULL REFERENCES channel (id),
    spent_on date NOT NULL,
    amount bigint NOT NULL,
    note text NOT NULL DEFAULT '',
    entered_by text NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT something_was_spent CHECK (amount <> 0)
);
CREATE INDEX channel_spend_of ON channel_spend (channel, spent_on);

ALTER TABLE tracked_link ALTER COLUMN promoter DROP NOT NULL, ADD COLUMN channel uuid REFERENCES channel (id),
    ADD CONSTRAINT link_is_somebodys CHECK ((promoter IS NULL) <> (channel IS NULL));
CREATE INDEX tracked_link_channel ON tracked_link (channel) WHERE channel IS NOT NULL;

ALTER TABLE touch ALTER COLUMN promoter DROP NOT NULL, ADD COLUMN channel uuid REFERENCES channel (id),
    ADD CONSTRAINT touch_is_somebodys CHECK ((promoter IS NULL) <> (channel IS NULL)),
    ADD CONSTRAINT channels_touch_as_channels CHECK (channel IS NULL OR kind = 'channel');

CREATE TABLE channel_order (
    id uuid PRIMARY KEY,
    order_id uuid NOT NULL REFERENCES orders (id),
    channel uuid NOT NULL REFERENCES channel (id),
    link uuid NOT NULL REFERENCES tracked_link (id),
    touch uuid NOT NULL REFERENCES touch (id),
    order_amount bigint NOT NULL DEFAULT 0,
    sale_bps integer NOT NULL DEFAULT 0,
    credited_at timestamptz NOT NULL,
    CONSTRAINT order_came_through_one_channel UNIQUE (order_id)
);
CREATE INDEX channel_order_channel ON channel_order (channel);

CREATE TABLE link_batch (
    id uuid PRIMARY KEY,
    promoter uuid REFERENCES promoter (id),
    made_by text NOT NULL,
    label text NOT NULL DEFAULT '',
    refused jsonb NOT NULL DEFAULT '[]',
    created_at timestamptz NOT NULL
);

CREATE TABLE link_batch_item (
    batch uuid NOT NULL REFERENCES link_batch (id),
    seq integer NOT NULL,
    link uuid NOT NULL REFERENCES tracked_link (id),
    is_new boolean NOT NULL,
    PRIMARY KEY (batch, seq),
    CONSTRAINT link_is_in_a_batch_once UNIQUE (batch, link)
);
"""

APPEND_ONLY = ("channel_rate", "channel_spend", "channel_order", "link_batch", "link_batch_item")
