"""The ways a store can pay its promoters, and what each needs to know about the person. Not a journey of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple
from uuid import UUID

import msgspec

import tenants
from app import payments
from app.kernel.errors import InvalidInput
from app.kernel.i18n import N_
from app.payouts import BY_HAND, Payee, Payout
from infra import crypto, wiring

NEEDED = N_("This is needed.")
SHOWN = 4
NAME_FROM = 200_000  # minor units from which on WeChat compares the person's name


class Way(NamedTuple):
    """`asks` are the fields of the form: name -> whether it must be filled."""

    code: str
    asks: Mapping[str, bool]


WAYS = {
    "sandbox": Way("sandbox", {"payee_name": False}),
    "wechat": Way("wechat", {"payee_name": False, "account": True}),
    "alipay": Way("alipay", {"payee_name": True, "account": True}),
    BY_HAND: Way(BY_HAND, {"payee_name": True, "bank": True, "account": True}),
}


async def ways_open() -> list[Way]:
    """What the store's active accounts can send by, and a bank transfer by hand, which always works."""
    store = tenants.current().id
    accounts = await payments.active_accounts()
    offered = {one["provider"] for one in accounts if wiring.pays_people(one, tenant_id=store)}
    return [way for code, way in WAYS.items() if code == BY_HAND or code in offered]


def read_payee(way: Way, values: Mapping[str, str], amount: int) -> dict[str, str]:
    """What was typed about the person, as far as this way asks for it. Raises InvalidInput."""
    found = {name: values.get(name, "").strip()[:120] for name in way.asks}
    wrong = {name: NEEDED for name, must in way.asks.items() if must and not found[name]}
    if way.code == "wechat" and amount >= NAME_FROM and not found["payee_name"]:
        wrong["payee_name"] = N_("From 2,000 yuan on WeChat compares your name with your account.")
    if wrong:
        raise InvalidInput(wrong)
    return found


def fingerprint_of(promoter: UUID, way: Way, found: Mapping[str, str]) -> str:
    """By which the same account is known again, and nobody can read it; nothing where the way needs no account."""
    account = "".join(found.get("account", "").split()).casefold()
    if not account:
        return ""
    return crypto.sign(f"{tenants.current().id}:{promoter}:{way.code}:{account}", "payout.account", size=24)


def hint_of(found: Mapping[str, str]) -> str:
    """What pages may show of an account."""
    account = found.get("account", "")
    return f"{found.get('bank', '')} •••• {account[-SHOWN:]}".strip() if account else ""


def seal_payee(payout_id: UUID, way: Way, found: Mapping[str, str]) -> Payee:
    """An account number is kept sealed for its own row; pages see its end."""
    sealed = crypto.seal(msgspec.json.encode(dict(found)), tenant_id=tenants.current().id, purpose=_place(payout_id))
    return Payee(found.get("payee_name", ""), sealed, hint_of(found))


def open_payee(payout: Payout) -> dict[str, str]:
    """What the promoter typed. Raises SealBroken for a text that was moved here from another row."""
    opened = crypto.open_sealed(payout.payee_sealed, tenant_id=tenants.current().id, purpose=_place(payout.id))
    return msgspec.json.decode(opened, type=dict[str, str])


def _place(payout_id: UUID) -> str:
    return f"payout.payee:{payout_id}"
