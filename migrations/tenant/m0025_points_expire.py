"""Let points expire, say who changed a balance by hand, and let a store choose how long its levels look back (expand).

Nothing expires until a store turns it on, and levels look back a year as before, so code that does not know these
columns goes on working. `lot` of an entry that expired points names the entry that brought them.
"""

SQL = """
ALTER TABLE points_rule ADD COLUMN expiry text NOT NULL DEFAULT 'never';
ALTER TABLE points_rule ADD COLUMN good_for_months integer NOT NULL DEFAULT 12;
ALTER TABLE points_rule ADD COLUMN expiry_day text NOT NULL DEFAULT '12-31';
ALTER TABLE points_rule ADD COLUMN expiry_since timestamptz;
ALTER TABLE points_rule ADD COLUMN expired_on date;
ALTER TABLE points_rule ADD COLUMN level_days integer NOT NULL DEFAULT 365;
ALTER TABLE points_rule ADD CONSTRAINT expiry_is_known CHECK (expiry IN ('never', 'after', 'yearly'));
ALTER TABLE points_rule ADD CONSTRAINT good_for_months_are_a_few CHECK (good_for_months BETWEEN 0 AND 120);
ALTER TABLE points_rule ADD CONSTRAINT level_days_are_some CHECK (level_days BETWEEN 1 AND 3650);
ALTER TABLE points_entry ADD COLUMN lot uuid;
ALTER TABLE points_entry ADD COLUMN moved_by text NOT NULL DEFAULT '';
"""
