"""Part nine: the host has the commission of the box that was kept. Its terms are set before anything is sold."""

from __future__ import annotations

import csv
import io

from app.demo import sums
from app.demo.steps import Step, until
from app.demo.visitor import NotSeen, Page
from app.demo.world import World, at
from app.kernel.sheets import BOM

TO_BANK = "¥1.00"  # what the host wants on a bank account


def agreeing(world: World) -> list[Step]:
    async def due_at_once() -> str:
        page = await world.merchant.open(at("admin", "/payouts/settings"))
        form = page.form("freeze_days", action="/payouts/settings")
        saved = await world.merchant.submit(page, form, freeze_days="0", threshold_amount="1.00")
        return saved.require("Saved").url

    return [Step("The merchant lets commission be due once the goods arrive", due_at_once)]


def paying(world: World) -> list[Step]:
    def kept() -> str:
        return sums.commission(sums.read(world.goods) - world.given_back)

    def rest() -> str:
        return sums.write(sums.read(kept()) - sums.read(TO_BANK))

    async def ready() -> str:
        async def due() -> Page:
            page = await world.host.open(at("host", "/earnings"))
            if page.after("Ready to withdraw") != kept():
                raise NotSeen(f"{kept()} is not ready on {page.url}: {page.excerpt}")
            return page

        page = await until(due, seconds=30, what=f"{kept()} ready to withdraw")
        return f"{kept()}  {page.url}"

    async def ask() -> str:
        page = await world.host.open(at("host", "/payouts/new"))
        asked = await world.host.submit(
            page, page.form("amount", "way", action="/payouts"), payee_name="Mei", amount=rest().strip("¥")
        )
        world.payout_page = asked.require("Asked for", rest()).url
        page = await world.host.open(at("host", "/payouts/new?way=bank_transfer"))
        form = page.form("amount", "bank", "account", action="/payouts")
        asked = await world.host.submit(
            page, form, payee_name="Mei", bank="ICBC", account="6222020200112233445", amount=TO_BANK.strip("¥")
        )
        world.bank_page = asked.require("Asked for", TO_BANK).url
        return f"{world.payout_page}  {world.bank_page}"

    async def approve() -> str:
        queue = (await world.merchant.open(at("admin", "/payouts"))).require(world.host_name, rest(), TO_BANK)
        page = await world.merchant.open(queue.link("everything=true"))
        page.require(world.host_name, f"Approve {kept()}")
        decision = page.form("payout_id", "act", action="/payouts/decision")
        chosen = [one.rpartition("/")[2] for one in (world.payout_page, world.bank_page)]
        done = await world.merchant.submit(page, decision, None, act="approve", payout_id=chosen)
        return done.require("2 payouts approved").url

    async def take_to_bank() -> str:
        queue = await world.merchant.open(at("admin", "/payouts?view=by_hand"))
        made = (await world.merchant.press(queue, "/payouts/bank-files")).require("1 transfer is in the file")
        taken = await world.merchant.press(made, "/copies")
        number = next(csv.DictReader(io.StringIO(taken.answer.text.lstrip(BOM))))["number"]
        answer = f"number,result,words\n{number},paid,ICBC 20261126-1\n".encode()
        done = await world.merchant.press(made, "/answers", {"file": ("answer.csv", answer, "text/csv")})
        return done.require("1 transfer has ended").url

    async def accept() -> str:
        async def offered() -> str:
            page = await world.host.open(world.payout_page)
            return page.link("Accept the money")

        address = await until(offered, seconds=30, what="money that waits for a yes")
        page = (await world.host.open(address)).require(rest())
        taken = await world.host.press(page, "/transfers/", choice="accept")
        return taken.require("The money is yours.").url

    async def paid() -> str:
        async def there() -> Page:
            return (await world.host.open(world.payout_page)).require("Paid out", "The money has arrived")

        await until(there, seconds=30, what="the payout as paid")
        page = await world.host.open(at("host", "/earnings"))
        if (page.after("Paid out"), page.after("Ready to withdraw")) != (kept(), sums.write(sums.read("0.00"))):
            raise NotSeen(f"the sums on {page.url} do not say that {kept()} was paid: {page.excerpt}")
        return f"{kept()}  {page.url}"

    async def in_the_books() -> str:
        payout = world.payout_page.rpartition("/")[2]
        page = await world.merchant.open(at("admin", f"/payouts/{payout}"))
        return page.require("Paid out", "Payout asked for", "Payout made").url

    return [
        Step("What the host kept is ready to withdraw", ready),
        Step("The host asks for it, a part by bank transfer", ask),
        Step("The merchant sees amounts and host, and approves both at once", approve),
        Step("One of them goes to the bank in a file; the bank's answer ends it", take_to_bank),
        Step("The host accepts the money at the provider", accept),
        Step("The host is paid", paid),
        Step("The merchant's books say the same", in_the_books),
    ]
