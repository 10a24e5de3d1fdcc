"""How the store's sales are taxed: not at all, inside its prices, or on top of them.

The tax of an order is one rounding, half a unit up, and is then spread over the taxable lines by largest remainder; so
the lines always add up to the order's tax, and the order to what the rate says of its sum.
"""

from __future__ import annotations

from typing import Literal, get_args

import msgspec

import tenants
from app.kernel.clock import now
from app.kernel.errors import InvalidInput
from app.kernel.i18n import N_
from app.store.profile import forget

TaxMode = Literal["none", "inclusive", "exclusive"]
TAX_MODES: tuple[TaxMode, ...] = get_args(TaxMode)
HIGHEST_BPS = 5_000
LONGEST_NAME = 40


class TaxTerms(msgspec.Struct, frozen=True, kw_only=True):
    """`name` is what shoppers read: VAT, GST, 營業稅. `on_freight` taxes the delivery of taxable goods too."""

    mode: TaxMode
    bps: int
    name: str
    on_freight: bool


async def change_tax(terms: TaxTerms) -> None:
    """Raises InvalidInput. Orders that were placed keep the tax they were placed with."""
    wrong: dict[str, str] = {}
    if terms.mode not in TAX_MODES:
        wrong["tax_mode"] = N_("Choose one of the offered values.")
    if not 0 <= terms.bps <= HIGHEST_BPS or (terms.mode != "none" and not terms.bps):
        wrong["tax_rate"] = N_("Between 0.01 and 50 percent.")
    if len(terms.name) > LONGEST_NAME or (terms.mode != "none" and not terms.name):
        wrong["tax_name"] = N_("Say what the tax is called, in up to 40 characters.")
    if wrong:
        raise InvalidInput(wrong)
    await tenants.connection().execute(
        "UPDATE store_profile SET tax_mode = $1, tax_bps = $2, tax_name = $3, tax_on_freight = $4,"
        " version = version + 1, updated_at = $5",
        terms.mode, terms.bps, terms.name, terms.on_freight, now(),
    )  # fmt: skip
    forget()
