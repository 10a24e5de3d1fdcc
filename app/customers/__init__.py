"""Room: shoppers of one store and where they live."""

from app.customers.addresses import Address, addresses_of, delete_address, save_address
from app.customers.people import Customer, EmailTaken, find, find_by_email, recognize, register, rename

__all__ = [
    "Address", "Customer", "EmailTaken", "addresses_of", "delete_address", "find", "find_by_email", "recognize",
    "register", "rename", "save_address",
]  # fmt: skip
