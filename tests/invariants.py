"""What must hold in a store after anything whatsoever: counts, sales, shipments and books, checked in SQL."""

from __future__ import annotations

import tenants
from app import ledger
from app.flows.promoter_questions import PROMOTER_STATEMENTS
from tenants import Tenant
from tests.invariants_chains import CHAINS
from tests.invariants_contests import CONTESTS
from tests.invariants_elsewhere import ELSEWHERE
from tests.invariants_lineage import LINEAGE
from tests.invariants_risk import RISK
from tests.invariants_shows import SHOWS
from tests.invariants_stock import STOCK
from tests.invariants_substitutions import SUBSTITUTIONS
from tests.invariants_supply import SUPPLY
from tests.invariants_teams import TEAMS

# Each statement finds what must not exist; the columns say enough to go and look.
PROMOTERS_MONEY = {
    **RISK,
    "commission lines that are not due and not what stands frozen": PROMOTER_STATEMENTS["promoter.frozen"],
    "commission lines that are due and not what is there, taken or owed": PROMOTER_STATEMENTS["promoter.settled"],
    "payouts on their way that are not what the books set aside": PROMOTER_STATEMENTS["payout.pending"],
    "a payout that is not what the books say of it": PROMOTER_STATEMENTS["payout.books"],
    **CONTESTS,
    "a promoter who owes and could withdraw at once": """
        SELECT owed.owner FROM (SELECT account.owner, account.currency,
                sum(CASE WHEN moved.debit = account.id THEN moved.amount ELSE -moved.amount END) AS amount
            FROM ledger_account AS account JOIN ledger_transfer AS moved ON account.id IN (moved.debit, moved.credit)
            WHERE account.kind = 'promoter_debt' GROUP BY account.owner, account.currency) AS owed
        JOIN ledger_account AS there ON there.kind = 'promoter_available' AND there.owner = owed.owner
            AND there.currency = owed.currency
        JOIN ledger_balance AS kept ON kept.account = there.id
        WHERE owed.amount < 0 OR (owed.amount > 0 AND kept.amount > 0)""",
    "a payout that is not where its history ends": """
        SELECT payout.number, payout.status, last.to_status FROM payout JOIN LATERAL (
            SELECT to_status FROM payout_event AS step WHERE step.payout = payout.id ORDER BY seq DESC LIMIT 1
        ) AS last ON true WHERE last.to_status <> payout.status""",
    "lines said to be paid out beyond what was": """
        SELECT line.promoter FROM (SELECT promoter, currency, sum(amount - reversed_amount) AS amount
            FROM commission_line WHERE status = 'paid' GROUP BY promoter, currency) AS line
        WHERE line.amount > (SELECT coalesce(sum(amount), 0) FROM payout WHERE payout.promoter = line.promoter
            AND payout.currency = line.currency AND payout.status = 'succeeded')""",
    "shares of one line that are more than the cap of the plan that pays": """
        SELECT coalesce(order_line, external_line) AS sold, turn, sum(rate_bps) AS rate_bps
        FROM commission_line AS line WHERE rule ? 'cap_bps'
            AND NOT (status IN ('reversed', 'canceled') AND EXISTS (
                SELECT 1 FROM attribution_move WHERE attribution_move.decision = line.decision))
        GROUP BY coalesce(order_line, external_line), turn
        HAVING sum(rate_bps) > max((rule ->> 'cap_bps')::integer)""",
    "a shopper bound to two sharers at one instant": """
        SELECT one.subject FROM binding AS one JOIN binding AS other
            ON other.subject = one.subject AND other.place > one.place
        WHERE one.ended_at IS NULL OR one.ended_at > other.starts_at""",
    "a binding that its history does not know, or a history with a gap": """
        SELECT id FROM binding WHERE NOT EXISTS (SELECT 1 FROM binding_step WHERE binding_step.binding = binding.id)
        UNION ALL SELECT subject.id FROM binding_subject AS subject WHERE subject.steps
            <> (SELECT count(*) FROM binding_step WHERE binding_step.subject = subject.id)""",
    "a line held back without a reason": """
        SELECT id FROM commission_line WHERE status = 'held' AND held_because = ''""",
    "a frozen line without a date": """
        SELECT id FROM commission_line WHERE status = 'frozen' AND settle_at IS NULL""",
    **ELSEWHERE,
}
PRESALES = {
    "a pre-sale order whose money is not that of its state": """
        SELECT orders.number, sold.status, sold.outcome, orders.status AS order_status, orders.payment_status,
            orders.paid_amount FROM presale_order AS sold JOIN orders ON orders.id = sold.order_id
        WHERE NOT CASE sold.status
            WHEN 'deposit_pending' THEN orders.status = 'placed' AND orders.paid_at IS NULL
                AND (orders.deposit_amount = 0 OR orders.paid_amount < orders.deposit_amount)
            WHEN 'deposit_paid' THEN orders.status = 'placed' AND orders.payment_status = 'partially_paid'
                AND orders.paid_amount = sold.deposit_amount
            WHEN 'balance_open' THEN orders.status = 'placed' AND orders.payment_status = 'partially_paid'
                AND orders.paid_amount = sold.deposit_amount
            WHEN 'balance_paid' THEN orders.paid_amount = orders.total_amount OR orders.payment_status = 'authorized'
            WHEN 'confirmed' THEN orders.paid_amount = orders.total_amount OR orders.payment_status = 'authorized'
            ELSE sold.outcome = 'fulfilled' OR orders.status IN ('expired', 'canceled') END""",
    "a deposit that was kept and not booked exactly once, or booked and not kept": """
        SELECT orders.number, sold.outcome, sold.deposit_amount, booked.amount FROM orders
        LEFT JOIN presale_order AS sold ON sold.order_id = orders.id
        LEFT JOIN LATERAL (SELECT sum(leg.amount) AS amount FROM ledger_transfer AS leg
            JOIN ledger_account AS account ON account.id = leg.credit AND account.kind = 'deposit_forfeited'
            WHERE leg.order_id = orders.id) AS booked ON true
        WHERE coalesce(booked.amount, 0) <> CASE WHEN sold.outcome = 'forfeited' THEN sold.deposit_amount ELSE 0 END
            OR (sold.outcome = 'forfeited' AND orders.paid_amount - sold.deposit_amount <> (
                SELECT coalesce(sum(refund.amount), 0) FROM refund WHERE refund.order_id = orders.id
                    AND refund.reason <> 'late_payment'))""",
    "a pre-sale order that waits for nothing": """
        SELECT orders.number, sold.status FROM presale_order AS sold JOIN orders ON orders.id = sold.order_id
        WHERE sold.status NOT IN ('confirmed', 'closed') AND NOT EXISTS (SELECT 1 FROM outbox
            WHERE outbox.payload->>'order_id' = orders.id::text AND outbox.status IN ('due', 'queued', 'running')
                AND outbox.kind = CASE sold.status WHEN 'balance_paid' THEN 'presale.confirm'
                    ELSE 'payments.expire_order' END)""",
    "a pre-sale order that is not where its place in the campaign is": """
        SELECT orders.number, sold.status, one.status AS place FROM presale_order AS sold
        JOIN orders ON orders.id = sold.order_id JOIN participation AS one ON one.order_id = orders.id
        WHERE sold.outcome <> 'fulfilled' AND one.status <> CASE sold.status WHEN 'deposit_pending' THEN 'held'
            WHEN 'confirmed' THEN 'confirmed' WHEN 'closed' THEN 'released' ELSE 'taken' END""",
}
FORBIDDEN = {
    **PROMOTERS_MONEY,
    "a link whose hours are not its clicks": """
        SELECT link, raw_clicks, clicks, visitors FROM link_tally EXCEPT
        SELECT t.link, coalesce(sum(h.raw_clicks), 0)::bigint, coalesce(sum(h.clicks), 0)::bigint,
            coalesce(sum(h.visitors), 0)::bigint
        FROM link_tally AS t LEFT JOIN link_hour AS h ON h.link = t.link GROUP BY t.link""",
    "a campaign whose counts are not those of its orders": """
        SELECT campaign.code, campaign.taken_units, counted.units FROM campaign JOIN LATERAL (
            SELECT coalesce(sum(units), 0) AS units, count(*) AS orders, coalesce(max(sequence_number), 0) AS last
            FROM participation WHERE campaign = campaign.id AND status IN ('taken', 'confirmed')
        ) AS counted ON true
        WHERE campaign.taken_units <> counted.units OR campaign.taken_people > counted.orders
            OR campaign.last_sequence < counted.last""",
    "somebody invited into a campaign by themselves, or from another one": """
        SELECT one.order_id, inviter.order_id AS inviter FROM participation AS one
        JOIN participation AS inviter ON inviter.order_id = one.invited_by
        WHERE inviter.campaign <> one.campaign OR inviter.persons && one.persons""",
    "a difference of a ladder that is not what its share says": """
        SELECT orders.number, share.back_amount, coalesce(sum(refund.amount), 0) AS owed FROM ladder_share AS share
        JOIN orders ON orders.id = share.order_id LEFT JOIN refund
            ON refund.order_id = share.order_id AND refund.reason = 'ladder_difference'
        GROUP BY orders.number, share.order_id, share.back_amount
        HAVING share.back_amount <> coalesce(sum(refund.amount), 0)""",
    "a difference of a ladder that takes delivery, units, or a price that did not fall": """
        SELECT refund.number FROM refund JOIN refund_line AS part ON part.refund = refund.id
        JOIN orders ON orders.id = refund.order_id
        LEFT JOIN ladder_final AS final ON final.campaign = orders.campaign
        JOIN order_line AS line ON line.id = part.order_line
        WHERE refund.reason = 'ladder_difference' AND (part.freight_amount > 0 OR part.quantity > 0
            OR final.outcome IS DISTINCT FROM 'stepped' OR part.goods_amount > line.quantity
                * greatest(line.unit_amount - (final.prices ->> line.variant::text)::bigint, 0))""",
    "an order of a settled ladder that waits": """
        SELECT orders.number, share.status FROM campaign JOIN ladder_share AS share ON share.campaign = campaign.id
        JOIN orders ON orders.id = share.order_id WHERE campaign.status = 'settled' AND share.status <> 'settled'""",
    **CHAINS,
    **TEAMS,
    **LINEAGE,
    **SHOWS,
    **SUPPLY,
    **SUBSTITUTIONS,
    **STOCK,
    **PRESALES,
    "a kept sum that is not what the transfers before its end add up to": """
        SELECT kept.account, kept.debited, kept.credited FROM ledger_sum AS kept
        WHERE kept.debited <> (SELECT coalesce(sum(amount), 0) FROM ledger_transfer
                WHERE debit = kept.account AND id < kept.until)
            OR kept.credited <> (SELECT coalesce(sum(amount), 0) FROM ledger_transfer
                WHERE credit = kept.account AND id < kept.until)""",
    "stock promised that is not there": """
        SELECT variant, on_hand, reserved, allocated FROM stock_level
        WHERE reserved < 0 OR allocated < 0 OR (tracked AND NOT oversell AND reserved + allocated > on_hand)""",
    "reserved is not the sum of what orders hold and what is lent": """
        SELECT level.variant, level.reserved, coalesce(held.units, 0) AS held FROM stock_level AS level
        LEFT JOIN (SELECT variant, warehouse, sum(quantity) AS units FROM (
            SELECT variant, warehouse, quantity FROM reservation WHERE status = 'held'
            UNION ALL SELECT variant, warehouse, left_over FROM stock_loan WHERE status = 'open'
        ) AS promise GROUP BY variant, warehouse) AS held USING (variant, warehouse)
        WHERE level.reserved <> coalesce(held.units, 0)""",
    "allocated is not the sum of what orders own": """
        SELECT level.variant, level.allocated, coalesce(owned.units, 0) AS owned FROM stock_level AS level
        LEFT JOIN (SELECT variant, warehouse, sum(quantity - shipped_quantity) AS units FROM reservation
            WHERE status = 'allocated' GROUP BY variant, warehouse) AS owned USING (variant, warehouse)
        WHERE level.allocated <> coalesce(owned.units, 0)""",
    "a hold of an order that is over": """
        SELECT orders.number, reservation.status FROM reservation JOIN orders ON orders.id = reservation.order_id
        WHERE reservation.status = 'held' AND (orders.status <> 'placed' OR orders.payment_status NOT IN
            ('unpaid', 'partially_paid'))""",
    "a paid order without exactly one sale": """
        SELECT orders.number, count(sale.id) AS sales FROM orders
        LEFT JOIN ledger_transaction AS sale ON sale.kind = 'sale' AND sale.source_id = orders.id
        WHERE orders.payment_status IN ('paid', 'partially_refunded', 'refunded') AND orders.total_amount > 0
        GROUP BY orders.id, orders.number HAVING count(sale.id) <> 1""",
    "a sale of an order that cost nothing": """
        SELECT orders.number FROM orders
        JOIN ledger_transaction AS sale ON sale.kind = 'sale' AND sale.source_id = orders.id
        WHERE orders.total_amount = 0""",
    "an order that costs nothing and waits to be paid": """
        SELECT number, payment_status FROM orders
        WHERE total_amount = 0 AND (payment_status NOT IN ('paid', 'refunded') OR paid_at IS NULL)""",
    "a sale of an order that was never paid": """
        SELECT orders.number, orders.payment_status FROM orders
        JOIN ledger_transaction AS sale ON sale.kind = 'sale' AND sale.source_id = orders.id
        WHERE orders.payment_status NOT IN ('paid', 'partially_refunded', 'refunded')""",
    "a sale that is not what was paid": """
        SELECT orders.number, orders.paid_amount, sum(leg.amount) AS posted FROM orders
        JOIN ledger_transaction AS sale ON sale.kind = 'sale' AND sale.source_id = orders.id
        JOIN ledger_transfer AS leg ON leg.ledger_transaction = sale.id
        GROUP BY orders.id, orders.number, orders.paid_amount HAVING sum(leg.amount) <> orders.paid_amount""",
    "an unpaid order that was shipped": """
        SELECT orders.number, fulfillment.parcel_ref FROM fulfillment JOIN orders ON orders.id = fulfillment.order_id
        WHERE orders.paid_at IS NULL AND fulfillment.status NOT IN ('pending', 'canceled') AND NOT EXISTS (
            SELECT 1 FROM payment WHERE payment.order_id = orders.id AND payment.provider = 'cash_on_delivery'
                AND (payment.status = 'authorized' OR payment.failure = 'cash_refused'))""",
    "an order trusted with cash without exactly one promise of it": """
        SELECT orders.number, count(payment.id) AS promises FROM orders
        LEFT JOIN payment ON payment.order_id = orders.id AND payment.status = 'authorized'
        GROUP BY orders.id, orders.number, orders.payment_status
        HAVING count(payment.id) <> CASE orders.payment_status WHEN 'authorized' THEN 1 ELSE 0 END""",
    "stock of an order trusted with cash that runs out of time": """
        SELECT number, expires_at FROM orders WHERE payment_status = 'authorized' AND expires_at IS NOT NULL""",
    "money by hand that nobody confirmed": """
        SELECT number, provider FROM payment WHERE status = 'captured'
            AND provider IN ('bank_transfer', 'cash_on_delivery') AND receipt = '{}'""",
    "an order line shipped more often than ordered": """
        SELECT orders.number, line.line_number, line.quantity, sum(packed.quantity) AS shipped
        FROM fulfillment_line AS packed
        JOIN fulfillment ON fulfillment.id = packed.fulfillment AND fulfillment.status <> 'canceled'
        JOIN order_line AS line ON line.id = packed.order_line JOIN orders ON orders.id = line.order_id
        GROUP BY orders.number, line.id, line.line_number, line.quantity HAVING sum(packed.quantity) > line.quantity""",
    "a work order in a state its parcels do not allow": """
        SELECT work.reference, work.status FROM fulfillment_order AS work
        LEFT JOIN LATERAL (SELECT count(*) AS count FROM fulfillment AS parcel
            WHERE parcel.fulfillment_order = work.id AND parcel.status <> 'canceled') AS parcels ON true
        WHERE (work.status = 'rejected' AND parcels.count > 0)
            OR (work.status IN ('rejected', 'incomplete') AND work.ended_at IS NULL AND NOT EXISTS (
                SELECT 1 FROM short_pick WHERE short_pick.fulfillment_order = work.id))
            OR (work.status = 'closed' AND EXISTS (
                SELECT 1 FROM fulfillment_order_line AS line WHERE line.fulfillment_order = work.id
                AND line.quantity > (SELECT coalesce(sum(packed.quantity), 0) FROM fulfillment_line AS packed
                    JOIN fulfillment AS parcel ON parcel.id = packed.fulfillment AND parcel.status <> 'canceled'
                    WHERE parcel.fulfillment_order = work.id AND packed.order_line = line.order_line)))""",
    "money captured that neither pays its order nor goes back": """
        SELECT payment.number, orders.status, orders.payment_status FROM payment
        JOIN orders ON orders.id = payment.order_id
        WHERE payment.status = 'captured'
            AND orders.payment_status NOT IN ('paid', 'partially_refunded', 'refunded')
            AND NOT (orders.status = 'placed' AND orders.payment_status = 'partially_paid')
            AND payment.amount <> (SELECT coalesce(sum(amount), 0) FROM refund WHERE refund.payment = payment.id)
            AND NOT EXISTS (SELECT 1 FROM presale_order AS sold
                WHERE sold.order_id = orders.id AND sold.outcome = 'forfeited')""",
    "a payment that gives back more than it brought": """
        SELECT payment.number, payment.amount, sum(refund.amount) AS back FROM payment
        JOIN refund ON refund.payment = payment.id
        GROUP BY payment.id, payment.number, payment.amount HAVING sum(refund.amount) > payment.amount""",
    "an order called partially paid that is not": """
        SELECT number, paid_amount, total_amount FROM orders
        WHERE (payment_status = 'partially_paid') <> (status = 'placed' AND paid_at IS NULL AND paid_amount > 0)""",
    "an order paid by more or less than its payments": """
        SELECT orders.number, orders.paid_amount, coalesce(sum(payment.amount), 0) AS captured FROM orders
        LEFT JOIN payment ON payment.order_id = orders.id AND payment.status = 'captured'
            AND NOT EXISTS (SELECT 1 FROM refund WHERE refund.payment = payment.id AND refund.reason = 'late_payment')
        GROUP BY orders.id, orders.number, orders.paid_amount
        HAVING orders.paid_amount <> coalesce(sum(payment.amount), 0)""",
    "an order refunded by more or less than its refunds": """
        SELECT orders.number, orders.refunded_amount, coalesce(sum(refund.amount), 0) AS back FROM orders
        LEFT JOIN refund ON refund.order_id = orders.id AND refund.status = 'succeeded'
            AND refund.reason <> 'late_payment'
        GROUP BY orders.id, orders.number, orders.refunded_amount
        HAVING orders.refunded_amount <> coalesce(sum(refund.amount), 0)""",
    "a refund of a sale whose lines do not add up to it": """
        SELECT refund.number, refund.amount FROM refund JOIN orders ON orders.id = refund.order_id
        LEFT JOIN refund_line AS part ON part.refund = refund.id
        WHERE orders.paid_at IS NOT NULL AND refund.reason <> 'late_payment'
        GROUP BY refund.id, refund.number, refund.amount
        HAVING refund.amount <> coalesce(sum(part.goods_amount + part.freight_amount + part.tax_amount), 0)""",
    "an order line that gives back more than it cost": """
        SELECT line.order_id, line.line_number FROM order_line AS line
        JOIN refund_line AS part ON part.order_line = line.id
        GROUP BY line.id, line.order_id, line.line_number, line.goods_amount, line.discount_amount,
            line.freight_amount, line.tax_amount, line.quantity
        HAVING sum(part.goods_amount) > line.goods_amount - line.discount_amount
            OR sum(part.freight_amount) > line.freight_amount OR sum(part.tax_amount) > line.tax_amount
            OR sum(part.quantity) > line.quantity""",
    "an order given back whole of whose lines something is left": """
        SELECT orders.number FROM orders WHERE orders.payment_status = 'refunded'
            AND orders.paid_amount <> (
                SELECT coalesce(sum(part.goods_amount + part.freight_amount + part.tax_amount), 0)
                FROM refund_line AS part JOIN refund ON refund.id = part.refund
                WHERE refund.order_id = orders.id AND refund.status = 'succeeded')""",
    "a sale whose parts are not those of its order": """
        SELECT orders.number FROM orders
        JOIN ledger_transaction AS sale ON sale.kind = 'sale' AND sale.source_id = orders.id
        JOIN ledger_transfer AS leg ON leg.ledger_transaction = sale.id
        JOIN ledger_account AS earned ON earned.id = leg.credit
        GROUP BY orders.id HAVING coalesce(sum(leg.amount) FILTER (WHERE earned.kind = 'merchant_sales'), 0)
                <> orders.goods_amount - orders.discount_amount
            OR coalesce(sum(leg.amount) FILTER (WHERE earned.kind = 'freight_income'), 0) <> orders.freight_amount
            OR coalesce(sum(leg.amount) FILTER (WHERE earned.kind = 'tax_payable'), 0) <> orders.tax_amount""",
    "a refund in the books that takes other parts than its lines": """
        SELECT refund.number FROM refund JOIN orders ON orders.id = refund.order_id AND orders.paid_at IS NOT NULL
        JOIN LATERAL (SELECT sum(goods_amount) AS goods, sum(freight_amount) AS freight, sum(tax_amount) AS tax
            FROM refund_line WHERE refund_line.refund = refund.id) AS part ON true
        LEFT JOIN ledger_transaction AS entry ON entry.kind = 'refund' AND entry.source_id = refund.id
        LEFT JOIN ledger_transfer AS leg ON leg.ledger_transaction = entry.id
        LEFT JOIN ledger_account AS taken ON taken.id = leg.debit
        WHERE refund.status = 'succeeded' AND refund.reason <> 'late_payment'
        GROUP BY refund.id, refund.number, part.goods, part.freight, part.tax
        HAVING coalesce(sum(leg.amount) FILTER (WHERE taken.kind = 'merchant_sales'), 0) <> part.goods
            OR coalesce(sum(leg.amount) FILTER (WHERE taken.kind = 'freight_income'), 0) <> part.freight
            OR coalesce(sum(leg.amount) FILTER (WHERE taken.kind = 'tax_payable'), 0) <> part.tax""",
    "prepaid money in the books that is not that of orders half paid": """
        SELECT prepaid.amount, waiting.amount AS waiting FROM (
            SELECT coalesce(sum(CASE WHEN credit.kind = 'customer_prepaid' THEN leg.amount ELSE 0 END
                - CASE WHEN debit.kind = 'customer_prepaid' THEN leg.amount ELSE 0 END), 0) AS amount
            FROM ledger_transfer AS leg JOIN ledger_account AS debit ON debit.id = leg.debit
            JOIN ledger_account AS credit ON credit.id = leg.credit
        ) AS prepaid, (
            SELECT coalesce(sum(paid_amount - refunded_amount), 0) - (SELECT coalesce(sum(kept.amount), 0)
                FROM ledger_transaction AS entry JOIN ledger_transfer AS kept ON kept.ledger_transaction = entry.id
                WHERE entry.kind = 'forfeit') AS amount
            FROM orders WHERE paid_at IS NULL
        ) AS waiting WHERE prepaid.amount <> waiting.amount""",
    "lines that do not add up to their order": """
        SELECT orders.number FROM orders JOIN order_line AS line ON line.order_id = orders.id
        GROUP BY orders.id HAVING sum(line.goods_amount) <> orders.goods_amount
            OR sum(line.discount_amount) <> orders.discount_amount
            OR sum(line.freight_amount) <> orders.freight_amount OR sum(line.tax_amount) <> orders.tax_amount""",
    "a line whose steps do not lead to what it costs": """
        SELECT order_id, line_number, price_breakdown FROM order_line
        WHERE discount_amount NOT BETWEEN 0 AND goods_amount OR freight_amount < 0 OR tax_amount < 0
            OR (price_breakdown->>'list')::bigint <> goods_amount
            OR (price_breakdown->>'total')::bigint <> goods_amount - discount_amount + freight_amount + tax_amount
            OR -discount_amount <> coalesce((price_breakdown->>'member')::bigint, 0)
                + coalesce((price_breakdown->>'campaign')::bigint, 0)
                + coalesce((price_breakdown->>'coupon')::bigint, 0)
                + coalesce((price_breakdown->>'points')::bigint, 0)""",
    "a coupon used more or less often than its orders say": """
        SELECT coupon.code, coupon.used_count, coupon.issued_count, coupon.issue_total FROM coupon
        WHERE used_count <> (SELECT count(*) FROM coupon_use WHERE coupon_use.coupon = coupon.id AND status = 'used')
            OR issued_count <> (SELECT count(*) FROM coupon_claim WHERE coupon_claim.coupon = coupon.id)
                + (SELECT count(*) FROM coupon_use
                    WHERE coupon_use.coupon = coupon.id AND status = 'used' AND claim IS NULL)
            OR issued_count > issue_total""",
    "a coupon kept by an order that came to nothing": """
        SELECT orders.number FROM orders JOIN coupon_use ON coupon_use.order_id = orders.id
        WHERE coupon_use.status = 'used' AND (orders.status = 'expired' OR orders.payment_status = 'voided')""",
    "a coupon that took off what the order does not say": """
        SELECT orders.number FROM orders JOIN coupon_use ON coupon_use.order_id = orders.id
        WHERE coupon_use.discount_amount <> (SELECT -coalesce(sum((price_breakdown->>'coupon')::bigint), 0)
            FROM order_line WHERE order_line.order_id = orders.id)""",
    "a person with a coupon more often than allowed": """
        SELECT coupon.code, taken.person FROM coupon JOIN coupon_person AS taken ON taken.coupon = coupon.id
        WHERE coupon.per_customer_limit IS NOT NULL
        GROUP BY coupon.id, taken.person HAVING count(*) > coupon.per_customer_limit""",
    "points that are not the sum of their entries": """
        SELECT balance.customer, balance.balance, balance.owed, sum(entry.points) AS moved
        FROM points_balance AS balance LEFT JOIN points_entry AS entry ON entry.customer = balance.customer
        GROUP BY balance.customer HAVING balance.balance - balance.owed <> coalesce(sum(entry.points), 0)""",
    "points returned or taken back beyond what the order moved": """
        SELECT order_id FROM points_entry GROUP BY order_id HAVING order_id IS NOT NULL
            AND (sum(points) FILTER (WHERE kind IN ('spend', 'return')) > 0
                OR sum(points) FILTER (WHERE kind IN ('earn', 'take_back', 'expire')) < 0)""",
    "a state that is not where its history ends": """
        SELECT orders.number, last.field, last.to_status FROM orders JOIN LATERAL (
            SELECT DISTINCT ON (field) field, to_status FROM order_event
            WHERE order_id = orders.id AND field <> 'edit' ORDER BY field, seq DESC
        ) AS last ON true
        WHERE last.to_status <> CASE last.field WHEN 'status' THEN orders.status
            WHEN 'payment_status' THEN orders.payment_status ELSE orders.fulfillment_status END""",
    "units asked back that were never delivered": """
        SELECT orders.number, line.line_number, asked.units, coalesce(gone.units, 0) AS delivered
        FROM (SELECT wish.order_line, sum(wish.quantity) AS units FROM aftersale_line AS wish
            JOIN aftersale ON aftersale.id = wish.aftersale WHERE aftersale.status NOT IN ('declined', 'canceled')
            GROUP BY wish.order_line) AS asked
        JOIN order_line AS line ON line.id = asked.order_line JOIN orders ON orders.id = line.order_id
        LEFT JOIN (SELECT packed.order_line, sum(packed.quantity) AS units FROM fulfillment_line AS packed
            JOIN fulfillment ON fulfillment.id = packed.fulfillment AND fulfillment.status <> 'canceled'
            GROUP BY packed.order_line) AS gone ON gone.order_line = line.id
        WHERE asked.units > CASE WHEN line.requires_shipping THEN coalesce(gone.units, 0) ELSE line.quantity END""",
    "a refunded request without its refund": """
        SELECT aftersale.number, aftersale.refunded_amount, coalesce(sum(refund.amount), 0) AS back FROM aftersale
        LEFT JOIN refund ON refund.order_id = aftersale.order_id
            AND refund.source_id IN (aftersale.id, aftersale.rest_id)
        WHERE aftersale.status = 'refunded'
        GROUP BY aftersale.id, aftersale.number, aftersale.refunded_amount
        HAVING aftersale.refunded_amount <> coalesce(sum(refund.amount), 0)""",
    "a request that gave back more than was asked for": """
        SELECT number, wanted_amount, refunded_amount FROM aftersale WHERE refunded_amount > wanted_amount""",
    "a request that waits for somebody without a deadline": """
        SELECT number, status, waits_for FROM aftersale
        WHERE (waits_for = '') <> (deadline_at IS NULL)
            OR (closed_at IS NULL) <> (deadline_at IS NOT NULL)
            OR (closed_at IS NOT NULL AND status NOT IN ('declined', 'refunded', 'exchanged', 'canceled'))""",
    "a request that is not where its history ends": """
        SELECT aftersale.number, aftersale.status, last.to_status FROM aftersale JOIN LATERAL (
            SELECT to_status FROM aftersale_event AS step WHERE step.aftersale = aftersale.id ORDER BY seq DESC LIMIT 1
        ) AS last ON true WHERE last.to_status <> aftersale.status""",
    "a replacement that was sent twice, or without an exchange": """
        SELECT number, status, exchange_order FROM aftersale
        WHERE (status = 'exchanged') <> (exchange_order IS NOT NULL)""",
    "a gift card that holds other than what it was worth, less what was paid with it, and back": """
        SELECT card.last4, card.initial_amount, coalesce(kept.amount, 0) AS kept FROM gift_card AS card
        LEFT JOIN ledger_account AS account ON account.kind = 'gift_card' AND account.owner = card.id
        LEFT JOIN ledger_balance AS kept ON kept.account = account.id
        LEFT JOIN LATERAL (SELECT sum(payment.amount - coalesce((SELECT sum(refund.amount) FROM refund WHERE
                refund.payment = payment.id AND refund.status = 'succeeded' AND refund.into_wallet = ''), 0)) AS amount
            FROM payment WHERE payment.provider = 'gift_card' AND payment.provider_ref = card.id::text) AS spent ON true
        WHERE coalesce(kept.amount, 0) <> card.initial_amount - coalesce(spent.amount, 0)""",
    "a commission above its floored share": """
        SELECT id, base_amount, rate_bps, amount FROM commission_line
        WHERE amount <> CASE WHEN flat_amount = 0 THEN base_amount * rate_bps / 10000
            ELSE least(flat_amount * units, base_amount * rate_bps / 10000) END OR reversed_amount > amount""",
    "a commission that is not the share of what is left of its line": """
        SELECT line.id, line.amount - line.reversed_amount AS kept, due.amount AS due FROM (
            SELECT earned.id, earned.order_id, earned.decision, earned.status, earned.amount, earned.reversed_amount,
                earned.base_amount, earned.rate_bps, earned.flat_amount, earned.units,
                nullif(sold.goods_amount - sold.discount_amount, 0) AS paid,
                (SELECT coalesce(sum(part.goods_amount), 0) FROM refund_line AS part
                    JOIN refund ON refund.id = part.refund AND refund.status = 'succeeded'
                    WHERE part.order_line = sold.id) AS back,
                (SELECT coalesce(sum(part.quantity), 0) FROM refund_line AS part
                    JOIN refund ON refund.id = part.refund AND refund.status = 'succeeded'
                    WHERE part.order_line = sold.id) AS units_back
            FROM commission_line AS earned JOIN order_line AS sold ON sold.id = earned.order_line
        ) AS line, LATERAL (
            SELECT CASE WHEN line.flat_amount = 0 THEN share.amount
                ELSE least(share.amount, line.flat_amount * greatest(0, line.units - line.units_back)) END AS amount
            FROM (SELECT coalesce(div(div(line.base_amount * (line.paid - line.back), line.paid) * line.rate_bps,
                10000), 0) AS amount) AS share
        ) AS due
        WHERE line.status NOT IN ('estimated', 'canceled') AND line.amount - line.reversed_amount <> due.amount
            AND NOT (line.status = 'reversed' AND EXISTS (
                SELECT 1 FROM attribution_move WHERE attribution_move.decision = line.decision))
            AND (line.amount - line.reversed_amount < due.amount OR NOT EXISTS (SELECT 1 FROM outbox
                WHERE outbox.kind = 'attribution.reverse' AND outbox.status IN ('due', 'queued', 'running')
                    AND outbox.payload->>'order_id' = line.order_id::text))""",
    "a kept balance that is not what its transfers say": """
        SELECT account.kind, account.owner, kept.amount, moved.amount AS moved FROM ledger_account AS account
        LEFT JOIN ledger_balance AS kept ON kept.account = account.id
        JOIN LATERAL (SELECT coalesce(sum(CASE WHEN credit = account.id THEN amount ELSE -amount END), 0) AS amount
            FROM ledger_transfer WHERE credit = account.id OR debit = account.id) AS moved ON true
        WHERE (account.kind IN ('gift_card', 'store_credit', 'promoter_available', 'payout_pending')
            OR kept.amount IS NOT NULL) AND (coalesce(kept.amount, 0) <> moved.amount OR moved.amount < 0)""",
    "a transfer between currencies": """
        SELECT leg.id, leg.currency FROM ledger_transfer AS leg JOIN ledger_account AS debit ON debit.id = leg.debit
        JOIN ledger_account AS credit ON credit.id = leg.credit
        WHERE leg.currency <> debit.currency OR leg.currency <> credit.currency OR leg.amount <= 0""",
    "an order of a community buy without its pickup, or one that fell away and can be picked up": """
        SELECT one.order_id, one.status, pickup.status AS pickup FROM participation AS one
        JOIN campaign ON campaign.id = one.campaign AND campaign.kind = 'community'
        LEFT JOIN pickup ON pickup.order_id = one.order_id
        WHERE pickup.order_id IS NULL OR (one.status = 'released' AND pickup.status NOT IN ('canceled', 'collected'))
            OR (one.status <> 'released' AND pickup.status = 'canceled')
            OR (one.status IN ('held', 'taken') AND pickup.status <> 'waiting')""",
    "shares of one order to pick up that are more than its campaign allows": """
        SELECT line.order_line, sum(line.rate_bps) AS rate_bps, pickup.cap_bps FROM commission_line AS line
        JOIN pickup ON pickup.order_id = line.order_id
        GROUP BY line.order_line, pickup.cap_bps HAVING sum(line.rate_bps) > pickup.cap_bps""",
    "a movement in the books that moves nothing": """
        SELECT entry.kind, entry.source_id FROM ledger_transaction AS entry WHERE NOT EXISTS (
            SELECT 1 FROM ledger_transfer AS leg WHERE leg.ledger_transaction = entry.id)""",
}


async def check(tenant: Tenant) -> None:
    """Raises AssertionError naming everything that is wrong in the store. Needs open pools."""
    with tenants.bind(tenant):
        broken = await found()
    assert not broken, broken


async def check_promoters(tenant: Tenant) -> None:
    """The truths of promoters' money alone, for tests whose orders were never sold for real."""
    with tenants.bind(tenant):
        async with tenants.transaction():
            database = tenants.connection()
            broken = {what: rows for what, ask in PROMOTERS_MONEY.items() if (rows := await database.fetch(ask))}
            books = await ledger.trial_balance()
    assert not broken, broken
    assert books.is_whole, books


async def found() -> dict[str, list[dict[str, object]]]:
    """What is wrong in the bound store, with a few examples each."""
    async with tenants.transaction():
        database = tenants.connection()
        names = [row["what"] for row in await database.fetch(EVERYTHING)]
        broken = {what: [dict(row) for row in (await database.fetch(FORBIDDEN[what]))[:5]] for what in names}
        books = await ledger.trial_balance()
        misstated = await ledger.misstated()
    if misstated:
        broken["a kept balance that is not the sum of its transfers"] = [{"balance": one} for one in misstated[:5]]
    if not books.is_whole:
        broken["the books"] = [{"books": books}]
    return broken


# The names of all that is wrong, in one round trip.
EVERYTHING = " UNION ALL ".join(
    f"SELECT '{what}' AS what WHERE EXISTS ({statement})" for what, statement in FORBIDDEN.items()
)
