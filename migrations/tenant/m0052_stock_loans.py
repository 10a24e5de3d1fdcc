"""Set stock apart for a live session, so that nobody else can sell it (expand).

Units of a loan that is open count as reserved on their level. Old code takes such units for reserved ones and leaves
them alone.
"""

SQL = """
CREATE TABLE stock_loan (
    id uuid PRIMARY KEY,
    source_id uuid NOT NULL,
    variant uuid NOT NULL REFERENCES variant (id),
    warehouse uuid NOT NULL REFERENCES warehouse (id),
    quantity integer NOT NULL,
    left_over integer NOT NULL,
    status text NOT NULL DEFAULT 'open',
    lent_at timestamptz NOT NULL,
    returned_at timestamptz,
    CONSTRAINT source_borrows_once UNIQUE (source_id),
    CONSTRAINT loan_status_is_known CHECK (status IN ('open', 'returned')),
    CONSTRAINT never_more_than_was_lent CHECK (quantity > 0 AND left_over BETWEEN 0 AND quantity),
    CONSTRAINT returned_is_empty CHECK ((status = 'returned') = (returned_at IS NOT NULL)
        AND (status = 'open' OR left_over = 0))
);

ALTER TABLE reservation ADD COLUMN loan uuid REFERENCES stock_loan (id);
"""
