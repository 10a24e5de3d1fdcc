"""Let the schema refuse illegal moves of an order; keep edits, notes and tags (expand).

An edit is an event too: `field` says `edit`, `to_status` what was edited, `details` how it was before and is now. A
move keeps `details` empty. The moves are those of `app/orders/states.py`; a test holds the two together.
"""

SQL = """
ALTER TABLE order_event ADD COLUMN details jsonb NOT NULL DEFAULT '{}';
ALTER TABLE order_event ADD CONSTRAINT move_is_legal CHECK (
    (field = 'edit' AND from_status = '' AND to_status IN ('address', 'note', 'lines'))
    OR (field, from_status, to_status) IN (
        ('status', 'draft', 'placed'),
        ('status', 'placed', 'completed'),
        ('status', 'placed', 'canceled'),
        ('status', 'placed', 'expired'),
        ('payment_status', 'unpaid', 'authorized'),
        ('payment_status', 'unpaid', 'partially_paid'),
        ('payment_status', 'unpaid', 'paid'),
        ('payment_status', 'unpaid', 'voided'),
        ('payment_status', 'authorized', 'paid'),
        ('payment_status', 'authorized', 'voided'),
        ('payment_status', 'partially_paid', 'paid'),
        ('payment_status', 'partially_paid', 'refunded'),
        ('payment_status', 'partially_paid', 'voided'),
        ('payment_status', 'paid', 'partially_refunded'),
        ('payment_status', 'paid', 'refunded'),
        ('payment_status', 'partially_refunded', 'refunded'),
        ('fulfillment_status', 'unfulfilled', 'partially_fulfilled'),
        ('fulfillment_status', 'unfulfilled', 'fulfilled'),
        ('fulfillment_status', 'unfulfilled', 'canceled'),
        ('fulfillment_status', 'partially_fulfilled', 'fulfilled'),
        ('fulfillment_status', 'partially_fulfilled', 'canceled'),
        ('fulfillment_status', 'fulfilled', 'delivered')
    )
) NOT VALID;
ALTER TABLE order_event VALIDATE CONSTRAINT move_is_legal;

ALTER TABLE orders ADD COLUMN tags text[] NOT NULL DEFAULT '{}';

CREATE TABLE order_note (
    id uuid PRIMARY KEY,
    order_id uuid NOT NULL REFERENCES orders (id) ON DELETE CASCADE,
    text text NOT NULL,
    author uuid,
    author_name text NOT NULL,
    at timestamptz NOT NULL,
    CONSTRAINT note_says_something CHECK (length(text) > 0)
);
CREATE INDEX order_note_order ON order_note (order_id, at);
"""

APPEND_ONLY = ("order_note",)
