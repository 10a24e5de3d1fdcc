"""What a merchant typed about an account is refused field by field, and never printed."""

from __future__ import annotations

from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from infra.payment.credentials import InvalidCredentials
from tests.contract.payment import alipay_notices, wechat_notices
from tests.contract.payment.keys import certificate_pem, pair, private_pem, public_pem

SHORT = rsa.generate_private_key(65537, 1024)  # noqa: S505 - too short on purpose


def pem(key: Any, form: PrivateFormat = PrivateFormat.PKCS8) -> str:
    return str(key.private_bytes(Encoding.PEM, form, NoEncryption()).decode())


def bare(text: str) -> str:
    return "".join(text.strip().splitlines()[1:-1])


def faults(account: Any) -> dict[str, str]:
    try:
        account.require_valid()
    except InvalidCredentials as error:
        return error.fields
    return {}


@pytest.mark.parametrize("by_certificate", [False, True])
def test_a_right_wechat_account_has_no_fault(by_certificate: bool) -> None:
    assert faults(wechat_notices.account("https://api.mch.weixin.qq.com", by_certificate=by_certificate)) == {}


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("mchid", "", "missing"),
        ("mchid", "19000O9191", "not_digits"),
        ("appid", " ", "missing"),
        ("serial_no", "", "missing"),
        ("serial_no", "not hexadecimal", "wrong_length"),
        ("serial_no", "1DDE", "wrong_length"),
        ("private_key", "", "missing"),
        ("private_key", "-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----", "not_a_private_key"),
        ("private_key", public_pem("merchant"), "not_a_private_key"),
        ("private_key", pem(ec.generate_private_key(ec.SECP256R1())), "not_a_private_key"),
        ("private_key", pem(SHORT), "key_too_short"),
        ("apiv3_key", "too short", "wrong_length"),
        ("public_key", "MIIB", "not_a_public_key"),
        ("public_key", "", "missing"),
        ("public_key_id", "5157F09E", "bad_key_id"),
        ("platform_certificates", "-----BEGIN CERTIFICATE-----", "not_a_certificate"),
        ("platform_certificates", public_pem("platform"), "not_a_certificate"),
        ("base_url", "api.mch.weixin.qq.com", "bad_address"),
        ("base_url", "https://api.mch.weixin.qq.com?x=1", "bad_address"),
        ("base_url", "http://[", "bad_address"),
    ],
)
def test_each_field_of_wechat_has_its_own_fault(field: str, value: str, code: str) -> None:
    changed: dict[str, Any] = {field: value}

    assert faults(wechat_notices.account(**changed)) == {field: code}


def test_an_account_without_any_way_to_believe_wechat_is_refused() -> None:
    account = wechat_notices.account(public_key="", public_key_id="")

    assert faults(account) == {"public_key": "missing", "public_key_id": "bad_key_id"}


def test_several_certificates_may_stand_below_each_other() -> None:
    both = certificate_pem("platform") + "\n" + certificate_pem("old platform", 0xABC)

    assert faults(wechat_notices.account(by_certificate=True, platform_certificates=both)) == {}


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("app_id", "", "missing"),
        ("app_id", "20210001226712ab", "not_digits"),
        ("seller_id", "2088", "wrong_length"),
        ("private_key", "nonsense", "not_a_private_key"),
        ("alipay_public_key", "nonsense", "not_a_public_key"),
        ("alipay_public_key", public_pem("app"), "own_public_key"),
        ("base_url", "openapi.alipay.com", "bad_address"),
    ],
)
def test_each_field_of_alipay_has_its_own_fault(field: str, value: str, code: str) -> None:
    assert faults(alipay_notices.account(**{field: value})) == {field: code}


@pytest.mark.parametrize("form", [PrivateFormat.PKCS8, PrivateFormat.TraditionalOpenSSL])
@pytest.mark.parametrize("framed", [True, False])
def test_keys_come_with_and_without_their_frame(form: PrivateFormat, framed: bool) -> None:
    text = pem(pair("app"), form)
    public = public_pem("alipay")
    account = alipay_notices.account(
        private_key=text if framed else bare(text), alipay_public_key=public if framed else bare(public)
    )

    assert faults(account) == {}


def test_no_account_prints_its_secrets() -> None:
    shown = repr([wechat_notices.account(), alipay_notices.account()]) + f"{wechat_notices.account()}"

    for secret in (bare(private_pem("merchant")), bare(private_pem("app")), wechat_notices.APIV3_KEY):
        assert secret[:20] not in shown


def test_a_fault_never_quotes_what_was_typed() -> None:
    with pytest.raises(InvalidCredentials) as refused:
        alipay_notices.account(private_key="my secret words").require_valid()

    assert "my secret words" not in str(refused.value)
