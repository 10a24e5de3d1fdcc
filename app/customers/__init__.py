"""Room: shoppers of one store and where they live."""

from app.customers.addresses import Address, addresses_of, delete_address, save_address
from app.customers.passwords import fitting_hash, recognize, replace_password
from app.customers.people import Customer, EmailTaken, find, find_by_email, register, rename

__all__ = [
    "Address", "Customer", "EmailTaken", "addresses_of", "delete_address", "find", "find_by_email", "fitting_hash",
    "recognize", "register", "rename", "replace_password", "save_address",
]  # fmt: skip
