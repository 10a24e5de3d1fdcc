"""Sell in campaigns: what is offered at which price until when, who takes part, and what an order came from (expand).

Counts are kept where they are limited: of an item, `held + taken` never exceeds its quota. A cart that joins a campaign
is in status `joining`, so that code which knows only open carts never sees it.
"""

SQL = """
CREATE TABLE campaign (
    id uuid PRIMARY KEY,
    code text NOT NULL,
    kind text NOT NULL,
    title text NOT NULL,
    share_text text NOT NULL DEFAULT '',
    story text NOT NULL DEFAULT '',
    cover_key text,
    status text NOT NULL DEFAULT 'draft',
    reason text NOT NULL DEFAULT '',
    starts_at timestamptz,
    ends_at timestamptz,
    audience text NOT NULL DEFAULT 'everyone',
    person_limit integer,
    takes_coupons boolean NOT NULL DEFAULT false,
    terms jsonb NOT NULL DEFAULT '{}',
    leader uuid REFERENCES promoter (id),
    supply uuid REFERENCES campaign (id),
    last_sequence bigint NOT NULL DEFAULT 0,
    taken_units bigint NOT NULL DEFAULT 0,
    taken_people bigint NOT NULL DEFAULT 0,
    result jsonb NOT NULL DEFAULT '{}',
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    opened_at timestamptz,
    closed_at timestamptz,
    settled_at timestamptz,
    CONSTRAINT campaign_code_is_unique UNIQUE (code),
    CONSTRAINT kind_is_known CHECK (kind IN ('team_group', 'ladder_campaign', 'chain_campaign', 'community', 'presale',
        'demand_test', 'flash_sale')),
    CONSTRAINT status_is_known CHECK (status IN ('draft', 'scheduled', 'open', 'closed', 'settled')),
    CONSTRAINT audience_is_known CHECK (audience IN ('everyone', 'members', 'new_customers')),
    CONSTRAINT limit_is_positive CHECK (person_limit > 0),
    CONSTRAINT ends_after_it_starts CHECK (ends_at > starts_at),
    CONSTRAINT counts_are_not_negative CHECK (last_sequence >= 0 AND taken_units >= 0 AND taken_people >= 0)
);
CREATE INDEX campaign_listing ON campaign (created_at DESC, id DESC);
CREATE INDEX campaign_running ON campaign (ends_at) WHERE status IN ('scheduled', 'open', 'closed');
CREATE INDEX campaign_leader ON campaign (leader, created_at DESC) WHERE leader IS NOT NULL;
CREATE INDEX campaign_supply ON campaign (supply) WHERE supply IS NOT NULL;

CREATE TABLE campaign_item (
    id uuid PRIMARY KEY,
    campaign uuid NOT NULL REFERENCES campaign (id) ON DELETE CASCADE,
    variant uuid NOT NULL REFERENCES variant (id),
    position integer NOT NULL DEFAULT 0,
    price_amount bigint NOT NULL,
    quota bigint,
    held bigint NOT NULL DEFAULT 0,
    taken bigint NOT NULL DEFAULT 0,
    active boolean NOT NULL DEFAULT true,
    CONSTRAINT variant_is_offered_once UNIQUE (campaign, variant),
    CONSTRAINT price_is_not_negative CHECK (price_amount >= 0),
    CONSTRAINT counts_are_not_negative CHECK (held >= 0 AND taken >= 0),
    CONSTRAINT never_more_than_the_quota CHECK (held + taken <= quota)
);
CREATE INDEX campaign_item_variant ON campaign_item (variant);

CREATE TABLE campaign_tier (
    id uuid PRIMARY KEY,
    item uuid NOT NULL REFERENCES campaign_item (id) ON DELETE CASCADE,
    from_count integer NOT NULL,
    price_amount bigint NOT NULL,
    CONSTRAINT one_price_per_step UNIQUE (item, from_count),
    CONSTRAINT step_is_positive CHECK (from_count > 0 AND price_amount >= 0)
);

CREATE TABLE campaign_person (
    id uuid PRIMARY KEY,
    campaign uuid NOT NULL REFERENCES campaign (id) ON DELETE CASCADE,
    person text NOT NULL,
    units bigint NOT NULL DEFAULT 0,
    CONSTRAINT person_is_counted_once UNIQUE (campaign, person),
    CONSTRAINT units_are_not_negative CHECK (units >= 0)
);

CREATE TABLE campaign_event (
    id uuid PRIMARY KEY,
    campaign uuid NOT NULL REFERENCES campaign (id) ON DELETE CASCADE,
    cause text NOT NULL,
    actor text NOT NULL DEFAULT 'system',
    details jsonb NOT NULL DEFAULT '{}',
    at timestamptz NOT NULL
);
CREATE INDEX campaign_event_campaign ON campaign_event (campaign, at);

ALTER TABLE orders ADD COLUMN campaign uuid REFERENCES campaign (id);
CREATE INDEX orders_campaign ON orders (campaign, placed_at) WHERE campaign IS NOT NULL;

CREATE TABLE participation (
    order_id uuid PRIMARY KEY REFERENCES orders (id) ON DELETE CASCADE,
    campaign uuid NOT NULL REFERENCES campaign (id),
    status text NOT NULL DEFAULT 'held',
    units bigint NOT NULL,
    persons text[] NOT NULL DEFAULT '{}',
    nick text NOT NULL DEFAULT '',
    leader uuid REFERENCES promoter (id),
    sequence_number bigint,
    supply_sequence bigint,
    fields jsonb NOT NULL DEFAULT '{}',
    placed_at timestamptz NOT NULL,
    taken_at timestamptz,
    confirmed_at timestamptz,
    released_at timestamptz,
    release_cause text NOT NULL DEFAULT '',
    CONSTRAINT status_is_known CHECK (status IN ('held', 'taken', 'confirmed', 'released')),
    CONSTRAINT units_are_positive CHECK (units > 0),
    CONSTRAINT released_says_when CHECK ((status = 'released') = (released_at IS NOT NULL))
);
CREATE INDEX participation_campaign ON participation (campaign, status, placed_at);
CREATE UNIQUE INDEX participation_number ON participation (campaign, sequence_number)
    WHERE sequence_number IS NOT NULL;
CREATE INDEX participation_leader ON participation (leader, placed_at DESC) WHERE leader IS NOT NULL;

ALTER TABLE cart ADD COLUMN campaign uuid REFERENCES campaign (id) ON DELETE CASCADE;
ALTER TABLE cart ADD COLUMN joining jsonb NOT NULL DEFAULT '{}';
ALTER TABLE cart DROP CONSTRAINT status_is_known;
ALTER TABLE cart ADD CONSTRAINT status_is_known CHECK (status IN ('open', 'joining', 'ordered', 'abandoned')) NOT VALID;
ALTER TABLE cart VALIDATE CONSTRAINT status_is_known;
ALTER TABLE cart ADD CONSTRAINT joining_says_what CHECK (status <> 'joining' OR campaign IS NOT NULL) NOT VALID;
ALTER TABLE cart VALIDATE CONSTRAINT joining_says_what;
CREATE UNIQUE INDEX cart_one_joining ON cart (visitor_id, campaign) WHERE status = 'joining';
"""

APPEND_ONLY = ("campaign_event",)
