"""Sign-up: four answers and the store is open; the merchant lands in its back office, signed in."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Annotated, Any, Literal

import msgspec
from litestar import Controller, Request, get, post
from litestar.params import FromQuery
from litestar.response import Redirect, Template

from app import identity
from app.flows.open_store import Wishes, open_store
from app.identity import MERCHANT, EmailTaken
from app.kernel import limits
from app.kernel.errors import InvalidInput, Refusal
from app.kernel.forms import read_form
from app.kernel.i18n import N_, current_locale, gettext, translate_fields, translate_refusal
from app.kernel.pages import page
from infra.settings import settings
from tenants import directory
from tenants.errors import SlugInvalid, SlugRefused
from tenants.lifecycle import NewStore
from tenants.names import check_slug

AnyRequest = Request[Any, Any, Any]

MODES = (
    ("independent", N_("Branded shop"), N_("Catalog, cart and checkout under your own name.")),
    ("live", N_("Live selling"), N_("Hosts sell on air; every link shows what it sold.")),
    ("member_distribution", N_("Sharing customers"), N_("Buyers share links and earn on what they bring.")),
    ("community", N_("Group buying"), N_("Leaders collect orders in their own circles.")),
)
CURRENCIES = ("CNY", "TWD", "HKD", "SGD", "MYR", "USD", "JPY")
ZONES = {
    "CNY": "Asia/Shanghai", "TWD": "Asia/Taipei", "HKD": "Asia/Hong_Kong", "SGD": "Asia/Singapore",
    "MYR": "Asia/Kuala_Lumpur", "USD": "America/New_York", "JPY": "Asia/Tokyo",
}  # fmt: skip
COLORS = (
    ("#14603f", N_("Field green")), ("#c2311a", N_("Vermilion")), ("#24507a", N_("Indigo")),
    ("#8a6212", N_("Tea gold")), ("#7b4b94", N_("Violet")), ("#1b1916", N_("Ink")),
)  # fmt: skip
HOME_CURRENCY = {"zh-Hans": "CNY", "zh-Hant": "TWD", "en": "USD"}


class SignUpForm(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    name: Annotated[str, msgspec.Meta(max_length=60)] = ""
    slug: Annotated[str, msgspec.Meta(max_length=60)] = ""
    email: Annotated[str, msgspec.Meta(max_length=254)] = ""
    password: Annotated[str, msgspec.Meta(max_length=128)] = ""
    selling_mode: Literal["independent", "live", "member_distribution", "community"] = "independent"
    currency: Literal["CNY", "TWD", "HKD", "SGD", "MYR", "USD", "JPY"] = "CNY"
    brand: str = "#14603f"


class SignUpController(Controller):
    path = "/sign-up"

    @get(permission="public")
    async def show(self) -> Template:
        values = {"currency": HOME_CURRENCY[current_locale.get()], "brand": COLORS[0][0], "selling_mode": "independent"}
        return _form(values, {})

    @get("/address", permission="public")
    async def check_address(self, slug: FromQuery[str] = "") -> Template:
        """Whether the wanted address is free; asked while the merchant types."""
        problem = await _slug_problem(slug.strip().lower())
        return page("website/sign_up/_address.html", slug=slug.strip().lower(), problem=problem)

    @post(permission="public", csrf="origin")
    async def create(self, request: AnyRequest) -> Template | Redirect:
        submitted = dict(await request.form())
        try:
            form = await read_form(request, SignUpForm)
            await _check(form)
            await limits.take(limits.SIGN_UP, identity.client_address(request))
            return await _open(request, form)
        except InvalidInput as refusal:
            return _form(submitted, translate_fields(refusal))
        except (SlugInvalid, SlugRefused) as refusal:
            return _form(submitted, {"slug": translate_refusal(refusal)})
        except Refusal as refusal:
            return _form(submitted, {"": translate_refusal(refusal)})


async def _open(request: AnyRequest, form: SignUpForm) -> Redirect:
    """Login, store, and a one-time code that signs the merchant in on the back office's own host."""
    slug, brand = form.slug.lower(), form.brand if re.fullmatch(r"#[0-9a-fA-F]{6}", form.brand) else COLORS[0][0]
    login = await _login(request, form)
    new = NewStore(
        slug=slug,
        name=form.name,
        locale=current_locale.get(),
        currency=form.currency,
        time_zone=ZONES[form.currency],
        selling_mode=form.selling_mode,
    )
    wishes = Wishes(contact_email=form.email.lower(), look={"brand": brand.lower()})
    tenant = await open_store(new, wishes, owner_login=login)
    code = await identity.codes.issue(MERCHANT, login, tenant.id)
    return Redirect(f"{settings().origin('admin')}/enter?code={code}", status_code=303)


async def _check(form: SignUpForm) -> None:
    """Raises InvalidInput with everything that is wrong at once."""
    wrong: dict[str, str] = {} if form.name else {"name": N_("Name your store.")}
    if not form.slug:
        wrong["slug"] = N_("Choose the address of your store.")
    elif problem := await _slug_problem(form.slug.lower()):
        wrong["slug"] = problem
    checks: list[Callable[[], str]] = [
        lambda: identity.check_email(form.email),
        lambda: identity.check_password(form.password, MERCHANT.name),
    ]
    for check in checks:
        try:
            check()
        except InvalidInput as refusal:
            wrong |= refusal.fields
    if wrong:
        raise InvalidInput(wrong)


async def _login(request: AnyRequest, form: SignUpForm) -> Any:
    """A new merchant, or the known one who proves it with the password they already have."""
    try:
        return await identity.register(
            MERCHANT,
            name=form.email.partition("@")[0],
            email=form.email,
            password=form.password,
            locale=current_locale.get(),
        )
    except EmailTaken:
        account = await identity.authenticate(request, MERCHANT, form.email, form.password)
        return account.id


async def _slug_problem(slug: str) -> str:
    """Why the address cannot be had, in the visitor's language; empty when it can."""
    try:
        check_slug(slug)
    except Refusal as refusal:
        return translate_refusal(refusal)
    return gettext(SlugRefused.message) if await directory.find_by_slug(slug) else ""


def _form(values: dict[str, Any], errors: dict[str, str]) -> Template:
    return page(
        "website/sign_up/show.html",
        status_code=422 if errors else 200,
        values={name: value for name, value in values.items() if name != "password"},
        errors=errors,
        modes=[(mode, gettext(label)) for mode, label, _ in MODES],
        currencies=[(currency, currency) for currency in CURRENCIES],
        colors=[(color, gettext(name)) for color, name in COLORS],
        domain=settings().authority(),
    )
