"""Let a merchant say until when a warehouse sends the same day (expand).

`cutoff_minute` counts minutes after midnight in the store's time zone; without one nobody promised anything. Old code
overlooks the column.
"""

SQL = """
ALTER TABLE warehouse
    ADD COLUMN cutoff_minute integer,
    ADD CONSTRAINT cut_off_is_within_a_day CHECK (cutoff_minute BETWEEN 0 AND 1439);
"""
