"""Create the platform schema: stores, their addresses, the people who sign in, the audit log (expand)."""

SQL = """
CREATE TABLE platform.plan (
    code text PRIMARY KEY,
    name text NOT NULL
);
INSERT INTO platform.plan (code, name) VALUES ('starter', 'Starter'), ('growth', 'Growth'), ('scale', 'Scale');

CREATE TABLE platform.tenant (
    id uuid PRIMARY KEY,
    slug text NOT NULL,
    name text NOT NULL,
    schema_name text NOT NULL UNIQUE,
    cluster text NOT NULL DEFAULT 'c1',
    status text NOT NULL DEFAULT 'provisioning',
    status_reason text NOT NULL DEFAULT '',
    plan text NOT NULL DEFAULT 'starter' REFERENCES platform.plan (code),
    locale text NOT NULL,
    currency text NOT NULL,
    time_zone text NOT NULL,
    selling_mode text NOT NULL,
    schema_version integer NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT slug_is_unique UNIQUE (slug),
    CONSTRAINT status_is_known CHECK (status IN
        ('provisioning', 'trial', 'active', 'past_due', 'restricted', 'suspended', 'closing', 'deleted')),
    CONSTRAINT locale_is_known CHECK (locale IN ('zh-Hans', 'zh-Hant', 'en'))
);

CREATE TABLE platform.tenant_health (
    tenant uuid PRIMARY KEY REFERENCES platform.tenant (id) ON DELETE CASCADE,
    orders_total bigint NOT NULL DEFAULT 0,
    orders_30d bigint NOT NULL DEFAULT 0,
    products bigint NOT NULL DEFAULT 0,
    paid_30d_amount bigint NOT NULL DEFAULT 0,
    last_order_at timestamptz,
    jobs_due bigint NOT NULL DEFAULT 0,
    jobs_dead bigint NOT NULL DEFAULT 0,
    oldest_due_at timestamptz,
    warehouse_error text NOT NULL DEFAULT '',
    payment_error text NOT NULL DEFAULT '',
    checked_at timestamptz NOT NULL
);

CREATE TABLE platform.domain (
    host text PRIMARY KEY,
    tenant uuid NOT NULL REFERENCES platform.tenant (id) ON DELETE CASCADE,
    verified_at timestamptz
);

CREATE TABLE platform.schema_pool (
    schema_name text PRIMARY KEY,
    cluster text NOT NULL,
    schema_version integer NOT NULL,
    created_at timestamptz NOT NULL
);

CREATE TABLE platform.webhook_endpoint (
    secret_hash bytea PRIMARY KEY,
    tenant uuid NOT NULL REFERENCES platform.tenant (id) ON DELETE CASCADE,
    kind text NOT NULL,
    CONSTRAINT kind_is_known CHECK (kind IN ('payments', 'warehouse', 'carrier'))
);

CREATE TABLE platform.staff_user (
    id uuid PRIMARY KEY,
    email text NOT NULL UNIQUE,
    name text NOT NULL,
    password_hash text NOT NULL,
    role text NOT NULL DEFAULT 'operator',
    created_at timestamptz NOT NULL,
    CONSTRAINT role_is_known CHECK (role IN ('admin', 'operator', 'viewer'))
);

CREATE TABLE platform.merchant_login (
    id uuid PRIMARY KEY,
    email text NOT NULL UNIQUE,
    name text NOT NULL,
    password_hash text NOT NULL,
    locale text NOT NULL,
    created_at timestamptz NOT NULL
);

CREATE TABLE platform.merchant_user (
    id uuid PRIMARY KEY,
    login uuid NOT NULL REFERENCES platform.merchant_login (id),
    tenant uuid NOT NULL REFERENCES platform.tenant (id) ON DELETE CASCADE,
    role text NOT NULL,
    status text NOT NULL DEFAULT 'active',
    created_at timestamptz NOT NULL,
    CONSTRAINT one_seat_per_store UNIQUE (tenant, login),
    CONSTRAINT role_is_known CHECK (role IN ('owner', 'manager', 'picker', 'finance', 'read_only')),
    CONSTRAINT status_is_known CHECK (status IN ('invited', 'active', 'disabled'))
);
CREATE INDEX merchant_user_login ON platform.merchant_user (login);

CREATE TABLE platform.promoter_login (
    id uuid PRIMARY KEY,
    email text NOT NULL UNIQUE,
    name text NOT NULL,
    password_hash text NOT NULL,
    locale text NOT NULL,
    created_at timestamptz NOT NULL
);

CREATE TABLE platform.promoter_membership (
    id uuid PRIMARY KEY,
    login uuid NOT NULL REFERENCES platform.promoter_login (id),
    tenant uuid NOT NULL REFERENCES platform.tenant (id) ON DELETE CASCADE,
    created_at timestamptz NOT NULL,
    CONSTRAINT joins_a_store_once UNIQUE (login, tenant)
);

CREATE TABLE platform.staff_session (
    token_hash bytea PRIMARY KEY,
    subject uuid NOT NULL REFERENCES platform.staff_user (id) ON DELETE CASCADE,
    tenant uuid,
    created_at timestamptz NOT NULL,
    last_seen_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    agent_hash bytea NOT NULL,
    address_prefix text NOT NULL
);
CREATE TABLE platform.merchant_session (
    token_hash bytea PRIMARY KEY,
    subject uuid NOT NULL REFERENCES platform.merchant_login (id) ON DELETE CASCADE,
    tenant uuid REFERENCES platform.tenant (id) ON DELETE CASCADE,
    created_at timestamptz NOT NULL,
    last_seen_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    agent_hash bytea NOT NULL,
    address_prefix text NOT NULL
);
CREATE TABLE platform.promoter_session (
    token_hash bytea PRIMARY KEY,
    subject uuid NOT NULL REFERENCES platform.promoter_login (id) ON DELETE CASCADE,
    tenant uuid,
    created_at timestamptz NOT NULL,
    last_seen_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    agent_hash bytea NOT NULL,
    address_prefix text NOT NULL
);
CREATE INDEX staff_session_subject ON platform.staff_session (subject);
CREATE INDEX merchant_session_subject ON platform.merchant_session (subject);
CREATE INDEX promoter_session_subject ON platform.promoter_session (subject);

CREATE TABLE platform.sign_in_code (
    code_hash bytea PRIMARY KEY,
    realm text NOT NULL,
    subject uuid NOT NULL,
    tenant uuid,
    expires_at timestamptz NOT NULL
);

CREATE TABLE platform.audit_entry (
    id uuid PRIMARY KEY,
    at timestamptz NOT NULL,
    actor_kind text NOT NULL,
    actor_id uuid,
    actor_name text NOT NULL,
    action text NOT NULL,
    tenant uuid,
    subject text NOT NULL DEFAULT '',
    reason text NOT NULL DEFAULT '',
    details jsonb NOT NULL DEFAULT '{}',
    previous_hash bytea NOT NULL,
    hash bytea NOT NULL,
    CONSTRAINT chain_has_one_next UNIQUE (previous_hash)
);
CREATE INDEX audit_entry_tenant ON platform.audit_entry (tenant, at DESC);
CREATE INDEX audit_entry_at ON platform.audit_entry (at DESC);
"""
