"""Room: gift cards and store credit: money of a shopper that the store keeps."""

from app.wallets.cards import (
    MOST_AT_ONCE,
    EmptyGiftCard,
    GiftCard,
    Listed,
    NewCards,
    UnknownGiftCard,
    find_card,
    list_cards,
    recode,
    switch_card,
    usable_card,
    write_cards,
)
from app.wallets.codes import new_code, read_code
from app.wallets.credit import CreditChange, Holder, holders, newest_changes, write_change

__all__ = [
    "MOST_AT_ONCE",
    "CreditChange",
    "EmptyGiftCard",
    "GiftCard",
    "Holder",
    "Listed",
    "NewCards",
    "UnknownGiftCard",
    "find_card",
    "holders",
    "list_cards",
    "new_code",
    "newest_changes",
    "read_code",
    "recode",
    "switch_card",
    "usable_card",
    "write_cards",
    "write_change",
]  # fmt: skip
