"""The merchant connects a payment provider, changes the connection, offers it to shoppers or stops.

Secrets are written only: what is left empty keeps what was there, and pages see the last characters at most. The audit
entry comes first, in a transaction of the platform, because directory and store may live on different servers.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import tenants
from app import payments
from app.identity import Viewer
from app.kernel.errors import InvalidInput, NotFound
from app.kernel.i18n import N_
from app.kernel.ids import new_id
from app.payments import Vendor
from infra import wiring
from infra.credentials import OF_PAYMENTS
from tenants import audit, outbox, platform

FAULTS = {
    "missing": N_("This is needed."),
    "bad_secret_key": N_("A secret key starts with sk_live_ or sk_test_."),
    "bad_webhook_secret": N_("A signing secret starts with whsec_."),
    "not_digits": N_("Only digits belong here."),
    "wrong_length": N_("This does not have the right length."),
    "not_a_private_key": N_("This is not a private key. Paste the whole file."),
    "not_a_public_key": N_("This is not a public key. Paste the whole file."),
    "not_a_certificate": N_("This is not a certificate. Paste the whole file."),
    "key_too_short": N_("This key is too short to be one of theirs."),
    "bad_key_id": N_("The id of a public key starts with PUB_KEY_ID_."),
    "bad_app_secret": N_("An app secret has 32 letters and digits."),
    "other_certificate": N_("This certificate does not belong to your private key."),
    "own_public_key": N_("This is your own public key; theirs belongs here."),
}
SHOWN_OF_SECRET, SHORTEST_SECRET = 4, 16


class _NotThere(NotFound):
    """No such provider, or none that a merchant connects."""


async def connect_payments(code: str, typed: Mapping[str, str], *, by: Viewer) -> None:
    """Save a connection. Raises InvalidInput naming the fields, NotFound for a provider nobody can connect."""
    vendor = _connectable(code)
    async with tenants.transaction():
        known = next((each for each in await payments.accounts() if each["provider"] == code), None)
    values = _merged(vendor, typed, known)
    wrong = payments.faults_of(vendor, values)
    wrong |= {
        name: FAULTS[fault] for name, fault in wiring.credential_faults(code, values).items() if name not in wrong
    }
    if wrong:
        raise InvalidInput(wrong)
    changed = sorted(name for name in values if not known or typed.get(name))
    await _record("payments.connected", code, by, {"fields": ", ".join(changed)})
    account_id: UUID = known["id"] if known else new_id()
    sealed = wiring.OF_PAYMENTS.seal(values, tenant_id=tenants.current().id, row_id=account_id)
    async with tenants.transaction():
        await payments.save_account(
            account_id, code, merchant_id=values.get(vendor.merchant_field, ""), credentials_sealed=sealed,
            base_url=vendor.test_url if values.get("trial") == "yes" and vendor.test_url else vendor.base_url,
            settings=_public(vendor, values),
        )  # fmt: skip


async def offer_payments(code: str, enabled: bool, *, by: Viewer) -> None:
    """Offer it to shoppers, or stop; what was begun is finished. Raises NotFound."""
    async with tenants.transaction():
        await payments.account_of(code)
    await _record("payments.offered" if enabled else "payments.stopped", code, by, {})
    async with tenants.transaction():
        await payments.enable_account(code, enabled)


async def order_payments(code: str, step: int, *, by: Viewer) -> None:
    """Show it one place earlier (-1) or later (1). Raises NotFound."""
    await _record("payments.ordered", code, by, {})
    async with tenants.transaction():
        codes = [each["provider"] for each in await payments.accounts()]
        if code not in codes:
            raise NotFound
        at = codes.index(code)
        to = min(max(at + step, 0), len(codes) - 1)
        codes.insert(to, codes.pop(at))
        await payments.order_accounts(codes)


async def ask_for_check(code: str) -> None:
    """Have a worker make one real signed call. Asked twice, it is one. Raises NotFound."""
    async with tenants.transaction():
        await payments.account_of(code)
        await outbox.post("payments.check_account", queue="critical", key=f"check:{code}", max_attempts=1, code=code)


def _connectable(code: str) -> Vendor:
    vendor = payments.vendor_of(code)
    if vendor is None or not vendor.fields:
        raise _NotThere
    return vendor


def _merged(vendor: Vendor, typed: Mapping[str, str], known: payments.Account | None) -> dict[str, str]:
    """What was typed; where a secret's box is empty, what was there."""
    kept = OF_PAYMENTS.open(known, tenant_id=tenants.current().id) if known else {}
    values = {field.name: typed.get(field.name, "").strip() for field in vendor.fields}
    for field in vendor.secret_fields:
        values[field.name] = values[field.name] or kept.get(field.name, "")
    return values


def _public(vendor: Vendor, values: Mapping[str, str]) -> dict[str, Any]:
    """What pages may show: public facts as they are, of secrets their end, and whether real money moves."""
    secret = {field.name for field in vendor.secret_fields}
    shown: dict[str, Any] = {name: text for name, text in values.items() if name not in secret}
    hints = {
        field.name: values[field.name][-SHOWN_OF_SECRET:]
        for field in vendor.secret_fields
        if field.kind == "secret" and len(values[field.name]) >= SHORTEST_SECRET
    }
    kept = sorted(name for name in secret if values[name])
    return shown | {"hints": hints, "kept": kept, "is_trial": wiring.is_trial(vendor.code, values)}


async def _record(action: str, code: str, by: Viewer, details: dict[str, str]) -> None:
    async with platform.transaction() as database:
        await audit.record(
            database, actor_kind="merchant", actor_id=by.id, actor_name=by.name, action=action,
            tenant=tenants.current().id, subject=code, details=details,
        )  # fmt: skip
