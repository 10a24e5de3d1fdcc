"""What the nightly recomputation asks about promoters' money: lines, balances and payouts tell one story.

Written as `book_questions`: each statement finds what must not exist.
"""

# What promoters' accounts hold, credits less debits, by kind.
_HELD = """(SELECT account.owner, account.currency, account.kind,
        sum(CASE WHEN moved.credit = account.id THEN moved.amount ELSE -moved.amount END)::bigint AS amount
    FROM ledger_account AS account JOIN ledger_transfer AS moved ON account.id IN (moved.debit, moved.credit)
    WHERE account.kind IN ('promoter_frozen', 'promoter_available', 'promoter_debt')
    GROUP BY account.owner, account.currency, account.kind)"""
# What they have earned: lines of commission, and prizes that were paid.
_EARNED = """(SELECT promoter, currency, amount - reversed_amount AS amount,
        CASE WHEN status IN ('accrued', 'earned', 'frozen', 'held') THEN 'frozen'
            WHEN status IN ('available', 'reserved', 'paid') THEN 'settled' END AS part FROM commission_line
    UNION ALL SELECT promoter, currency, amount - corrected_amount, 'settled' FROM contest_award
        WHERE paid_at IS NOT NULL)"""
_LINES = f"""(SELECT promoter, currency,
        coalesce(sum(amount) FILTER (WHERE part = 'frozen'), 0)::bigint AS frozen,
        coalesce(sum(amount) FILTER (WHERE part = 'settled'), 0)::bigint AS settled
    FROM {_EARNED} AS earned GROUP BY promoter, currency)"""  # noqa: S608 - constants only
_TAKEN = """(SELECT promoter, currency, sum(amount)::bigint AS amount FROM payout
    WHERE status NOT IN ('failed', 'expired', 'rejected') GROUP BY promoter, currency)"""
_SUMS = f"""(SELECT promoter.id AS promoter, lines.currency, lines.frozen, lines.settled,
        coalesce(sum(held.amount) FILTER (WHERE held.kind = 'promoter_frozen'), 0)::bigint AS booked_frozen,
        coalesce(sum(held.amount) FILTER (WHERE held.kind <> 'promoter_frozen'), 0)::bigint AS booked_settled,
        coalesce(max(taken.amount), 0)::bigint AS taken
    FROM promoter JOIN {_LINES} AS lines ON lines.promoter = promoter.id
    LEFT JOIN {_HELD} AS held ON held.owner = promoter.id AND held.currency = lines.currency
    LEFT JOIN {_TAKEN} AS taken ON taken.promoter = promoter.id AND taken.currency = lines.currency
    GROUP BY promoter.id, lines.currency, lines.frozen, lines.settled)"""  # noqa: S608 - constants only

PROMOTER_STATEMENTS = {
    # Lines that are not due yet are what stands frozen.
    "promoter.frozen": f"""
        SELECT sums.promoter::text AS subject, sums.booked_frozen - sums.frozen AS amount, sums.currency
        FROM {_SUMS} AS sums WHERE sums.booked_frozen <> sums.frozen""",  # noqa: S608 - constants only
    # Lines that were due are what can be withdrawn, less a debt, and what payouts took of it.
    "promoter.settled": f"""
        SELECT sums.promoter::text AS subject, sums.booked_settled + sums.taken - sums.settled AS amount, sums.currency
        FROM {_SUMS} AS sums WHERE sums.booked_settled + sums.taken <> sums.settled""",  # noqa: S608 - constants only
    # A prize is in the books once when it was paid, and each correction of it once.
    "contest.prizes": """
        SELECT award.id::text AS subject, CASE WHEN award.paid_at IS NULL THEN 0 ELSE award.amount END
            - coalesce(sum(moved.amount), 0)::bigint AS amount, award.currency
        FROM contest_award AS award LEFT JOIN ledger_transaction AS event ON event.source_id = award.id
            AND event.kind = 'contest.prize'
        LEFT JOIN ledger_transfer AS moved ON moved.ledger_transaction = event.id
        GROUP BY award.id
        HAVING coalesce(sum(moved.amount), 0) <> CASE WHEN award.paid_at IS NULL THEN 0 ELSE award.amount END""",
    "contest.corrections": """
        SELECT award.id::text AS subject, award.corrected_amount - coalesce(sum(moved.amount), 0)::bigint AS amount,
            award.currency
        FROM contest_award AS award LEFT JOIN contest_correction AS part ON part.award = award.id
        LEFT JOIN ledger_transaction AS event ON event.source_id = part.id AND event.kind = 'contest.correct'
        LEFT JOIN ledger_transfer AS moved ON moved.ledger_transaction = event.id
        GROUP BY award.id HAVING coalesce(sum(moved.amount), 0) <> award.corrected_amount
            OR award.corrected_amount <> (SELECT coalesce(sum(amount), 0) FROM contest_correction
                WHERE contest_correction.award = award.id)""",
    "payout.pending": """
        SELECT 'payouts' AS subject, booked.amount - waiting.amount AS amount, booked.currency FROM (
            SELECT account.currency,
                sum(CASE WHEN moved.credit = account.id THEN moved.amount ELSE -moved.amount END)::bigint AS amount
            FROM ledger_account AS account JOIN ledger_transfer AS moved ON account.id IN (moved.debit, moved.credit)
            WHERE account.kind = 'payout_pending' GROUP BY account.currency
        ) AS booked CROSS JOIN LATERAL (SELECT coalesce(sum(payout.amount), 0)::bigint AS amount FROM payout
            WHERE payout.finished_at IS NULL AND payout.currency = booked.currency) AS waiting
        WHERE booked.amount <> waiting.amount""",
    # A payout is asked for once; paid, it left the account of its way once; given back, it came back once.
    "payout.books": """
        SELECT payout.id::text AS subject, payout.amount - coalesce(sum(moved.amount)
            FILTER (WHERE event.kind = 'payout.request'), 0)::bigint AS amount, payout.currency,
            payout.number AS payout
        FROM payout LEFT JOIN ledger_transaction AS event ON event.source_id = payout.id
            AND event.kind IN ('payout.request', 'payout.paid', 'payout.back')
        LEFT JOIN ledger_transfer AS moved ON moved.ledger_transaction = event.id
        LEFT JOIN ledger_account AS credit ON credit.id = moved.credit
        GROUP BY payout.id
        HAVING coalesce(sum(moved.amount) FILTER (WHERE event.kind = 'payout.request'), 0) <> payout.amount
            OR coalesce(sum(moved.amount) FILTER (WHERE event.kind = 'payout.paid' AND credit.kind
                    = CASE payout.way WHEN 'bank_transfer' THEN 'bank_clearing' ELSE 'psp_clearing' END), 0)
                <> CASE WHEN payout.status = 'succeeded' THEN payout.amount - payout.withheld_amount ELSE 0 END
            OR coalesce(sum(moved.amount) FILTER (WHERE event.kind = 'payout.paid' AND credit.kind = 'withheld_tax'), 0)
                <> CASE WHEN payout.status = 'succeeded' THEN payout.withheld_amount ELSE 0 END
            OR coalesce(sum(moved.amount) FILTER (WHERE event.kind = 'payout.back'), 0)
                <> CASE WHEN payout.status IN ('failed', 'expired', 'rejected') THEN payout.amount ELSE 0 END""",
}
