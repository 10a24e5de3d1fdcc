"""Keep rehearsals apart from everything real: their own account at the simulator, orders and news (expand).

Nothing here refers to orders, stock, money or people, and nothing there refers to it.
"""

SQL = """
CREATE TABLE rehearsal (
    id uuid PRIMARY KEY,
    adapter text NOT NULL,
    scenario text NOT NULL,
    status text NOT NULL DEFAULT 'running',
    base_url text NOT NULL,
    app_key text NOT NULL,
    secret_sealed text NOT NULL DEFAULT '',
    credentials_sealed text NOT NULL,
    settings jsonb NOT NULL DEFAULT '{}',
    carrier_salt_sealed text NOT NULL,
    cursor text NOT NULL DEFAULT '',
    started_by text NOT NULL,
    started_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    ended_at timestamptz,
    figures jsonb NOT NULL DEFAULT '{}',
    CONSTRAINT rehearsal_status_is_known CHECK (status IN ('running', 'ended')),
    CONSTRAINT rehearsal_ends_with_a_time CHECK ((status = 'ended') = (ended_at IS NOT NULL)),
    CONSTRAINT rehearsal_ends_after_it_began CHECK (ends_at > started_at)
);
CREATE UNIQUE INDEX rehearsal_one_at_a_time ON rehearsal (status) WHERE status = 'running';
CREATE TABLE rehearsal_order (
    id uuid PRIMARY KEY,
    rehearsal uuid NOT NULL REFERENCES rehearsal (id) ON DELETE CASCADE,
    reference text NOT NULL,
    lines jsonb NOT NULL,
    status text NOT NULL DEFAULT 'open',
    attempts integer NOT NULL DEFAULT 0,
    asked_at timestamptz,
    on_its_way boolean NOT NULL DEFAULT false,
    slowest_ms integer NOT NULL DEFAULT 0,
    trouble text NOT NULL DEFAULT '',
    said text NOT NULL DEFAULT '',
    handled text NOT NULL DEFAULT '',
    CONSTRAINT rehearsed_once UNIQUE (rehearsal, reference),
    CONSTRAINT rehearsed_status_is_known
        CHECK (status IN ('open', 'accepted', 'partially_shipped', 'shipped', 'incomplete', 'rejected'))
);
CREATE TABLE rehearsal_news (
    id uuid PRIMARY KEY,
    rehearsal uuid NOT NULL REFERENCES rehearsal (id) ON DELETE CASCADE,
    rehearsal_order uuid REFERENCES rehearsal_order (id) ON DELETE CASCADE,
    notice_id text NOT NULL,
    kind text NOT NULL,
    facts jsonb NOT NULL,
    copies integer NOT NULL DEFAULT 0,
    late boolean NOT NULL DEFAULT false,
    heard_at timestamptz NOT NULL,
    CONSTRAINT rehearsed_news_counts_once UNIQUE (rehearsal, notice_id)
);
CREATE INDEX rehearsal_news_of_order ON rehearsal_news (rehearsal_order);
"""
