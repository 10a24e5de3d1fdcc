"""What the platform may do at the simulator: open accounts, set stock, spoil the weather, and read the counts."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import quote

import msgspec
from msgspec import Struct

from infra.crypto import platform_key
from infra.http import Answer, Outside, OutsideUnavailable
from infra.signatures import sign_request
from infra.warehouse.port import WarehouseRejected, WarehouseUnavailable

PLATFORM = "platform"
PLATFORM_PURPOSE = "warehouse-simulator"


class RegisterApp(Struct, frozen=True, forbid_unknown_fields=True):
    """An account: keys for our calls, addresses for callbacks and for tracking pushes, and the salt of the latter."""

    app_key: str
    app_secret: str
    access_token: str
    callback_url: str
    carrier_url: str
    carrier_salt: str


class Behavior(Struct, frozen=True, forbid_unknown_fields=True):
    """How the warehouse treats one account. Rates are basis points; `seed` makes the bad luck repeatable."""

    ship_ms: int = 1_000  # from order to parcel
    transit_ms: int = 1_500  # from parcel to its first move, and so on
    out_ms: int = 3_000
    delivered_ms: int = 4_500
    delay_ms: int = 0  # before a callback is sent
    shuffle: bool = False  # callbacks overtake each other
    duplicate: int = 0  # extra copies of each callback
    slow_ms: int = 0  # before an answer
    error_bps: int = 0  # answers 503 and does nothing
    error_after_done_bps: int = 0  # answers 500 although it is done
    truncate_bps: int = 0  # breaks the answer off
    split: bool = False  # two parcels where there is more than one piece
    unknown_skus: tuple[str, ...] = ()  # refuses orders with these
    seed: int = 0


class StockLevel(Struct, frozen=True, forbid_unknown_fields=True):
    sku: str
    quantity: int


class OrderCount(Struct, frozen=True):
    """How often an order came in, and how often it went out: the second must never pass one."""

    app_key: str
    reference: str
    received: int
    shipped: int
    status: str
    parcels: int


class SimulatorOffice:
    def __init__(self, base_url: str, outside: Outside) -> None:
        self._base_url = base_url.rstrip("/")
        self._outside = outside

    async def register(self, app: RegisterApp) -> None:
        """Open an account, or move an existing one to new keys and addresses."""
        await self._call("POST", "/control/apps", app)

    async def behave(self, app_key: str, behavior: Behavior) -> None:
        await self._call("PUT", f"/control/apps/{quote(app_key, safe='')}/behavior", behavior)

    async def set_stock(self, app_key: str, levels: list[StockLevel]) -> None:
        """Count the shelves anew; tells the account by callback."""
        await self._call("PUT", f"/control/apps/{quote(app_key, safe='')}/stock", levels)

    async def counts(self, app_key: str) -> list[OrderCount]:
        answer = await self._call("GET", f"/control/orders?app_key={quote(app_key, safe='')}", None)
        return msgspec.json.decode(answer.body, type=list[OrderCount])

    async def _call(self, method: str, path: str, body: object) -> Answer:
        content = msgspec.json.encode(body) if body is not None else b""
        key, signed_path = platform_key(PLATFORM_PURPOSE), path.partition("?")[0]
        headers = sign_request(
            key, caller=PLATFORM, method=method, path=signed_path, body=content, now=datetime.now(UTC)
        )
        try:
            answer = await self._outside.request(method, self._base_url + path, content=content, headers=headers)
        except OutsideUnavailable as error:
            raise WarehouseUnavailable(str(error)) from error
        if answer.status >= 500:
            raise WarehouseUnavailable(f"answered {answer.status}")
        if answer.status >= 300:
            raise WarehouseRejected(str(answer.status), answer.body.decode("utf-8", "replace"))
        return answer
