"""Let hosts announce gifts on air and share a session with others (expand).

Hosts that are there already have agreed and share nothing, as before. A gift becomes a line of the order it is given
with; lines of before are none. Old code writes no gifts and no co-hosts' shares, and reads both as what they look like:
a line that costs nothing, a share of a promoter.
"""

SQL = """
ALTER TABLE live_session ADD COLUMN sharing text NOT NULL DEFAULT 'everyone',
    ADD COLUMN stream_url text NOT NULL DEFAULT '',
    ADD CONSTRAINT sharing_is_known CHECK (sharing IN ('everyone', 'slot'));

ALTER TABLE live_host ADD COLUMN status text NOT NULL DEFAULT 'accepted',
    ADD COLUMN share_bps integer NOT NULL DEFAULT 0,
    ADD COLUMN answered_at timestamptz, ADD COLUMN left_at timestamptz,
    ADD CONSTRAINT host_status_is_known CHECK (status IN ('invited', 'accepted', 'declined', 'left')),
    ADD CONSTRAINT share_is_a_part CHECK (share_bps BETWEEN 0 AND 10000),
    ADD CONSTRAINT who_left_left_once CHECK ((status = 'left') = (left_at IS NOT NULL));

CREATE TABLE live_gift (
    id uuid PRIMARY KEY,
    session uuid NOT NULL REFERENCES live_session (id),
    slot uuid NOT NULL REFERENCES live_slot (id),
    variant uuid NOT NULL REFERENCES variant (id),
    for_variant uuid NOT NULL REFERENCES variant (id),
    asked_by uuid NOT NULL REFERENCES promoter (id),
    per text NOT NULL DEFAULT 'order',
    every_units integer NOT NULL DEFAULT 1,
    units integer NOT NULL DEFAULT 1,
    quota integer NOT NULL,
    given integer NOT NULL DEFAULT 0,
    on_return text NOT NULL DEFAULT 'asked_back',
    status text NOT NULL DEFAULT 'asked',
    words text NOT NULL DEFAULT '',
    announced_at timestamptz,
    closed_at timestamptz,
    created_at timestamptz NOT NULL,
    CONSTRAINT per_is_known CHECK (per IN ('order', 'units')),
    CONSTRAINT on_return_is_known CHECK (on_return IN ('asked_back', 'kept')),
    CONSTRAINT gift_status_is_known CHECK (status IN ('asked', 'granted', 'refused', 'announced', 'closed')),
    CONSTRAINT gifts_are_some CHECK (units BETWEEN 1 AND 100 AND every_units BETWEEN 1 AND 1000 AND quota > 0),
    CONSTRAINT never_more_gifts_than_announced CHECK (given BETWEEN 0 AND quota),
    CONSTRAINT announced_has_begun CHECK (status <> 'announced' OR announced_at IS NOT NULL),
    CONSTRAINT closed_has_ended CHECK ((status = 'closed') = (closed_at IS NOT NULL))
);
CREATE INDEX live_gift_session ON live_gift (session, created_at);
CREATE UNIQUE INDEX live_gift_announced ON live_gift (for_variant, id) WHERE status = 'announced';

CREATE TABLE live_gift_order (
    id uuid PRIMARY KEY,
    gift uuid NOT NULL REFERENCES live_gift (id),
    order_id uuid NOT NULL REFERENCES orders (id) ON DELETE CASCADE,
    units integer NOT NULL,
    status text NOT NULL DEFAULT 'given',
    given_at timestamptz NOT NULL,
    CONSTRAINT an_order_gets_a_gift_once UNIQUE (gift, order_id),
    CONSTRAINT gift_order_status_is_known CHECK (status IN ('given', 'given_back')),
    CONSTRAINT something_is_given CHECK (units > 0)
);
CREATE INDEX live_gift_order_order ON live_gift_order (order_id);

ALTER TABLE order_line ADD COLUMN gift uuid REFERENCES live_gift (id);

ALTER TABLE commission_line ADD CONSTRAINT role_says_whose_share
    CHECK (role IN ('promotion', 'upline', 'pickup', 'co_host')) NOT VALID;
ALTER TABLE commission_line VALIDATE CONSTRAINT role_says_whose_share;
ALTER TABLE commission_line DROP CONSTRAINT role_says_whose_work;
"""
