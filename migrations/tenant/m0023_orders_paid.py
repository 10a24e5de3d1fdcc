"""Find the orders that were paid since a moment without reading all of them (expand).

The dashboard asks for four weeks of them whenever it is opened; levels of members look back a year.
"""

SQL = """
CREATE INDEX orders_paid ON orders (paid_at) WHERE paid_at IS NOT NULL;
"""
