"""Buy in teams: so many people within so many hours, or everybody gets the money back (expand).

Seats are counted where they are limited: `taken + held` never exceeds the capacity. `team_person` holds whoever is in a
forming team, by each mark a person is known by, so that nobody is in two of one campaign.
"""

SQL = """
CREATE TABLE team_group (
    id uuid PRIMARY KEY,
    campaign uuid NOT NULL REFERENCES campaign (id),
    code text NOT NULL,
    status text NOT NULL DEFAULT 'forming',
    reason text NOT NULL DEFAULT '',
    completed_by text NOT NULL DEFAULT '',
    capacity integer NOT NULL,
    held integer NOT NULL DEFAULT 0,
    taken integer NOT NULL DEFAULT 0,
    hours integer NOT NULL,
    reward_amount bigint NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL,
    opened_at timestamptz,
    expires_at timestamptz NOT NULL,
    ended_at timestamptz,
    CONSTRAINT team_code_is_unique UNIQUE (code),
    CONSTRAINT status_is_known CHECK (status IN ('forming', 'succeeded', 'failed')),
    CONSTRAINT reason_is_known CHECK (reason IN ('', 'expired', 'leader_left', 'sold_out', 'merchant_closed')),
    CONSTRAINT completion_is_known CHECK (completed_by IN ('', 'members', 'merchant', 'rule')),
    CONSTRAINT failure_says_why CHECK ((status = 'failed') = (reason <> '')),
    CONSTRAINT success_says_by_whom CHECK ((status = 'succeeded') = (completed_by <> '')),
    CONSTRAINT ended_says_when CHECK ((status = 'forming') = (ended_at IS NULL)),
    CONSTRAINT counts_are_not_negative CHECK (held >= 0 AND taken >= 0),
    CONSTRAINT never_more_than_its_seats CHECK (taken + held <= capacity),
    CONSTRAINT reward_is_not_negative CHECK (reward_amount >= 0)
);
CREATE INDEX team_group_campaign ON team_group (campaign, created_at DESC);
CREATE INDEX team_group_forming ON team_group (expires_at) WHERE status = 'forming';
CREATE INDEX team_group_ended ON team_group (ended_at) WHERE ended_at IS NOT NULL;

CREATE TABLE team_seat (
    order_id uuid PRIMARY KEY REFERENCES orders (id) ON DELETE CASCADE,
    team uuid NOT NULL REFERENCES team_group (id),
    is_leader boolean NOT NULL DEFAULT false,
    may_move boolean NOT NULL DEFAULT false,
    status text NOT NULL DEFAULT 'held',
    moved_from uuid REFERENCES team_group (id),
    held_at timestamptz NOT NULL,
    taken_at timestamptz,
    released_at timestamptz,
    CONSTRAINT status_is_known CHECK (status IN ('held', 'taken', 'released')),
    CONSTRAINT released_says_when CHECK ((status = 'released') = (released_at IS NOT NULL))
);
CREATE INDEX team_seat_team ON team_seat (team, status);
CREATE INDEX team_seat_moved ON team_seat (moved_from) WHERE moved_from IS NOT NULL;
CREATE UNIQUE INDEX team_seat_one_leader ON team_seat (team) WHERE is_leader AND status <> 'released';

CREATE TABLE team_person (
    id uuid PRIMARY KEY,
    campaign uuid NOT NULL REFERENCES campaign (id) ON DELETE CASCADE,
    person text NOT NULL,
    order_id uuid NOT NULL REFERENCES orders (id) ON DELETE CASCADE,
    CONSTRAINT person_is_in_one_forming_team UNIQUE (campaign, person)
);
CREATE INDEX team_person_order ON team_person (order_id);
"""
