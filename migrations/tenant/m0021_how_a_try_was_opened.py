"""Remember how a try to pay was opened: scanned, in a phone's browser, inside a wallet and for whom (expand).

A provider takes one number once, in one way. Rows from before have an empty text, which fits every way.
"""

SQL = """
ALTER TABLE payment ADD COLUMN opened_as text NOT NULL DEFAULT '';
"""
