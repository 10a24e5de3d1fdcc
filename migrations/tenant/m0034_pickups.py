"""Hand goods out at the pickup points of leaders (expand).

A batch is what one campaign sends to one point, decided at its cut-off. A pickup is one order that somebody comes for;
of its code only a keyed hash is kept. A commission line says which work it pays for, so one promoter can have two of
one order line. A decision that older code makes in the minutes before it is replaced is refused and tried again.
"""

SQL = """
CREATE TABLE pickup_point (
    id uuid PRIMARY KEY,
    leader uuid NOT NULL REFERENCES promoter (id),
    name text NOT NULL,
    contact text NOT NULL,
    phone text NOT NULL,
    country text NOT NULL DEFAULT 'CN',
    region text NOT NULL DEFAULT '',
    city text NOT NULL DEFAULT '',
    district text NOT NULL DEFAULT '',
    street text NOT NULL DEFAULT '',
    postal_code text NOT NULL DEFAULT '',
    opening_hours text NOT NULL DEFAULT '',
    note text NOT NULL DEFAULT '',
    status text NOT NULL DEFAULT 'pending',
    active boolean NOT NULL DEFAULT true,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    decided_at timestamptz,
    decided_by text NOT NULL DEFAULT '',
    CONSTRAINT status_is_known CHECK (status IN ('pending', 'approved', 'rejected'))
);
CREATE INDEX pickup_point_leader ON pickup_point (leader);

CREATE TABLE pickup_batch (
    id uuid PRIMARY KEY,
    campaign uuid NOT NULL REFERENCES campaign (id),
    point uuid NOT NULL REFERENCES pickup_point (id),
    verdict text NOT NULL,
    orders integer NOT NULL,
    units bigint NOT NULL,
    amount bigint NOT NULL,
    decided_at timestamptz NOT NULL,
    arrived_at timestamptz,
    arrived_by text NOT NULL DEFAULT '',
    CONSTRAINT point_is_decided_once UNIQUE (campaign, point),
    CONSTRAINT verdict_is_known CHECK (verdict IN ('confirmed', 'failed')),
    CONSTRAINT counts_are_not_negative CHECK (orders >= 0 AND units >= 0 AND amount >= 0)
);
CREATE INDEX pickup_batch_point ON pickup_batch (point, decided_at DESC);

CREATE TABLE pickup (
    order_id uuid PRIMARY KEY REFERENCES orders (id) ON DELETE CASCADE,
    campaign uuid NOT NULL REFERENCES campaign (id),
    point uuid NOT NULL REFERENCES pickup_point (id),
    leader uuid NOT NULL REFERENCES promoter (id),
    status text NOT NULL DEFAULT 'waiting',
    code_hash text NOT NULL,
    code_round integer NOT NULL DEFAULT 0,
    pickup_bps integer NOT NULL DEFAULT 0,
    cap_bps integer NOT NULL DEFAULT 10000,
    overdue_days integer NOT NULL DEFAULT 3,
    arrived_at timestamptz,
    collected_at timestamptz,
    collected_by text NOT NULL DEFAULT '',
    completed_at timestamptz,
    reminded_at timestamptz,
    CONSTRAINT code_opens_one_order UNIQUE (code_hash),
    CONSTRAINT status_is_known CHECK (status IN ('waiting', 'arrived', 'collected', 'overdue', 'canceled')),
    CONSTRAINT collected_says_when CHECK ((status = 'collected') = (collected_at IS NOT NULL)),
    CONSTRAINT share_is_within_the_cap CHECK (pickup_bps >= 0 AND pickup_bps <= cap_bps AND cap_bps <= 10000)
);
CREATE INDEX pickup_campaign ON pickup (campaign, point);
CREATE INDEX pickup_leader ON pickup (leader, status);
CREATE INDEX pickup_open ON pickup (status, arrived_at)
    WHERE status IN ('arrived', 'collected') AND completed_at IS NULL;

CREATE TABLE pickup_event (
    id uuid PRIMARY KEY,
    order_id uuid NOT NULL REFERENCES orders (id) ON DELETE CASCADE,
    cause text NOT NULL,
    actor text NOT NULL,
    at timestamptz NOT NULL
);
CREATE INDEX pickup_event_order ON pickup_event (order_id, at);

ALTER TABLE commission_line ADD COLUMN role text NOT NULL DEFAULT 'promotion';
ALTER TABLE commission_line ADD CONSTRAINT role_is_known CHECK (role IN ('promotion', 'pickup')) NOT VALID;
ALTER TABLE commission_line VALIDATE CONSTRAINT role_is_known;
ALTER TABLE commission_line ADD CONSTRAINT line_earns_once_per_role UNIQUE (order_line, promoter, role);
ALTER TABLE commission_line DROP CONSTRAINT line_earns_once;
"""

APPEND_ONLY = ("pickup_event",)
