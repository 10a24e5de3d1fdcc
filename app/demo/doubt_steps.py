"""Part thirteen: somebody of the host's name orders through the host's link to the house where the host lives. The
commission waits, the host reads why, and the merchant finds the case, which stays open to be looked at."""

from __future__ import annotations

from app.demo.claim_steps import link_of_host, sign_in_host
from app.demo.doubting import HOME, STORE
from app.demo.market import buy
from app.demo.people import HOST
from app.demo.steps import Step, until
from app.demo.visitor import Visitor
from app.demo.world import World, at

NEIGHBOR = {
    "recipient": HOST.name, "phone": "13600136000", "region": HOME.region, "city": HOME.city,
    "district": HOME.district, "street": "长江北路18号5栋301",
}  # fmt: skip


def doubting(_: World) -> list[Step]:
    async def order_next_door() -> str:
        return await buy(STORE, await link_of_host(STORE), NEIGHBOR)

    async def read_why() -> str:
        host = Visitor("demo host", language="en")
        try:
            await sign_in_host(host)

            async def listed() -> str:
                return (await host.open(at("host", "/earnings"))).require("being reviewed since").url

            return await until(listed, seconds=20, what="the sale that is being reviewed")
        finally:
            await host.close()

    return [
        Step("Somebody of the host's name orders to the host's house, through the host's link", order_next_door),
        Step("The host reads that the store looks at it first", read_why),
    ]
