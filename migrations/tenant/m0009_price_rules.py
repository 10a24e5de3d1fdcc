"""Keep with every order the rules it was priced by (expand).

Orders that are there already keep the empty record: they had no discounts and one freight, which their rows tell.
"""

SQL = """
ALTER TABLE orders ADD COLUMN price_rules jsonb NOT NULL DEFAULT '{}';
"""
