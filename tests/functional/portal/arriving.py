"""What tests of the portal begin with: a host with an account, and a page as somebody reads it."""

from __future__ import annotations

import html
import re

import tenants
from app import promoters
from app.flows.decide_promoter import decide_promoter
from app.kernel.ids import new_id
from app.promoters import Promoter
from tenants import Tenant
from tests.functional.conftest import Visitor, own_address


def host_page(path: str = "/") -> str:
    return own_address("host", path)


def read(page: str) -> str:
    """The words of a page."""
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", page)))


async def signed_up(visitor: Visitor, shop: Tenant, name: str = "Lin") -> Promoter:
    """A host with an account, approved with 10%."""
    visitor.headers["Accept-Language"] = "en"
    fields = {"name": name, "email": f"{new_id().hex}@host.test", "password": "correct horse battery"}
    await visitor.submit(host_page("/sign-up"), fields)
    await visitor.submit(host_page("/stores"), {"store": shop.slug}, page=host_page("/stores"))
    async with tenants.transaction():
        (waiting,) = await promoters.everyone("pending")
    return await decide_promoter(waiting.id, True, 1000, "Su He")
