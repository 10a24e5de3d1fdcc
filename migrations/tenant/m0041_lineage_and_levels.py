"""Let promoters have a level and somebody above them (expand).

Old code knows neither and goes on paying each promoter the own rate. The closure holds who stands above whom now, its
CHECKs are the guards: nobody stands above themselves, so there is no circle, and nobody more than three steps below
anybody. The moves say who stood where at any time and are never changed.
"""

SQL = """
CREATE TABLE promoter_policy (
    id uuid PRIMARY KEY,
    only_one boolean NOT NULL DEFAULT true,
    lineage_depth integer NOT NULL DEFAULT 2,
    on_inactive_upline text NOT NULL DEFAULT 'skip',
    updated_at timestamptz NOT NULL,
    CONSTRAINT there_is_one_promoter_policy UNIQUE (only_one),
    CONSTRAINT only_one_is_true CHECK (only_one),
    CONSTRAINT lineage_is_shallow CHECK (lineage_depth BETWEEN 0 AND 3),
    CONSTRAINT inactive_upline_is_known CHECK (on_inactive_upline IN ('skip', 'compress', 'house'))
);

CREATE TABLE promoter_level (
    id uuid PRIMARY KEY,
    name text NOT NULL,
    rank integer NOT NULL,
    from_net_amount bigint NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL,
    CONSTRAINT rank_is_unique UNIQUE (rank),
    CONSTRAINT rank_is_sensible CHECK (rank BETWEEN 1 AND 20),
    CONSTRAINT threshold_is_no_debt CHECK (from_net_amount >= 0)
);
ALTER TABLE promoter ADD COLUMN level uuid REFERENCES promoter_level (id);

CREATE TABLE promoter_level_change (
    id uuid PRIMARY KEY,
    promoter uuid NOT NULL REFERENCES promoter (id),
    level uuid REFERENCES promoter_level (id),
    net_amount bigint,
    actor text NOT NULL,
    reason text NOT NULL DEFAULT '',
    at timestamptz NOT NULL
);
CREATE INDEX promoter_level_change_of ON promoter_level_change (promoter, at DESC, id DESC);

CREATE TABLE promoter_lineage (
    id uuid PRIMARY KEY,
    upper uuid NOT NULL REFERENCES promoter (id),
    lower uuid NOT NULL REFERENCES promoter (id),
    depth integer NOT NULL,
    CONSTRAINT above_whom_once UNIQUE (lower, upper),
    CONSTRAINT one_parent_per_depth UNIQUE (lower, depth),
    CONSTRAINT nobody_is_above_themselves CHECK (upper <> lower),
    CONSTRAINT lineage_is_shallow CHECK (depth BETWEEN 1 AND 3)
);
CREATE INDEX promoter_lineage_upper ON promoter_lineage (upper, depth);

CREATE TABLE promoter_move (
    id uuid PRIMARY KEY,
    promoter uuid NOT NULL REFERENCES promoter (id),
    parent uuid REFERENCES promoter (id),
    actor text NOT NULL,
    reason text NOT NULL,
    at timestamptz NOT NULL
);
CREATE INDEX promoter_move_of ON promoter_move (promoter, at DESC, id DESC);
"""
APPEND_ONLY = ("promoter_level_change", "promoter_move")
