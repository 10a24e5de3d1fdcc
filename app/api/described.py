"""What a route says of itself: who may ask, what it takes and gives, and which refusals to expect.

The OpenAPI document is written from these, so a route that is not described cannot be asked either.
"""

from __future__ import annotations

from typing import Any

import msgspec

from app.kernel.cards import CardNumberRefused
from app.kernel.errors import InvalidInput, Refusal, SignInNeeded
from app.kernel.idempotency import KeyUnreadable, KeyUsedOtherwise, StillInFlight
from app.kernel.limits import TooManyTries
from tenants.errors import StoreClosed

Refusals = tuple[type[Refusal], ...]
EVERYWHERE: Refusals = (TooManyTries, StoreClosed)
FROM_A_BODY: Refusals = (InvalidInput, CardNumberRefused)
UNDER_A_KEY: Refusals = (KeyUnreadable, KeyUsedOtherwise, StillInFlight)


def described(
    summary: str,
    *,
    gives: type[msgspec.Struct] | None,
    takes: type[msgspec.Struct] | None = None,
    status: int = 200,
    permission: str = "public",
    bearer: bool = False,
    key: str = "",
    refuses: Refusals = (),
    same_for_all: bool = False,
    media: str = "application/json",
    files: str = "",
    later: str = "",
    **more: Any,
) -> dict[str, Any]:
    """`bearer`: a token is needed, signed in or not. `key`: `optional` or `required`, where a key makes it act once.

    `same_for_all`: it has an ETag, and who has it already is told so. `media`: what it answers if not JSON.
    `files`: the field of a form that may bring pictures beside the body. `later`: what a 202 says, where somebody else
    is asked first.
    """
    known = EVERYWHERE + refuses + (FROM_A_BODY if takes else ()) + (UNDER_A_KEY if key else ())
    if bearer or permission != "public":
        known += (SignInNeeded,)
    return {
        "status_code": status, "permission": permission, "csrf": "none", "summary_": summary, "gives": gives,
        "takes": takes, "bearer": bearer or permission != "public", "key": key, "refuses": known,
        "same_for_all": same_for_all, "media": media, "files": files,
        "later": later, **more,
    }  # fmt: skip


__all__ = ["Refusals", "described"]
