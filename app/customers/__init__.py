"""Room: shoppers of one store and where they live."""

from app.customers.addresses import Address, addresses_of, change_address, delete_address, make_default, save_address
from app.customers.passwords import fitting_hash, recognize, replace_password
from app.customers.people import Customer, EmailTaken, complete, find, find_by_email, register, rename

__all__ = [
    "Address", "Customer", "EmailTaken", "addresses_of", "change_address", "complete", "delete_address", "find",
    "find_by_email", "fitting_hash", "make_default", "recognize", "register", "rename", "replace_password",
    "save_address",
]  # fmt: skip
