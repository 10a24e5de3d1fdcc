"""Let a store run contests between promoters or teams, with prizes through the books (expand).

A contest moves along legal steps, each of them a row that stays. What counted in the end is copied when the result is
final, order by order, and never changed. A prize is one row for each person, paid once; taking it back is a further
row. Whoever counts by the day of payment finds it in an index.
"""

SQL = """
CREATE TABLE contest (
    id uuid PRIMARY KEY,
    title text NOT NULL,
    words text NOT NULL DEFAULT '',
    metric text NOT NULL,
    scope text NOT NULL DEFAULT 'store',
    live_session uuid REFERENCES live_session (id),
    campaign uuid REFERENCES campaign (id),
    by_team boolean NOT NULL DEFAULT false,
    split text NOT NULL DEFAULT 'by_score',
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    window_days integer NOT NULL,
    least_score bigint NOT NULL DEFAULT 1,
    cap_bps integer,
    is_public boolean NOT NULL DEFAULT false,
    currency text NOT NULL,
    status text NOT NULL,
    event_seq integer NOT NULL DEFAULT 0,
    created_by text NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    closed_at timestamptz,
    settles_by timestamptz,
    finalized_at timestamptz,
    paid_at timestamptz,
    CONSTRAINT metric_is_known CHECK (metric IN ('net_sales', 'net_units', 'paid_orders', 'new_customers')),
    CONSTRAINT scope_is_known CHECK (scope IN ('store', 'live_session', 'campaign', 'products')),
    CONSTRAINT scope_names_its_session CHECK (scope <> 'live_session' OR live_session IS NOT NULL),
    CONSTRAINT scope_names_its_campaign CHECK (scope <> 'campaign' OR campaign IS NOT NULL),
    CONSTRAINT split_is_known CHECK (split IN ('by_score', 'equal')),
    CONSTRAINT it_has_a_length CHECK (ends_at > starts_at),
    CONSTRAINT window_is_a_window CHECK (window_days BETWEEN 0 AND 180),
    CONSTRAINT nobody_wins_with_nothing CHECK (least_score >= 1),
    CONSTRAINT cap_is_a_share CHECK (cap_bps BETWEEN 1 AND 5000),
    CONSTRAINT status_is_known CHECK (status IN ('draft', 'open', 'closed', 'final', 'paid', 'canceled')),
    CONSTRAINT closed_at_a_time CHECK (status NOT IN ('closed', 'final', 'paid')
        OR (closed_at IS NOT NULL AND settles_by IS NOT NULL)),
    CONSTRAINT final_at_a_time CHECK ((status IN ('final', 'paid')) = (finalized_at IS NOT NULL)),
    CONSTRAINT paid_at_a_time CHECK ((status = 'paid') = (paid_at IS NOT NULL))
);
CREATE INDEX contest_recent ON contest (created_at DESC, id DESC);
CREATE INDEX contest_under_way ON contest (ends_at) WHERE status IN ('open', 'closed', 'final');
CREATE INDEX contest_session ON contest (live_session) WHERE live_session IS NOT NULL;

CREATE TABLE contest_event (
    id uuid PRIMARY KEY,
    contest uuid NOT NULL REFERENCES contest (id),
    seq integer NOT NULL,
    from_status text NOT NULL,
    to_status text NOT NULL,
    actor text NOT NULL,
    words text NOT NULL DEFAULT '',
    at timestamptz NOT NULL,
    CONSTRAINT contest_seq_is_unique UNIQUE (contest, seq),
    CONSTRAINT move_is_legal CHECK (from_status || '>' || to_status IN ('>draft', 'draft>open', 'draft>canceled',
        'open>closed', 'open>canceled', 'closed>final', 'closed>canceled', 'final>paid'))
);

CREATE TABLE contest_product (
    id uuid PRIMARY KEY,
    contest uuid NOT NULL REFERENCES contest (id),
    product uuid NOT NULL REFERENCES product (id),
    CONSTRAINT product_counts_once UNIQUE (contest, product)
);

CREATE TABLE contest_side (
    id uuid PRIMARY KEY,
    contest uuid NOT NULL REFERENCES contest (id),
    position integer NOT NULL,
    name text NOT NULL,
    CONSTRAINT side_is_of_one_contest UNIQUE (contest, id),
    CONSTRAINT position_is_taken_once UNIQUE (contest, position)
);

CREATE TABLE contest_entrant (
    id uuid PRIMARY KEY,
    contest uuid NOT NULL REFERENCES contest (id),
    side uuid NOT NULL REFERENCES contest_side (id),
    promoter uuid NOT NULL REFERENCES promoter (id),
    CONSTRAINT promoter_is_on_one_side UNIQUE (contest, promoter),
    CONSTRAINT side_is_of_this_contest FOREIGN KEY (contest, side) REFERENCES contest_side (contest, id)
);
CREATE INDEX contest_entrant_promoter ON contest_entrant (promoter);

CREATE TABLE contest_prize (
    id uuid PRIMARY KEY,
    contest uuid NOT NULL REFERENCES contest (id),
    place integer NOT NULL,
    amount bigint NOT NULL,
    CONSTRAINT place_has_one_prize UNIQUE (contest, place),
    CONSTRAINT prize_is_positive CHECK (place > 0 AND amount > 0)
);

CREATE TABLE contest_result (
    id uuid PRIMARY KEY,
    contest uuid NOT NULL REFERENCES contest (id),
    side uuid NOT NULL REFERENCES contest_side (id),
    place integer NOT NULL,
    score bigint NOT NULL,
    net_amount bigint NOT NULL,
    orders integer NOT NULL,
    reached_at timestamptz,
    prize_amount bigint NOT NULL DEFAULT 0,
    CONSTRAINT side_has_one_result UNIQUE (contest, side),
    CONSTRAINT place_has_one_side UNIQUE (contest, place),
    CONSTRAINT figures_are_figures CHECK (place > 0 AND score >= 0 AND net_amount >= 0 AND orders >= 0
        AND prize_amount >= 0)
);

CREATE TABLE contest_order (
    id uuid PRIMARY KEY,
    contest uuid NOT NULL REFERENCES contest (id),
    side uuid NOT NULL REFERENCES contest_side (id),
    promoter uuid NOT NULL REFERENCES promoter (id),
    order_id uuid NOT NULL REFERENCES orders (id),
    number text NOT NULL,
    paid_at timestamptz NOT NULL,
    gross_amount bigint NOT NULL,
    net_amount bigint NOT NULL,
    units integer NOT NULL,
    units_back integer NOT NULL,
    score bigint NOT NULL,
    reason text NOT NULL,
    CONSTRAINT order_counts_once_each UNIQUE (contest, order_id, promoter),
    CONSTRAINT reason_is_known CHECK (reason IN ('counted', 'partly_refunded', 'refunded', 'unsettled', 'held',
        'own_purchase', 'not_new', 'undecided')),
    CONSTRAINT only_what_counts_scores CHECK (score >= 0
        AND (score = 0 OR reason IN ('counted', 'partly_refunded')))
);
CREATE INDEX contest_order_side ON contest_order (contest, side, paid_at);

CREATE TABLE contest_award (
    id uuid PRIMARY KEY,
    contest uuid NOT NULL REFERENCES contest (id),
    result uuid NOT NULL REFERENCES contest_result (id),
    promoter uuid NOT NULL REFERENCES promoter (id),
    score bigint NOT NULL,
    amount bigint NOT NULL,
    currency text NOT NULL,
    corrected_amount bigint NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL,
    paid_at timestamptz,
    CONSTRAINT one_award_each UNIQUE (contest, promoter),
    CONSTRAINT award_is_positive CHECK (amount > 0 AND score > 0),
    CONSTRAINT no_more_goes_back_than_came CHECK (corrected_amount BETWEEN 0 AND amount),
    CONSTRAINT only_what_was_paid_goes_back CHECK (corrected_amount = 0 OR paid_at IS NOT NULL)
);
CREATE INDEX contest_award_promoter ON contest_award (promoter, created_at DESC);
CREATE INDEX contest_award_unpaid ON contest_award (contest) WHERE paid_at IS NULL;

CREATE TABLE contest_correction (
    id uuid PRIMARY KEY,
    award uuid NOT NULL REFERENCES contest_award (id),
    amount bigint NOT NULL,
    reason text NOT NULL,
    actor text NOT NULL,
    at timestamptz NOT NULL,
    CONSTRAINT correction_is_positive CHECK (amount > 0),
    CONSTRAINT correction_says_why CHECK (length(reason) > 0)
);
CREATE INDEX contest_correction_award ON contest_correction (award, at);

CREATE INDEX attribution_decision_final ON attribution_decision (finalized_at)
    INCLUDE (promoter, order_id, base_amount, refunded_amount) WHERE status = 'final';
CREATE INDEX orders_email_paid ON orders (lower(email), paid_at) WHERE paid_at IS NOT NULL AND email <> '';
CREATE INDEX orders_phone_paid ON orders (phone, paid_at) WHERE paid_at IS NOT NULL AND phone <> '';
"""

APPEND_ONLY = ("contest_event", "contest_result", "contest_order", "contest_correction")
