"""A shopper opens the store's mini-program: the wallet says who it is, and that is their account.

The wallet is asked before the transaction, never inside. Whoever is known is signed in; whoever is signed in already
and unknown to the wallet's app gets its name added to their account; everybody else gets a new account without e-mail.
The wallet's answer is used for its name only and kept nowhere else.
"""

from __future__ import annotations

from uuid import UUID

import structlog

import tenants
from app import customers, payments
from app.customers import WalletName, WalletTaken
from app.flows.switchboard import OUR_OWN, connect
from app.kernel.errors import Refusal
from infra.payment.port import PaymentRejected, PaymentUnavailable, ProgramLookup

log = structlog.get_logger()


class NoProgram(Refusal):
    """None of the store's payment accounts has a mini-program."""

    code = "customers.no_program"
    status = 409
    message = "This store has no mini-program. Sign in with e-mail and password."


class CodeRefused(Refusal):
    """The wallet does not know the code: it was used before, is too old, or was made for another program."""

    code = "customers.code_refused"
    status = 409
    message = "The wallet did not tell us who you are. Try to sign in again."


class WalletAway(Refusal):
    """The wallet gives no clear answer right now."""

    code = "customers.wallet_away"
    status = 503
    message = "The wallet cannot be reached right now. Try again in a minute; you can look around without signing in."


async def sign_in_with_wallet(code: str, *, signed_in: UUID | None, name: str, locale: str) -> UUID:
    """Whose account it is. Raises NoProgram, CodeRefused, WalletAway, WalletTaken."""
    provider, known = await _ask(code)
    try:
        return await _account_of(provider, known, signed_in, name, locale)
    except WalletTaken:
        if signed_in:
            raise
        return await _account_of(provider, known, None, name, locale)  # two phones at once: the other one opened it


async def _account_of(provider: str, known: WalletName, signed_in: UUID | None, name: str, locale: str) -> UUID:
    async with tenants.transaction():
        customer = await customers.customer_named(known)
        if customer:
            if signed_in and signed_in != customer:
                raise WalletTaken
            return customer
        customer = signed_in or await customers.open_account(name=name, locale=locale)
        await customers.connect_wallet(customer, provider, known)
        return customer


async def _ask(code: str) -> tuple[str, WalletName]:
    provider, lookup = await _program()
    try:
        user = await lookup.program_user(code)
    except PaymentRejected as error:
        log.info("wallet.code_refused", provider=provider, code=error.code)
        raise CodeRefused from error
    except PaymentUnavailable as error:
        async with tenants.transaction():
            await payments.record_health(provider, error=str(error))
        raise WalletAway from error
    return provider, WalletName(user.app_id, user.payer_id)


async def _program() -> tuple[str, ProgramLookup]:
    async with tenants.transaction():
        accounts = await payments.active_accounts()
    for account in sorted(accounts, key=lambda one: one["provider"] == OUR_OWN):  # a real wallet before our stand-in
        adapter = connect(account)
        if isinstance(adapter, ProgramLookup) and adapter.knows_programs:
            return account["provider"], adapter
    raise NoProgram
