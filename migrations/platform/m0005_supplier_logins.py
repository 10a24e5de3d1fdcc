"""Let suppliers sign in, on a host of their own (expand).

A seat is one person's place at one supplier of one store; the supplier's own row is the store's, so it is named by id
only. Like a promoter, a supplier's person may work for several stores with one login.
"""

SQL = """
CREATE TABLE platform.supplier_login (
    id uuid PRIMARY KEY,
    email text NOT NULL UNIQUE,
    name text NOT NULL,
    password_hash text NOT NULL,
    locale text NOT NULL,
    created_at timestamptz NOT NULL
);
CREATE TABLE platform.supplier_seat (
    id uuid PRIMARY KEY,
    login uuid NOT NULL REFERENCES platform.supplier_login (id),
    tenant uuid NOT NULL REFERENCES platform.tenant (id) ON DELETE CASCADE,
    supplier uuid NOT NULL,
    status text NOT NULL DEFAULT 'invited',
    created_at timestamptz NOT NULL,
    CONSTRAINT one_supplier_per_store UNIQUE (tenant, login),
    CONSTRAINT status_is_known CHECK (status IN ('invited', 'active', 'disabled'))
);
CREATE INDEX supplier_seat_login ON platform.supplier_seat (login);
CREATE INDEX supplier_seat_supplier ON platform.supplier_seat (tenant, supplier);
CREATE TABLE platform.supplier_session (
    token_hash bytea PRIMARY KEY,
    subject uuid NOT NULL REFERENCES platform.supplier_login (id) ON DELETE CASCADE,
    tenant uuid,
    created_at timestamptz NOT NULL,
    last_seen_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    agent_hash bytea NOT NULL,
    address_prefix text NOT NULL
);
CREATE INDEX supplier_session_subject ON platform.supplier_session (subject);
"""
