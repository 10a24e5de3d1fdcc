"""Let a warehouse be asked to stop what shall be paid back (expand).

Old code asks for nothing of the kind.
"""

SQL = """
ALTER TABLE fulfillment_stop DROP CONSTRAINT purpose_is_known,
    ADD CONSTRAINT purpose_is_known CHECK (purpose IN ('cancel', 'address', 'move', 'hold', 'refund'));
CREATE INDEX fulfillment_stop_of_work ON fulfillment_stop (fulfillment_order);
"""
