"""What the books and the rows say of promoters' money; one promoter, so everything of a kind is theirs."""

EARNED = """jsonb_build_object(
    'settled', (SELECT coalesce(sum(amount - reversed_amount), 0) FROM commission_line
        WHERE status IN ('available', 'reserved', 'paid')),
    'available', (SELECT coalesce(sum(kept.amount), 0) FROM ledger_balance AS kept
        JOIN ledger_account AS account ON account.id = kept.account WHERE account.kind = 'promoter_available'),
    'pending', (SELECT coalesce(sum(kept.amount), 0) FROM ledger_balance AS kept
        JOIN ledger_account AS account ON account.id = kept.account WHERE account.kind = 'payout_pending'),
    'debt', (SELECT coalesce(sum(CASE WHEN moved.debit = account.id THEN moved.amount ELSE -moved.amount END), 0)
        FROM ledger_account AS account JOIN ledger_transfer AS moved ON account.id IN (moved.debit, moved.credit)
        WHERE account.kind = 'promoter_debt'),
    'out', (SELECT coalesce(sum(amount), 0) FROM payout WHERE status = 'succeeded' AND way <> 'bank_transfer')
)"""
