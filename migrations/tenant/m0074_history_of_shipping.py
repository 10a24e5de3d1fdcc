"""Let an order's history tell what people did with its work orders (expand).

`shipping` joins what may be written down beside moves; old code shows a word it does not know as it is.
"""

SQL = """
ALTER TABLE order_event DROP CONSTRAINT move_is_legal;
ALTER TABLE order_event ADD CONSTRAINT move_is_legal CHECK (
    (field = 'edit' AND from_status = '' AND to_status IN ('address', 'note', 'lines', 'shipping'))
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
"""
