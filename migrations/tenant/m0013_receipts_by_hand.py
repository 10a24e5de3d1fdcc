"""Keep what a person wrote down about money that came by hand (expand).

Payments that were confirmed by a provider have nothing there.
"""

SQL = """
ALTER TABLE payment ADD COLUMN receipt jsonb NOT NULL DEFAULT '{}';
"""
