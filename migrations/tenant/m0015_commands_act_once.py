"""Remember which commands of a store were answered, and how (expand).

`scope` is a digest of who asked, what for and under which key, so no key and no session is kept in the clear; the same
for `fingerprint`, a keyed digest of the body. `holder` names the one request that works on it now.
"""

SQL = """
CREATE TABLE idempotency_key (
    id uuid PRIMARY KEY,
    scope bytea NOT NULL,
    fingerprint bytea NOT NULL,
    holder uuid NOT NULL,
    status text NOT NULL DEFAULT 'in_flight',
    answer_status integer,
    answer_headers jsonb NOT NULL DEFAULT '[]',
    answer_body bytea,
    taken_at timestamptz NOT NULL,
    CONSTRAINT scope_is_unique UNIQUE (scope),
    CONSTRAINT status_is_known CHECK (status IN ('in_flight', 'answered')),
    CONSTRAINT answered_has_an_answer CHECK (status <> 'answered' OR answer_status IS NOT NULL)
);
CREATE INDEX idempotency_key_age ON idempotency_key (taken_at);
"""
