"""Storefront pages: kept and drawn anew, and what a visitor has to load."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import brotli
import httpx

from tests.load import wrk
from tests.load.report import Line, compared, in_turns, limited, not_measured
from tests.load.stack import VAR, Stack
from tests.load.stores import Stores

# Measured on one such machine by others and quoted here; django-oscar is not installed by the bench, the bare route is.
DJANGO_OSCAR = {"home": 92.0, "product": 58.0}
BARE_THERE = 15_000.0
TIMES_OSCAR = 15
MOST_KB = 40
# Every request asks for an address nobody asked for before, so no page is found in memory.
ALWAYS_NEW = (
    'local n = 0\nrequest = function() n = n + 1; return wrk.format("GET", "%s?n=" .. n .. "-" .. os.time()) end\n'
)


async def warm(stack: Stack, stores: Stores) -> list[Line]:
    """Anonymous pages against a bare JSON route on the same server settings."""
    await wrk.require("wrk")
    await stack.web()
    bare, host, lines = await stack.bare(), stack.host("window"), []
    for name, path in (("home", "/"), ("product", stores.product_path)):
        if (problem := await problem_of(stack, host, path)) is not None:
            lines.append(not_measured(f"storefront {name} page, warm", problem))
            continue

        async def ours(path: str = path) -> float:
            return (await wrk.press(stack.address + path, host)).per_second

        async def theirs() -> float:
            return (await wrk.press(f"{bare}/json", "localhost")).per_second

        mine, reference = await in_turns(2, ours, theirs)
        lines.append(compared(f"storefront {name} page, warm", mine, reference, goal=0.40, of="bare Litestar JSON"))
    return lines


async def cold(stack: Stack, stores: Stores) -> list[Line]:
    """Every page drawn and compressed for its one visitor, against a bare JSON route in the same run.

    The goal is fifteen times django-oscar's page, as a share of what the bare route does on the same machine.
    """
    await wrk.require("wrk")
    await stack.web()
    bare, host, lines = await stack.bare(), stack.host("window"), []
    for name, path in (("home", "/"), ("product", stores.product_path)):
        if (problem := await problem_of(stack, host, path)) is not None:
            lines.append(not_measured(f"storefront {name} page, cold", problem))
            continue
        script = VAR / "always_new.lua"
        script.write_text(ALWAYS_NEW % path)

        async def ours(path: str = path, script: Path = script) -> float:
            return (await wrk.press(stack.address + path, host, script=script, connections=8)).per_second

        async def theirs() -> float:
            return (await wrk.press(f"{bare}/json", "localhost")).per_second

        mine, reference = await in_turns(2, ours, theirs)
        goal = round(TIMES_OSCAR * DJANGO_OSCAR[name] / BARE_THERE, 3)
        lines.append(compared(f"storefront {name} page, cold", mine, reference, goal=goal, of="bare Litestar JSON"))
    return lines


async def weight(stack: Stack, stores: Stores) -> list[Line]:
    """HTML, CSS and JavaScript of a page as they travel, in brotli."""
    await stack.web()
    host, lines = stack.host("window"), []
    headers = {"Host": host, "Accept-Encoding": "br", "Accept": "text/html"}
    async with httpx.AsyncClient(base_url=stack.address, headers=headers) as client:
        for name, path in (("home", "/"), ("product", stores.product_path)):
            page = await client.get(path)
            if page.status_code != 200:
                lines.append(not_measured(f"storefront {name} page, weight", f"{path} answers {page.status_code}"))
                continue
            files = set(re.findall(r'(?:href|src)="([^"]+\.(?:css|js)[^"]*)"', page.text))
            sizes = [await _travels(client, urljoin(path, urlsplit(file).path)) for file in sorted(files)]
            total = (await _travels(client, path) + sum(sizes)) / 1024
            note = f"HTML + {len(files)} files"
            lines.append(limited(f"storefront {name} page, weight", total, MOST_KB, "KB brotli", note=note, decimals=1))
    return lines


async def _travels(client: httpx.AsyncClient, path: str) -> int:
    """Bytes on the wire; what is not sent in brotli is measured as it is."""
    async with client.stream("GET", path) as answer:
        raw = b"".join([chunk async for chunk in answer.aiter_raw()])
    if answer.headers.get("content-encoding") == "br":
        brotli.decompress(raw)
    return len(raw)


async def problem_of(stack: Stack, host: str, path: str) -> str | None:
    async with httpx.AsyncClient(base_url=stack.address, headers={"Host": host, "Accept": "text/html"}) as client:
        status = (await client.get(path)).status_code
    return None if status == 200 else f"{path} answers {status}"
