"""Share campaigns: who invited whom into one, and tracked links that lead to one, or to a team in it (expand).

The columns arrive empty; links and participations written by older code stay as they are.
"""

SQL = """
ALTER TABLE participation ADD COLUMN invited_by uuid REFERENCES participation (order_id) ON DELETE SET NULL;
CREATE INDEX participation_invited_by ON participation (invited_by) WHERE invited_by IS NOT NULL;

ALTER TABLE tracked_link ADD COLUMN campaign uuid REFERENCES campaign (id);
ALTER TABLE tracked_link ADD COLUMN team text NOT NULL DEFAULT '';
ALTER TABLE tracked_link DROP CONSTRAINT kind_is_known;
ALTER TABLE tracked_link ADD CONSTRAINT kind_is_known CHECK (kind IN ('store', 'product', 'campaign')) NOT VALID;
ALTER TABLE tracked_link VALIDATE CONSTRAINT kind_is_known;
ALTER TABLE tracked_link ADD CONSTRAINT campaign_link_names_a_campaign
    CHECK ((kind = 'campaign') = (campaign IS NOT NULL)) NOT VALID;
ALTER TABLE tracked_link VALIDATE CONSTRAINT campaign_link_names_a_campaign;
CREATE INDEX tracked_link_campaign ON tracked_link (campaign) WHERE campaign IS NOT NULL;
"""
