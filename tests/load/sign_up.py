"""From pressing "open my store" to the store answering on its own host."""

from __future__ import annotations

import asyncio
import time

import httpx

from infra import redis
from tests.load.report import Line, limited, not_measured, percentile
from tests.load.stack import Stack
from tests.load.stores import Stores

SIGN_UPS = 20


async def store_answers(stack: Stack, stores: Stores) -> list[Line]:
    await stack.web()
    headers = {"Accept": "text/html", "Origin": f"http://{stack.host()}"}
    waited = []
    async with httpx.AsyncClient(base_url=stack.address, headers=headers, timeout=20) as client:
        for number in range(SIGN_UPS):
            await redis.client().delete("limit:sign_up:127.0.0.1")  # one address may not open stores this fast
            seconds, problem = await _open(client, stack, f"shop-{number}")
            if problem:
                return [not_measured("sign-up", problem)]
            waited.append(seconds * 1000)
    note = f"{SIGN_UPS} sign-ups, one after another"
    return [
        limited("sign-up until the store answers, p50", percentile(waited, 0.50), 1_000, "ms", note=note),
        limited("sign-up until the store answers, p99", percentile(waited, 0.99), 1_000, "ms", note=note),
    ]


async def _open(client: httpx.AsyncClient, stack: Stack, slug: str) -> tuple[float, str]:
    answers = {
        "name": slug, "slug": slug, "email": f"{slug}@example.test", "password": "correct horse battery",
        "currency": "CNY", "selling_mode": "live", "brand": "#14603f",
    }  # fmt: skip
    began = time.perf_counter()
    sent = await client.post("/sign-up", data=answers, headers={"Host": stack.host()})
    if sent.status_code != 303:
        return 0.0, f"/sign-up answers {sent.status_code}"
    for _ in range(100):
        store = await client.get("/", headers={"Host": stack.host(slug)})
        if store.status_code == 200:
            return time.perf_counter() - began, ""
        await asyncio.sleep(0.05)
    return 0.0, f"the store's host answers {store.status_code}"
