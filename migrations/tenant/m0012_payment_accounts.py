"""Let a store have several payment accounts, and mark a quarantined notice as looked at (expand).

Accounts made before keep their one sealed secret; new ones keep all their credentials in one sealed text. Code before
this step sees one account per provider as it always did.
"""

SQL = """
ALTER TABLE payment_account
    ADD COLUMN credentials_sealed text NOT NULL DEFAULT '',
    ADD COLUMN enabled boolean NOT NULL DEFAULT true,
    ADD COLUMN position integer NOT NULL DEFAULT 0,
    ADD COLUMN settings jsonb NOT NULL DEFAULT '{}';

ALTER TABLE webhook_event
    ADD COLUMN handled_at timestamptz,
    ADD COLUMN handled_by text NOT NULL DEFAULT '',
    ADD COLUMN handled_note text NOT NULL DEFAULT '';
"""
