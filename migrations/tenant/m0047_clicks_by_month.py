"""Keep clicks by the month they arrived in, and by the hour what came of them (expand).

The table there was becomes a part of a partitioned one of the same name, in place: the primary key stays the id, whose
first bits are the moment of the arrival, so a click is still written once however often it is replayed, and old code
goes on without knowing. What was there, and whatever no month is made for, lies in the default part; the timetable
makes the months ahead and takes the old ones away.

A touch remembers which click it was also when that click is long gone, so the constraint between the two goes.
"""

SQL = """
ALTER TABLE touch DROP CONSTRAINT touch_click_fkey;
ALTER TABLE click RENAME TO click_before;
ALTER INDEX click_pkey RENAME TO click_before_pkey;
ALTER INDEX click_visitor RENAME TO click_before_visitor;
ALTER INDEX click_unfolded RENAME TO click_before_unfolded;

CREATE TABLE click (
    id uuid NOT NULL,
    link uuid NOT NULL REFERENCES tracked_link (id),
    visitor_id uuid NOT NULL,
    clicked_at timestamptz NOT NULL,
    qualifies boolean NOT NULL,
    reason text NOT NULL DEFAULT '',
    address_hash bytea NOT NULL,
    agent_hash bytea NOT NULL,
    counted boolean NOT NULL DEFAULT false,
    folded_at timestamptz,
    PRIMARY KEY (id)
) PARTITION BY RANGE (id);
CREATE INDEX click_visitor ON click (visitor_id, clicked_at DESC);
CREATE INDEX click_unfolded ON click (id) WHERE folded_at IS NULL;
ALTER TABLE click ATTACH PARTITION click_before DEFAULT;

CREATE TABLE link_hour (
    link uuid NOT NULL REFERENCES tracked_link (id),
    hour timestamptz NOT NULL,
    raw_clicks bigint NOT NULL DEFAULT 0,
    clicks bigint NOT NULL DEFAULT 0,
    visitors bigint NOT NULL DEFAULT 0,
    screened bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (link, hour),
    CONSTRAINT more_arrive_than_count CHECK (raw_clicks >= clicks + screened AND clicks >= visitors AND visitors >= 0)
);
INSERT INTO link_hour (link, hour, raw_clicks, clicks, visitors, screened)
SELECT c.link, date_trunc('hour', c.clicked_at, 'UTC'), count(*), count(*) FILTER (WHERE c.counted),
    count(v.first_click),
    count(*) FILTER (WHERE c.reason NOT IN ('', 'paused', 'promoter_not_approved'))
FROM click AS c LEFT JOIN link_visitor AS v ON v.link = c.link AND v.visitor_id = c.visitor_id AND v.first_click = c.id
WHERE c.folded_at IS NOT NULL GROUP BY 1, 2;

CREATE TABLE click_keeping (
    id uuid PRIMARY KEY,
    keep_days integer NOT NULL DEFAULT 90,
    changed_by text NOT NULL DEFAULT '',
    changed_at timestamptz NOT NULL,
    only_one boolean NOT NULL DEFAULT true,
    CONSTRAINT there_is_one_click_keeping UNIQUE (only_one),
    CONSTRAINT only_one_is_true CHECK (only_one),
    CONSTRAINT days_are_sensible CHECK (keep_days BETWEEN 30 AND 730)
);
"""
