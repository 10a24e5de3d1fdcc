"""Let no order go from partly paid to refunded; find what is to be sent, also on trust (expand).

Parts of a price that came before an order was over go back while the order is void, so nothing writes that move. Rows
of long ago may hold it, which is why they are not looked at again. The older index knew orders that are paid only; code
from before finds them through the new one's rows or a scan of its payment index, a little slower.
"""

SQL = """
ALTER TABLE order_event DROP CONSTRAINT move_is_legal;
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

CREATE INDEX orders_may_ship ON orders (placed_at)
    WHERE payment_status IN ('paid', 'authorized', 'partially_refunded') AND fulfillment_status = 'unfulfilled';
DROP INDEX orders_to_ship;
"""
