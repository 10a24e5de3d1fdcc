"""Let a request end because its money went back another way, or give the rest of its money later (expand).

The columns are empty for every request there is, and old code neither reads nor writes them. `rest_id` is the source
of the second refund of a request, as the request's own id is that of the first. The index finds what was told about
an order.
"""

SQL = """
ALTER TABLE aftersale ADD COLUMN settled_directly boolean NOT NULL DEFAULT false;
ALTER TABLE aftersale ADD COLUMN rest_id uuid;
CREATE INDEX message_order ON message (order_id, created_at) WHERE order_id IS NOT NULL;
"""
