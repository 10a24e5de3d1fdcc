"""What Alipay's server does with money for people: at once, and only for apps in certificate mode."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from cryptography import x509

from tests.contract.payment import alipay_notices as wire
from tests.contract.payment.keys import certificate_pem

PRODUCT = ("TRANS_ACCOUNT_NO_PWD", "DIRECT_TRANSFER")


class Refused(Exception):
    def __init__(self, sub_code: str, code: str = "40004") -> None:
        super().__init__(sub_code)
        self.sub_code, self.code = sub_code, code


def serial(pem: str) -> str:
    """As Alipay's documents make it: MD5 of the issuer, last part first, and the serial number."""
    read = x509.load_pem_x509_certificate(pem.encode())

    def part(name: x509.ObjectIdentifier) -> str:
        found = read.issuer.get_attributes_for_oid(name)
        return str(found[0].value) if found else "None"

    names = x509.NameOID
    issuer = (
        f"CN={part(names.COMMON_NAME)},OU={part(names.ORGANIZATIONAL_UNIT_NAME)},O={part(names.ORGANIZATION_NAME)}"
        f",C={part(names.COUNTRY_NAME)}"
    )
    return hashlib.md5(f"{issuer}{read.serial_number}".encode()).hexdigest()  # noqa: S324 - their algorithm


@dataclass
class Transfer:
    asked: dict[str, Any]
    order_id: str
    status: str = "SUCCESS"
    reason: str = ""


class MoneyOut:
    """`refuse` answers every new transfer with this code; `status` is what new ones become."""

    def __init__(self) -> None:
        self.transfers: dict[str, Transfer] = {}
        self.refuse, self.status, self.reason = "", "SUCCESS", ""

    def transfer(self, content: dict[str, Any], form: dict[str, str]) -> dict[str, Any]:
        named = (form.get("app_cert_sn"), form.get("alipay_root_cert_sn"))
        if named != (serial(certificate_pem("app")), serial(certificate_pem("root"))):
            raise Refused("isv.missing-app-cert-sn", "40002")
        number, payee = content["out_biz_no"], content["payee_info"]
        if (content["product_code"], content["biz_scene"]) != PRODUCT or not content["order_title"]:
            raise Refused("INVALID_PARAMETER")
        if payee["identity_type"] == "ALIPAY_LOGON_ID" and not payee.get("name"):
            raise Refused("PAYEE_USER_INFO_ERROR")
        if number not in self.transfers:
            if self.refuse:
                raise Refused(self.refuse)
            self.transfers[number] = Transfer(content, f"20261126{len(self.transfers):08}", self.status, self.reason)
        known = self.transfers[number]
        if Decimal(known.asked["trans_amount"]) != Decimal(content["trans_amount"]):
            raise Refused("DUPLICATE_REQUEST_DIFFERENT")
        return {
            "out_biz_no": number,
            "order_id": known.order_id,
            "status": known.status,
            "trans_date": wire.clock(datetime.now(UTC)),
        }

    def look(self, content: dict[str, Any]) -> dict[str, Any]:
        if content["out_biz_no"] not in self.transfers:
            raise Refused("ORDER_NOT_EXIST")
        known = self.transfers[content["out_biz_no"]]
        said = {"out_biz_no": content["out_biz_no"], "order_id": known.order_id, "status": known.status}
        if known.status == "FAIL":
            return said | {"error_code": known.reason, "fail_reason": "不可收款"}
        return said | {"trans_amount": known.asked["trans_amount"]}
