"""Rows of shoppers and where they live."""

from piccolo.columns import Boolean, Text, Timestamptz
from piccolo.columns.base import OnDelete
from piccolo.constraints import Unique
from piccolo.table import Table

from app.kernel.columns import key, reference


class Customer(Table):
    """A shopper of this store and of no other."""

    id = key()
    email = Text(default=None, null=True)
    phone = Text(default="")
    name = Text(default="")
    password_hash = Text(default=None, null=True)
    locale = Text(default=None)
    created_at = Timestamptz(default=None)


class CustomerAddress(Table):
    """Where a shopper lets things be sent."""

    id = key()
    customer = reference("customers", "Customer", on_delete=OnDelete.cascade)
    recipient = Text(default=None)
    phone = Text(default=None)
    country = Text(default=None)
    region = Text(default="")
    city = Text(default="")
    district = Text(default="")
    street = Text(default=None)
    postal_code = Text(default="")
    is_default = Boolean(default=False)
    created_at = Timestamptz(default=None)


class WalletName(Table):
    """What a wallet calls a shopper in one of the store's apps. One name is one person's, and the other way round."""

    id = key()
    provider = Text(default=None)
    app_id = Text(default=None)
    payer_id = Text(default=None)
    customer = reference("customers", "Customer", on_delete=OnDelete.cascade)
    named_at = Timestamptz(default=None)
    name_is_one_persons = Unique([app_id, payer_id])
    one_name_for_each_app = Unique([customer, app_id])
