"""Rows of the store's own profile and look."""

from piccolo.columns import JSONB, BigInt, Boolean, Integer, Text, Timestamptz
from piccolo.constraints import Unique
from piccolo.table import Table

from app.kernel.columns import key


class StoreProfile(Table):
    """Who the store is to its shoppers: one row."""

    id = key()
    only_one = Boolean(default=True)
    name = Text(default=None)
    tagline = Text(default="")
    locale = Text(default=None)
    currency = Text(default=None)
    time_zone = Text(default=None)
    selling_mode = Text(default=None)
    contact_email = Text(default="")
    look = JSONB(default="{}")
    logo_key = Text(default=None, null=True)
    hero_key = Text(default=None, null=True)
    hero_kicker = Text(default="")
    hero_title = Text(default="")
    hero_text = Text(default="")
    hero_path = Text(default="")
    freight_amount = BigInt(default=0)
    free_freight_from_amount = BigInt(default=None, null=True)
    default_commission_bps = Integer(default=1000)
    click_window_days = Integer(default=30)
    payment_minutes = Integer(default=30)
    tax_mode = Text(default="none")
    tax_bps = Integer(default=0)
    tax_name = Text(default="")
    tax_on_freight = Boolean(default=True)
    version = BigInt(default=1)
    updated_at = Timestamptz(default=None)
    there_is_one = Unique([only_one])
