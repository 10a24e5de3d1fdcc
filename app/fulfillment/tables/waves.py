"""Picking in waves."""

from piccolo.columns import Boolean, Integer, Text, Timestamptz
from piccolo.columns.base import OnDelete
from piccolo.constraints import Unique
from piccolo.table import Table

from app.kernel.columns import key, reference


class PickWave(Table):
    """Work orders of one warehouse that are picked in one walk."""

    id = key()
    number = Text(default=None)
    warehouse = reference("fulfillment", "Warehouse")
    cutoff_at = Timestamptz(default=None)
    chosen = Boolean(default=False)
    printed = Integer(default=0)
    printed_at = Timestamptz(default=None, null=True)
    created_by = Text(default="")
    created_at = Timestamptz(default=None)
    wave_number_is_unique = Unique([number])


class PickWaveOrder(Table):
    """A work order of a wave, and the number of its basket."""

    id = key()
    pick_wave = reference("fulfillment", "PickWave", on_delete=OnDelete.cascade)
    fulfillment_order = reference("fulfillment", "FulfillmentOrder")
    place = Integer(default=None)
    work_order_is_in_one_wave = Unique([fulfillment_order])
    basket_is_taken_once = Unique([pick_wave, place])


class PickTick(Table):
    """Goods of a wave that were picked."""

    id = key()
    pick_wave = reference("fulfillment", "PickWave", on_delete=OnDelete.cascade)
    item = Text(default=None)
    picked_by = Text(default="")
    picked_at = Timestamptz(default=None)
    goods_are_ticked_once = Unique([pick_wave, item])
