"""Card numbers never come here: shoppers type them on the provider's own page, or not at all.

A form of ours that carries one anyway is refused before anybody reads it, and the number is written nowhere: not into
the answer, not into the log. Only numbers that could be a card's count, by first digits, length and check digit, so
that phones, parcels and orders are left alone.
"""

from __future__ import annotations

import re
from typing import Any

from litestar import Request

from app.kernel.errors import Refusal

_RUN = re.compile(r"(?<![0-9A-Za-z])[0-9](?:[ -]?[0-9]){12,18}(?![0-9A-Za-z])")
_BRANDS = re.compile(
    r"4[0-9]{15}(?:[0-9]{3})?"  # Visa
    r"|5[1-5][0-9]{14}|2(?:22[1-9]|2[3-9][0-9]|[3-6][0-9]{2}|7[01][0-9]|720)[0-9]{12}"  # Mastercard
    r"|3[47][0-9]{13}"  # American Express
    r"|(?:62|81)[0-9]{14,17}"  # UnionPay
    r"|35(?:2[89]|[3-8][0-9])[0-9]{12}"  # JCB
    r"|(?:6011|65[0-9]{2}|64[4-9][0-9])[0-9]{12}"  # Discover
    r"|3(?:0[0-5]|[68][0-9])[0-9]{11}"  # Diners Club
)
_DOUBLED = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)


class CardNumberRefused(Refusal):
    """A form held what looks like the number of a payment card."""

    code = "card_number_refused"
    status = 422
    message = (
        "This looks like a card number. Cards are entered on the payment provider's own page only; nothing was kept."
    )


async def refuse_cards(request: Request[Any, Any, Any]) -> None:
    """Raises CardNumberRefused when a form or a JSON body has one. Files are not looked into."""
    if request.method not in ("POST", "PUT", "PATCH"):
        return
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind in ("application/x-www-form-urlencoded", "multipart/form-data"):
        texts = [text for _name, text in (await request.form()).multi_items() if isinstance(text, str)]
    else:
        texts = [(await request.body()).decode("utf-8", "replace")]
    if any(has_card_number(text) for text in texts):
        raise CardNumberRefused


def has_card_number(text: str) -> bool:
    """Whether a card's number stands somewhere in the text."""
    if len(text) < 13:
        return False
    return any(_is_card(re.sub(r"[ -]", "", found)) for found in _RUN.findall(text))


def _is_card(digits: str) -> bool:
    return _BRANDS.fullmatch(digits) is not None and _check_digit_fits(digits)


def _check_digit_fits(digits: str) -> bool:
    values = [int(digit) for digit in reversed(digits)]
    return (sum(values[::2]) + sum(_DOUBLED[value] for value in values[1::2])) % 10 == 0
