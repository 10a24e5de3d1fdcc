"""The terms payouts go by: when commission is due, what is kept back, who is asked twice, what is withheld."""

from __future__ import annotations

from litestar import Controller, get, post
from litestar.response import Redirect, Template

import tenants
from app import identity, payouts
from app.backoffice.frame import AnyRequest, form_values, show
from app.backoffice.settings import basis_points, percent
from app.identity import MERCHANT, viewer_of
from app.kernel.errors import InvalidInput
from app.kernel.i18n import N_, translate_fields
from app.kernel.i18n import gettext as _
from app.kernel.money import CURRENCIES, InvalidAmount, parse_amount, plain_amount
from app.kernel.pages import see_other
from app.payouts import Policy

DAYS = N_("Enter a number of days up to 365.")
# name -> least, most, and what is said of anything else
COUNTS = {
    "freeze_days": (0, 365, DAYS), "received_after_days": (1, 365, DAYS), "reserve_days": (1, 365, DAYS),
    "cooling_hours": (0, 336, N_("Enter a number of hours up to 336.")),
}  # fmt: skip
SHARES = {"reserve_bps": 10_000, "withholding_bps": 5_000}
AMOUNTS = {"threshold_amount": 1, "step_up_amount": 0}


class PayoutTermsController(Controller):
    path = "/payouts/settings"

    @get(permission="settings.write")
    async def show_terms(self, request: AnyRequest) -> Template:
        async with tenants.transaction():
            policy = await payouts.read_policy()
        return await _page(request, _written(policy), {})

    @post(permission="settings.write")
    async def change_terms(self, request: AnyRequest) -> Template | Redirect:
        """What protects payouts is changed by whoever proves who they are."""
        values, viewer = form_values(await request.form()), viewer_of(request)
        try:
            async with tenants.transaction():
                policy = _read(values, await payouts.read_policy())
            if not await identity.confirm(request, MERCHANT, viewer, values.get("password", "")):
                raise identity.PasswordNeeded
        except InvalidInput as refusal:
            return await _page(request, values, translate_fields(refusal))
        async with tenants.transaction():
            await payouts.save_policy(policy)
        await identity.renew(request, MERCHANT, viewer)
        return see_other("/payouts/settings", flash=("ok", _("Saved")))


async def _page(request: AnyRequest, values: dict[str, str], errors: dict[str, str]) -> Template:
    return await show(
        request, "payouts/settings.html", status_code=422 if errors else 200, values=values, errors=errors,
        symbol=CURRENCIES[tenants.current().currency].symbol, confirmed=identity.confirmed_lately(viewer_of(request)),
    )  # fmt: skip


def _written(policy: Policy) -> dict[str, str]:
    currency = tenants.current().currency
    return (
        {name: str(getattr(policy, name)) for name in COUNTS}
        | {name: percent(getattr(policy, name)) for name in SHARES}
        | {name: plain_amount(getattr(policy, name), currency) for name in AMOUNTS}
    )


def _read(values: dict[str, str], before: Policy) -> Policy:
    """A field the form does not have keeps what it was. Raises InvalidInput."""
    wrong: dict[str, str] = {}
    found = {name: getattr(before, name) for name in (*COUNTS, *SHARES, *AMOUNTS)}
    for name in found.keys() & values.keys():
        read = _count if name in COUNTS else _share if name in SHARES else _amount
        found[name] = read(values[name].strip(), name, wrong)
    if wrong:
        raise InvalidInput(wrong)
    return Policy(**found)


def _count(text: str, name: str, wrong: dict[str, str]) -> int:
    least, most, said = COUNTS[name]
    if not text.isdecimal() or len(text) > 3 or not least <= int(text) <= most:
        wrong[name] = said
        return least
    return int(text)


def _share(text: str, name: str, wrong: dict[str, str]) -> int:
    share = basis_points(text, name, wrong)
    if share > SHARES[name]:
        wrong[name] = N_("This is more than can be kept.")
    return share


def _amount(text: str, name: str, wrong: dict[str, str]) -> int:
    try:
        amount = parse_amount(text, tenants.current().currency)
    except InvalidAmount as error:
        wrong[name] = error.message
        return AMOUNTS[name]
    if amount < AMOUNTS[name]:
        wrong[name] = N_("Enter an amount above zero.")
    return amount


HANDLERS = [PayoutTermsController]
