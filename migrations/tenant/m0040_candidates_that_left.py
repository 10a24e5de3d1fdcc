"""Let candidates leave a selection round: withdrawn by their proposer, or removed by the store for a reason (expand).

Those there are stay; code that knows no leaving goes on listing them.
"""

SQL = """
ALTER TABLE selection_candidate
    ADD COLUMN left_at timestamptz,
    ADD COLUMN left_how text NOT NULL DEFAULT '',
    ADD COLUMN left_why text NOT NULL DEFAULT '',
    ADD CONSTRAINT leaving_is_said CHECK (
        (left_at IS NULL AND left_how = '') OR (left_at IS NOT NULL AND left_how = 'withdrawn')
        OR (left_at IS NOT NULL AND left_how = 'removed' AND left_why <> '')
    ),
    ADD CONSTRAINT winners_stay CHECK (won_at IS NULL OR left_at IS NULL);
"""
