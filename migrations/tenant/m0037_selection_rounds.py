"""Let promoters choose what to sell next: rounds with candidates, who may vote, and ballots (expand).

Messages may go to promoters from now on; code that knows only shoppers and stores goes on as it was.
"""

SQL = """
CREATE TABLE selection_round (
    id uuid PRIMARY KEY,
    title text NOT NULL,
    words text NOT NULL DEFAULT '',
    status text NOT NULL DEFAULT 'open',
    ends_at timestamptz NOT NULL,
    most_votes integer NOT NULL DEFAULT 3,
    takes_proposals boolean NOT NULL DEFAULT true,
    created_by text NOT NULL,
    created_at timestamptz NOT NULL,
    closed_at timestamptz,
    closed_by text NOT NULL DEFAULT '',
    campaign uuid REFERENCES campaign (id) ON DELETE SET NULL,
    CONSTRAINT status_is_known CHECK (status IN ('open', 'closed')),
    CONSTRAINT somebody_can_vote CHECK (most_votes BETWEEN 1 AND 20)
);
CREATE TABLE selection_candidate (
    id uuid PRIMARY KEY,
    round uuid NOT NULL REFERENCES selection_round (id),
    product uuid REFERENCES product (id) ON DELETE SET NULL,
    title text NOT NULL,
    words text NOT NULL DEFAULT '',
    price_amount bigint,
    proposed_by uuid REFERENCES promoter (id),
    won_at timestamptz,
    added_at timestamptz NOT NULL,
    CONSTRAINT product_stands_once UNIQUE (round, product),
    CONSTRAINT price_is_a_price CHECK (price_amount > 0)
);
CREATE UNIQUE INDEX selection_candidate_won ON selection_candidate (round) WHERE won_at IS NOT NULL;
CREATE TABLE selection_voter (
    id uuid PRIMARY KEY,
    round uuid NOT NULL REFERENCES selection_round (id),
    promoter uuid NOT NULL REFERENCES promoter (id),
    CONSTRAINT voter_stands_once UNIQUE (round, promoter)
);
CREATE INDEX selection_voter_promoter ON selection_voter (promoter);
CREATE TABLE selection_vote (
    id uuid PRIMARY KEY,
    candidate uuid NOT NULL REFERENCES selection_candidate (id),
    promoter uuid NOT NULL REFERENCES promoter (id),
    units integer NOT NULL DEFAULT 0,
    voted_at timestamptz NOT NULL,
    CONSTRAINT one_vote_each UNIQUE (candidate, promoter),
    CONSTRAINT units_count_up CHECK (units BETWEEN 0 AND 100000)
);
ALTER TABLE message DROP CONSTRAINT recipient_is_known,
    ADD CONSTRAINT recipient_is_known CHECK (recipient IN ('customer', 'merchant', 'promoter'));
"""
