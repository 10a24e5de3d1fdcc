"""Let a coupon pause between running and its end (expand).

Code that does not know `paused` gives no such coupon to anybody, because only active ones are taken.
"""

SQL = """
ALTER TABLE coupon DROP CONSTRAINT status_is_known;
ALTER TABLE coupon ADD CONSTRAINT status_is_known CHECK (status IN ('draft', 'active', 'paused', 'ended'));
"""
