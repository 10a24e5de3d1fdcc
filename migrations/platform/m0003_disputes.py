"""Tell the platform's people that a store and a shopper do not agree (expand).

A row names the store and the request, nothing else: what it is about stays in the store's own schema.
"""

SQL = """
CREATE TABLE platform.dispute (
    id uuid PRIMARY KEY,
    tenant uuid NOT NULL REFERENCES platform.tenant (id) ON DELETE CASCADE,
    aftersale uuid NOT NULL,
    opened_at timestamptz NOT NULL,
    closed_at timestamptz,
    CONSTRAINT request_is_disputed_once UNIQUE (tenant, aftersale)
);
CREATE INDEX dispute_open ON platform.dispute (opened_at) WHERE closed_at IS NULL;
"""
