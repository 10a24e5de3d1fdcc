"""How a store can pay its promoters follows from the accounts it connected."""

from __future__ import annotations

import pytest

import tenants
from app.flows.connect_payments import connect_payments
from app.flows.payout_ways import ways_open
from app.kernel.errors import InvalidInput
from tenants import Tenant
from tests.builders_payouts import SU_HE
from tests.contract.payment.alipay_notices import APP_ID, SELLER_ID
from tests.contract.payment.keys import certificate_pem, private_pem, public_pem

PLAIN = {
    "app_id": APP_ID, "seller_id": SELLER_ID, "private_key": private_pem("app"),
    "alipay_public_key": public_pem("alipay"),
}  # fmt: skip
CERTIFIED = PLAIN | {"app_certificate": certificate_pem("app"), "root_certificate": certificate_pem("root")}


async def _ways() -> list[str]:
    async with tenants.transaction():
        return [way.code for way in await ways_open()]


async def test_alipay_pays_promoters_only_for_an_app_with_certificates(shop: Tenant) -> None:
    await connect_payments("alipay", PLAIN, by=SU_HE)
    before = await _ways()

    await connect_payments("alipay", CERTIFIED, by=SU_HE)

    assert ("alipay" in before, "alipay" in await _ways()) == (False, True)


async def test_a_certificate_of_another_key_is_refused_beside_its_field(shop: Tenant) -> None:
    with pytest.raises(InvalidInput) as refused:
        await connect_payments("alipay", CERTIFIED | {"app_certificate": certificate_pem("stranger")}, by=SU_HE)

    assert list(refused.value.fields) == ["app_certificate"]
