"""Let a store choose what its promoters see of each other on the leaderboard, and them how they are called (expand).

A store that chose nothing shows everybody only their own place.
"""

SQL = """
CREATE TABLE leaderboard_setting (
    id uuid PRIMARY KEY,
    only_one boolean NOT NULL DEFAULT true,
    shows text NOT NULL DEFAULT 'own_place',
    metric text NOT NULL DEFAULT 'net_sales',
    updated_at timestamptz NOT NULL,
    CONSTRAINT there_is_one_leaderboard UNIQUE (only_one),
    CONSTRAINT only_one_is_true CHECK (only_one),
    CONSTRAINT shows_is_known CHECK (shows IN ('names', 'nicknames', 'own_place', 'nothing')),
    CONSTRAINT metric_is_known CHECK (metric IN ('net_sales', 'paid_orders', 'new_customers'))
);

CREATE TABLE promoter_nickname (
    id uuid PRIMARY KEY,
    promoter uuid NOT NULL REFERENCES promoter (id),
    nickname text NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT one_nickname_each UNIQUE (promoter),
    CONSTRAINT nickname_has_a_length CHECK (length(nickname) BETWEEN 1 AND 60)
);
"""
