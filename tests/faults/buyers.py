"""Buyers of a flash sale over HTTP. Each is one browser at one address, and some walk away before they pay."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Literal
from uuid import UUID

import httpx

from infra.settings import settings
from tests.faults.shoppers import ADDRESS, AGENT

Outcome = Literal["paid", "abandoned", "sold_out"]
TRIES = 3
SOLD_OUT = re.compile(r"Only 0 left|Not for sale|is not available like this")


@dataclass
class Tally:
    """What the buyers were told, kept apart from every database."""

    placed: set[str] = field(default_factory=set)
    paid: set[str] = field(default_factory=set)
    answers: Counter[int] = field(default_factory=Counter)
    took: list[float] = field(default_factory=list)
    refused_at_checkout: int = 0
    sent_again: int = 0
    strange: list[str] = field(default_factory=list)

    @property
    def errors_5xx(self) -> int:
        return sum(count for status, count in self.answers.items() if status >= 500)

    @property
    def p99_ms(self) -> int:
        """How long all but the slowest hundredth of the answers took, at most."""
        return round(1000 * sorted(self.took)[len(self.took) * 99 // 100]) if self.took else 0


class _Shared(httpx.AsyncBaseTransport):
    """Connections of all buyers; a buyer who leaves does not close them for the others."""

    def __init__(self, most: int) -> None:
        # Kept for less long than the servers keep them, or a request would meet a closed door now and then.
        limits = httpx.Limits(max_connections=most, max_keepalive_connections=most, keepalive_expiry=2)
        self.inner = httpx.AsyncHTTPTransport(limits=limits, verify=False)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return await self.inner.handle_async_request(request)


def connections(most: int) -> _Shared:
    return _Shared(most)


class Buyer:
    """`leaves`: after the order is placed this one does not pay, though half of them look at the cashier's page."""

    def __init__(
        self, slug: str, variant: UUID, number: int, tally: Tally, *, leaves: bool, transport: httpx.AsyncBaseTransport
    ) -> None:
        self.variant, self.number, self.tally, self.leaves = variant, number, tally, leaves
        host, web = settings().authority(slug), f"http://127.0.0.1:{settings().port}"
        address = f"10.{number // 65536 % 256}.{number // 256 % 256}.{number % 256}"
        headers = {
            "Host": host, "User-Agent": AGENT, "Accept": "text/html", "Accept-Language": "en",
            "X-Forwarded-For": address, "Origin": f"http://{host}",
        }  # fmt: skip
        self.client = httpx.AsyncClient(base_url=web, headers=headers, timeout=60, transport=transport)

    async def buy(self) -> Outcome:
        page = await self._checkout_page()
        place = await self._order(page) if page else ""
        if not place:
            return "sold_out"
        number = place.split("/")[2]
        self.tally.placed.add(number)
        if self.leaves and self.number % 2:
            return "abandoned"
        pay_url = (await self._get(place)).headers.get("location", "")
        if self.leaves:
            return "abandoned"
        if (await self._pay(pay_url)) != 303:
            self.tally.strange.append(f"{number} could not be paid at {pay_url}")
            return "abandoned"
        self.tally.paid.add(number)
        return "paid"

    async def _checkout_page(self) -> str:
        """Nothing when the goods cannot be had any more: then the shop leads back to the cart."""
        await self._post("/cart/lines", {"variant": str(self.variant), "quantity": "1"})
        answer = await self._get("/checkout")
        if answer.status_code == 303 and answer.headers["location"] == "/cart":
            return ""
        return answer.text if self._expected(answer, 200) else ""

    async def _order(self, page: str) -> str:
        """Where the order is paid; nothing when somebody was faster, which is a page that says so."""
        hidden = dict(re.findall(r'<input type="hidden" name="([a-z_]+)" value="([^"]*)"', page))
        answer = await self._post("/checkout", hidden | ADDRESS)
        if answer.status_code == 409 and SOLD_OUT.search(answer.text) and "</html>" in answer.text:
            self.tally.refused_at_checkout += 1
            return ""
        return str(answer.headers["location"]) if self._expected(answer, 303) else ""

    def _expected(self, answer: httpx.Response, status: int) -> bool:
        if answer.status_code != status:
            words = re.sub(r"<[^>]+>|\s+", " ", answer.text)
            self.tally.strange.append(f"{answer.status_code} at {answer.request.url.path}: {words[-300:]}")
        return answer.status_code == status

    async def _get(self, path: str) -> httpx.Response:
        return await self._send("GET", path)

    async def _post(self, path: str, form: dict[str, str]) -> httpx.Response:
        return await self._send("POST", path, data=form)

    async def _pay(self, pay_url: str) -> int:
        """At the cashier, who is another server and knows nothing of this shop's host name."""
        headers = {"Host": httpx.URL(pay_url).netloc.decode()}
        return (await self._send("POST", pay_url, data={"choice": "pay"}, headers=headers)).status_code

    async def _send(self, method: str, path: str, **more: Any) -> httpx.Response:
        """A kept connection may be closed just as it is used again; then people press the button once more."""
        for _ in range(TRIES - 1):
            try:
                return self._noted(await self.client.request(method, path, **more))
            except httpx.TransportError:
                self.tally.sent_again += 1
        return self._noted(await self.client.request(method, path, **more))

    def _noted(self, answer: httpx.Response) -> httpx.Response:
        self.tally.answers[answer.status_code] += 1
        self.tally.took.append(answer.elapsed.total_seconds())
        return answer
