"""Find the units that suppliers still owe without reading those that are done (expand).

An index; old and new code both run with and without it.
"""

SQL = """
CREATE INDEX supply_unit_open ON supply_unit (order_line, warehouse) WHERE done_at IS NULL;
"""
