"""The demo's host shops in the first store, too, and lives where a doubtful order of the journey goes to."""

from __future__ import annotations

import tenants
from app import customers
from app.customers import Address
from app.demo.people import HOST
from app.flows.register_shopper import register_shopper

STORE = "qinghe"
HOME = Address(
    recipient=HOST.name, phone="13700137000", country="CN", region="江苏省", city="无锡市", district="梁溪区",
    street="长江北路 18 号 5 栋 1202 室", postal_code="", is_default=True,
)  # fmt: skip


async def let_the_host_live_here(slug: str) -> None:
    """Once."""
    if slug != STORE:
        return
    async with tenants.transaction():
        if await customers.find_by_email(HOST.email):
            return
    account = await register_shopper(email=HOST.email, name=HOST.name, password=HOST.password, locale="zh-Hans")
    async with tenants.transaction():
        await customers.save_address(account, HOME)
