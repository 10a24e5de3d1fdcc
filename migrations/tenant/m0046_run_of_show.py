"""Give live sessions a page, more than one host and a run of show (expand).

Old sessions have no code and so no page; old code makes such ones. A slot is one product's time on air; its live price
is a campaign of its own, so units are held and numbers are counted as in any campaign.
"""

SQL = """
ALTER TABLE live_session ADD COLUMN code text, ADD COLUMN settled_at timestamptz,
    ADD CONSTRAINT live_code_is_unique UNIQUE (code);

CREATE TABLE live_host (
    id uuid PRIMARY KEY,
    session uuid NOT NULL REFERENCES live_session (id),
    promoter uuid NOT NULL REFERENCES promoter (id),
    added_at timestamptz NOT NULL,
    CONSTRAINT hosts_once UNIQUE (session, promoter)
);

CREATE TABLE live_slot (
    id uuid PRIMARY KEY,
    session uuid NOT NULL REFERENCES live_session (id),
    seq integer NOT NULL,
    variant uuid NOT NULL REFERENCES variant (id),
    host uuid NOT NULL REFERENCES promoter (id),
    minutes integer NOT NULL DEFAULT 10,
    status text NOT NULL DEFAULT 'planned',
    price_status text NOT NULL DEFAULT 'usual',
    asked_amount bigint,
    asked_units integer,
    price_amount bigint,
    quota integer,
    words text NOT NULL DEFAULT '',
    campaign uuid REFERENCES campaign (id),
    on_air_at timestamptz,
    off_air_at timestamptz,
    created_at timestamptz NOT NULL,
    CONSTRAINT slot_seq_is_unique UNIQUE (session, seq),
    CONSTRAINT status_is_known CHECK (status IN ('planned', 'on_air', 'done', 'canceled')),
    CONSTRAINT price_status_is_known CHECK (price_status IN ('usual', 'asked', 'granted', 'refused')),
    CONSTRAINT minutes_are_sensible CHECK (minutes BETWEEN 1 AND 600),
    CONSTRAINT prices_are_prices CHECK (coalesce(asked_amount, 0) >= 0 AND coalesce(price_amount, 0) >= 0),
    CONSTRAINT a_granted_price_is_there CHECK ((price_status = 'granted') = (price_amount IS NOT NULL)),
    CONSTRAINT quotas_lend_something CHECK (coalesce(quota, 1) > 0 AND coalesce(asked_units, 1) > 0),
    CONSTRAINT on_air_has_begun CHECK ((status IN ('on_air', 'done')) = (on_air_at IS NOT NULL)),
    CONSTRAINT done_has_ended CHECK ((status = 'done') = (off_air_at IS NOT NULL))
);
CREATE UNIQUE INDEX live_slot_on_air ON live_slot (session) WHERE status = 'on_air';
CREATE INDEX live_slot_asked ON live_slot (created_at) WHERE price_status = 'asked';
"""
