"""Find what is due in one queue without reading what is due in the others (expand).

Old code does without it.
"""

SQL = """
CREATE INDEX outbox_due_by_queue ON outbox (queue, run_at, id) WHERE status = 'due';
"""
