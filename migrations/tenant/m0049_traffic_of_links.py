"""Remember whether a click was followed by a page of the store, and what the traffic of a link looks like (expand).

A click of before was never asked whether a page followed, so it counts as not known: only clicks after the first one
that was seen are judged by it.
"""

SQL = """
ALTER TABLE click ADD COLUMN seen_at timestamptz;

CREATE TABLE link_risk (
    link uuid PRIMARY KEY REFERENCES tracked_link (id),
    score integer NOT NULL,
    arrivals bigint NOT NULL,
    signs jsonb NOT NULL DEFAULT '[]',
    looked_at timestamptz NOT NULL,
    CONSTRAINT scores_are_percent CHECK (score BETWEEN 0 AND 100)
);
"""
