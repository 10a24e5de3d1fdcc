"""Shoppers over HTTP, like people: they follow the host's link, buy, pay, and try again when something breaks."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import httpx

from infra.settings import settings

AT_ONCE = 12
PATIENCE_S = 90.0
AGENT = "Mozilla/5.0 (X11; Linux x86_64) Chrome/156"
ADDRESS = {
    "recipient": "林小雅", "phone": "13800001234", "country": "CN", "region": "江苏省", "city": "无锡市",
    "district": "滨湖区", "street": "桃花路 1 号", "postal_code": "214000", "email": "ya@example.test",
}  # fmt: skip


@dataclass
class Record:
    """What the shoppers were told, kept apart from every database: the truth the system is held against."""

    clicks: set[UUID] = field(default_factory=set)
    orders: set[str] = field(default_factory=set)
    paid: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Shop:
    slug: str
    code: str
    variant: UUID

    @property
    def host(self) -> str:
        return settings().authority(self.slug)


class Shopper:
    """One browser. Every step may be repeated: that is what people do, and what must not hurt."""

    def __init__(self, shop: Shop, number: int, record: Record) -> None:
        self.shop, self.record = shop, record
        own_address = f"10.{number // 65536 % 256}.{number // 256 % 256}.{number % 256}"
        self.headers = {"Host": shop.host, "User-Agent": AGENT, "Accept": "text/html", "X-Forwarded-For": own_address}
        self.web = f"http://127.0.0.1:{settings().port}"
        self.client = httpx.AsyncClient(timeout=10, trust_env=False)
        self.form: dict[str, str] = {}

    async def buy(self) -> None:
        async with self.client:
            await self._until(self._follow_link)
            await self._until(self._fill_cart)
            placed = await self._until(self._check_out)
            pay_url = await self._until(lambda: self._open_payment(placed))
            await self._until(lambda: self._pay(pay_url))
            self.record.paid.add(placed.split("/")[2])

    async def _until(self, step: Any) -> Any:
        """Repeat a step until it works. httpx errors and 5xx answers are what the faults look like from outside."""
        end = asyncio.get_running_loop().time() + PATIENCE_S
        while True:
            try:
                found = await step()
                if found:
                    return found
            except httpx.HTTPError:
                pass
            if asyncio.get_running_loop().time() > end:
                raise TimeoutError(getattr(step, "__name__", "a step"))
            await asyncio.sleep(0.25)

    async def _get(self, path: str) -> httpx.Response:
        return await self.client.get(f"{self.web}{path}", headers=self.headers)

    async def _post(self, path: str, form: dict[str, str]) -> httpx.Response:
        origin = {"Origin": f"http://{self.shop.host}"}
        return await self.client.post(f"{self.web}{path}", data=form, headers={**self.headers, **origin})

    async def _follow_link(self) -> bool:
        answer = await self._get(f"/l/{self.shop.code}")
        token = answer.cookies.get("click", "")
        if answer.status_code != 302 or not token:
            return False
        self.record.clicks.add(UUID(token.partition(".")[0]))
        return True

    async def _fill_cart(self) -> bool:
        """Adding twice would buy two, so a repeated try looks first."""
        if re.search(r'name="variant"', (await self._get("/cart")).text):
            return True
        answer = await self._post("/cart/lines", {"variant": str(self.shop.variant), "quantity": "1"})
        return answer.status_code == 303

    async def _check_out(self) -> str:
        """The same form again after a lost answer: the cart may have become an order, and becomes no second one."""
        if not self.form:
            page = await self._get("/checkout")
            hidden = {name: _value(page.text, name) for name in ("_csrf", "cart", "seen_total")}
            if page.status_code != 200 or not all(hidden.values()):
                return ""
            self.form = {**ADDRESS, **hidden}
        answer = await self._post("/checkout", self.form)
        place = answer.headers.get("location", "")
        if answer.status_code != 303 or not place.startswith("/orders/"):
            return ""
        self.record.orders.add(place.split("/")[2])
        return str(place)

    async def _open_payment(self, place: str) -> str:
        answer = await self._get(place)
        return answer.headers.get("location", "") if answer.status_code == 303 else ""

    async def _pay(self, pay_url: str) -> bool:
        answer = await self.client.post(pay_url, data={"choice": "pay"})
        return answer.status_code == 303


def _value(html: str, name: str) -> str:
    found = re.search(rf'name="{name}"[^>]*?value="([^"]*)"', html) or re.search(
        rf'value="([^"]*)"[^>]*?name="{name}"', html
    )
    return found[1] if found else ""


async def shop_till_done(shop: Shop, count: int, record: Record, *, per_second: float) -> int:
    """`count` shoppers, evenly spread. Returns how many gave up, which is no loss: nothing was promised to them."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(number: int) -> None:
        await asyncio.sleep(number / per_second)
        async with gate:
            await Shopper(shop, number, record).buy()

    outcomes = await asyncio.gather(*(one(number) for number in range(count)), return_exceptions=True)
    unexpected = [one for one in outcomes if isinstance(one, BaseException) and not isinstance(one, TimeoutError)]
    if unexpected:
        raise unexpected[0]
    return sum(isinstance(one, TimeoutError) for one in outcomes)
