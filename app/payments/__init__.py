"""Room: payment accounts, payments, refunds and the inbox of provider events."""
