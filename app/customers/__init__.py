"""Room: shoppers of one store and where they live."""

from app.customers.addresses import Address, addresses_of, change_address, delete_address, make_default, save_address
from app.customers.passwords import fitting_hash, recognize, replace_password
from app.customers.people import Customer, EmailTaken, complete, find, find_by_email, register, rename
from app.customers.wallet_names import (
    WalletName,
    WalletTaken,
    connect_wallet,
    customer_named,
    name_at,
    open_account,
)

__all__ = [
    "Address", "Customer", "EmailTaken", "WalletName", "WalletTaken", "addresses_of", "change_address", "complete",
    "connect_wallet", "customer_named", "delete_address", "find", "find_by_email", "fitting_hash", "make_default",
    "name_at", "open_account", "recognize", "register", "rename", "replace_password", "save_address",
]  # fmt: skip
