"""Neighbors who bought in a demo store before anybody looks at it: they had a gift card, so nobody outside was paid."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import tenants
from app import orders, wallets
from app.demo import people
from app.flows.add_to_cart import add_to_cart
from app.flows.issue_gift_cards import issue_gift_cards
from app.flows.join_campaign import join_campaign
from app.flows.place_order import Checkout, place_order
from app.flows.wallet_payments import Wallets
from app.kernel.ids import new_id
from app.kernel.money import CURRENCIES

CARD_WORTH = 2_000  # in whole units of the store's currency
NOTE = "邻里储值卡"


@dataclass(frozen=True, slots=True)
class Neighbor:
    """Who buys, and where the parcel goes."""

    name: str
    phone: str
    region: str
    city: str
    district: str
    street: str

    def checkout(self, card: str, note: str = "") -> Checkout:
        ship_to = {
            "recipient": self.name, "phone": self.phone, "country": "CN", "region": self.region, "city": self.city,
            "district": self.district, "street": self.street,
        }  # fmt: skip
        return Checkout(
            email=f"{self.phone}@neighbors.example", phone=self.phone, ship_to=ship_to,
            locale=tenants.current().locale, note=note, wallets=Wallets(gift_cards=(card,)),
        )  # fmt: skip


NEIGHBORS = (
    Neighbor("陈雨桐", "13900139001", "江苏省", "无锡市", "滨湖区", "蠡湖大道 88 号 6 幢 1102"),
    Neighbor("王思远", "13900139002", "上海市", "上海市", "徐汇区", "天钥桥路 320 弄 5 号"),
    Neighbor("赵可欣", "13900139003", "浙江省", "杭州市", "西湖区", "文二西路 712 号 3 单元"),
    Neighbor("孙立诚", "13900139004", "江苏省", "苏州市", "姑苏区", "干将东路 508 号"),
)


async def issue_card() -> str:
    """Its code."""
    currency = tenants.current().currency
    [(_card, code)] = await issue_gift_cards(
        wallets.NewCards(
            amount=CARD_WORTH * CURRENCIES[currency].unit, currency=currency, origin="sold", note=NOTE,
            issued_by=people.MERCHANT.name,
        )
    )  # fmt: skip
    return code


async def buy(card: str, who: Neighbor, variant: UUID, units: int = 1, note: str = "") -> UUID:
    """A paid order."""
    visitor = new_id()
    await add_to_cart(visitor, variant, units)
    async with tenants.transaction():
        cart = await orders.cart_of(visitor)
    assert cart is not None  # noqa: S101 - just filled
    return (await place_order(cart, visitor, who.checkout(card, note))).order_id


async def take_part(card: str, who: Neighbor, code: str, variant: UUID, units: int, choices: Mapping[str, Any]) -> UUID:
    """A paid order of a campaign."""
    visitor = new_id()
    cart = await join_campaign(code, visitor, {variant: units}, choices, customer_id=None)
    return (await place_order(cart, visitor, who.checkout(card))).order_id


async def variant_of(sku: str) -> UUID:
    async with tenants.transaction():
        variant: UUID = await tenants.connection().fetchval("SELECT id FROM variant WHERE sku = $1", sku)
    return variant
