"""Keep the carriers a payment platform knows, by its own codes, so that it is not asked for each parcel (expand)."""

SQL = """
CREATE TABLE platform_carriers (
    id uuid PRIMARY KEY,
    provider text NOT NULL,
    names jsonb NOT NULL DEFAULT '{}',
    fetched_at timestamptz NOT NULL,
    CONSTRAINT platform_has_one_list UNIQUE (provider)
);
"""
