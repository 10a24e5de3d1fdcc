"""Tell bearer tokens of programs from cookies of browsers (expand).

Everything there is belongs to a browser, and code that knows no kinds goes on writing browsers.
"""

SQL = """
ALTER TABLE shopper_session ADD COLUMN kind text NOT NULL DEFAULT 'browser',
    ADD CONSTRAINT kind_is_known CHECK (kind IN ('browser', 'program'));
"""
