"""Builders for promoters who are known as shoppers too, and for orders through their links by whomever."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count
from typing import Any
from uuid import UUID

import msgspec

import tenants
from app import commissions, links, promoters, risk
from app.flows.decide_attribution import decide_attribution
from app.flows.finalize_attribution import finalize_attribution
from app.flows.place_order import place_order
from app.flows.settle_payment import settle_payment
from app.kernel.clock import now
from app.kernel.ids import new_id
from tests import builders_attribution, builders_earning, builders_selling
from tests.builders_selling import Offer

_NUMBERS = count(1)


@dataclass(slots=True)
class Person:
    """A promoter with a link, the shopper account, the address and the browser that are known as theirs."""

    promoter: promoters.Promoter
    link: links.Link
    offer: Offer
    number: int
    account: UUID
    device: UUID = field(default_factory=new_id)

    @property
    def phone(self) -> str:
        return f"139{self.number:08d}"

    @property
    def payer(self) -> str:
        return f"openid-{self.number}"

    @property
    def home(self) -> dict[str, str]:
        return {
            "recipient": self.promoter.name, "country": "CN", "city": "Wuxi", "phone": self.phone,
            "street": f"{self.number} Peach Road, Apt 1202",
        }  # fmt: skip


async def person(*, name: str = "Lin Yatong", rate_bps: int = 1000) -> Person:
    email = f"yatong.{next(_NUMBERS)}@host.test"
    return await known_as(await builders_earning.promoter(name=name, email=email, rate_bps=rate_bps))


async def known_as(promoter: promoters.Promoter) -> Person:
    """They are a shopper of the store, too."""
    account = await builders_earning.customer(promoter.email)
    link, offer = await builders_earning.link(promoter), await builders_selling.offer(stock=500)
    made = Person(promoter, link, offer, next(_NUMBERS), account)
    async with tenants.transaction():
        await tenants.connection().execute("UPDATE customer SET phone = $2 WHERE id = $1", account, made.phone)
        await tenants.connection().execute(
            "INSERT INTO customer_address (id, customer, recipient, phone, country, city, street, created_at)"
            " VALUES ($1, $2, $3, $4, 'CN', 'Wuxi', $5, $6)",
            new_id(), account, promoter.name, made.phone, made.home["street"], now(),
        )  # fmt: skip
        await tenants.connection().execute(
            "INSERT INTO shopper_session (token_hash, customer, visitor_id, created_at, last_seen_at, expires_at,"
            " agent_hash, address_prefix) VALUES ($1, $2, $3, $4, $4, $4, 'a', '')",
            new_id().bytes, account, made.device, now(),
        )  # fmt: skip
        await tenants.connection().execute(
            "INSERT INTO wallet_name (id, provider, app_id, payer_id, customer, named_at)"
            " VALUES ($1, 'wechat', 'wx1', $2, $3, $4)",
            new_id(), made.payer, account, now(),
        )  # fmt: skip
    return made


def stranger(**facts: Any) -> dict[str, Any]:
    """A shopper whom nothing connects with anybody."""
    number = next(_NUMBERS)
    place = {
        "recipient": f"Shopper {number}", "country": "CN", "city": "Suzhou", "phone": "",
        "street": f"{number} Willow Lane, Apt {number % 30 + 1}",
    }  # fmt: skip
    return {"email": f"shopper{number}@mail.test", "phone": f"136{number:08d}", "ship_to": place, **facts}


async def customer(email: str, *, minutes_ago: float = 60 * 24 * 30) -> UUID:
    made = await builders_earning.customer(email)
    async with tenants.transaction():
        await tenants.connection().execute(
            "UPDATE customer SET created_at = $2 WHERE id = $1", made, builders_earning.days_ago(minutes_ago / 1440)
        )
    return made


async def place(seller: Person, *, visitor: UUID | None = None, **facts: Any) -> UUID:
    """A real order of whomever through the promoter's link, and what its job decides."""
    visitor, cart = await builders_selling.fill_cart(seller.offer, visitor=visitor)
    await builders_earning.click(seller.link, visitor=visitor)
    placed = await place_order(cart, visitor, builders_selling.checkout(**stranger(**facts)))
    await decide_attribution(placed.order_id)
    return placed.order_id


async def pay(order_id: UUID, *, payer: str = "") -> None:
    """The provider says it was paid, and by whom; then the job that follows is done."""
    payment = await builders_selling.open_payment(order_id)
    state = msgspec.structs.replace(builders_selling.captured(payment), payer_id=payer)
    await settle_payment(builders_selling.notice(state), body="{}")
    await finalize_attribution(order_id)


async def bought(seller: Person, *, payer: str = "", **facts: Any) -> UUID:
    order_id = await place(seller, **facts)
    await pay(order_id, payer=payer)
    return order_id


async def redeemed(seller: Person, coupon: UUID, *, visitor: UUID, **facts: Any) -> UUID:
    """An order that used the promoter's coupon as well as the link."""
    visitor, cart = await builders_selling.fill_cart(seller.offer, visitor=visitor)
    await builders_earning.click(seller.link, visitor=visitor)
    placed = await place_order(cart, visitor, builders_selling.checkout(**stranger(**facts)))
    await builders_attribution.use_coupon(coupon, placed.order_id)
    await decide_attribution(placed.order_id)
    await pay(placed.order_id)
    return placed.order_id


async def outcome(order_id: UUID) -> str:
    """`own`, `held` or `clean`, as the last look said, and as the commission lines agree."""
    async with tenants.transaction():
        found = (await risk.assessments_of(order_id))[-1]
        lines = [line for line in await commissions.lines_of(order_id) if line.status != "canceled"]
    if found.is_own:
        assert not lines or found.outcome == "commission"
        return "own"
    assert {line.status for line in lines} == {"held" if found.outcome == "held" else "accrued"}
    return found.outcome


async def case_of(order_id: UUID) -> risk.RiskCase:
    async with tenants.transaction():
        case = await risk.case_of(order_id)
    assert case is not None
    return case


async def held(seller: Person) -> tuple[UUID, risk.RiskCase]:
    """A paid order to another flat in the promoter's house, for somebody of nearly the promoter's name."""
    order_id = await bought(seller, **neighbor(seller))
    return order_id, await case_of(order_id)


def neighbor(seller: Person) -> dict[str, Any]:
    place = {**seller.home, "recipient": "Lin Yatongg", "street": f"{seller.number} Peach Road, Apt 301", "phone": ""}
    return {"ship_to": place}


async def policy(**facts: Any) -> None:
    async with tenants.transaction():
        seen = (await risk.risk_policies())[0].version
        await risk.save_risk_policy(risk.RiskPolicy(**facts), seen=seen, by="Su He")
