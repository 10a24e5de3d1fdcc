"""A sharer sees who is bound to them, masked, and the code that names them."""

from __future__ import annotations

from app.flows.fold_clicks import fold_clicks
from app.kernel.ids import new_id
from tenants import Tenant
from tests import builders_attribution as policies
from tests import builders_earning as build
from tests.functional.conftest import Visitor, own_address
from tests.functional.portal.test_hosting import _approved


async def test_a_sharer_sees_their_shoppers_and_their_code(shop: Tenant, visitor: Visitor) -> None:
    visitor.headers["Accept-Language"] = "en"
    me = await _approved(shop, visitor)
    await policies.policy()
    await build.click(await build.link(me), visitor=new_id())
    await build.click(await build.link(await build.promoter()), visitor=new_id())
    await fold_clicks()

    page = await visitor.get(own_address("host", "/shoppers"))

    assert page.status_code == 200, page.text
    assert "My code" in page.text
    assert page.text.count("A browser without an account") == 1
