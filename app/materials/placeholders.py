"""Places in a text that each promoter sees filled with what is their own: `{link}`, `{price}`, `{name}`."""

from __future__ import annotations

import re
from collections.abc import Mapping

from app.kernel.errors import InvalidInput
from app.kernel.i18n import N_

PLACES: dict[str, str] = {
    "link": N_("the promoter's own link"), "code": N_("the code of that link"), "name": N_("the promoter's name"),
    "product": N_("what the pack is about"), "price": N_("the price"), "was": N_("the price before"),
    "store": N_("the store's name"), "ends": N_("until when it counts"),
}  # fmt: skip
LONGEST = 2_000
UNKNOWN = N_("No such place is known. Use {link}, {code}, {name}, {product}, {price}, {was}, {store} or {ends}.")
_PLACE = re.compile(r"\{([^{}]*)\}")


def check_words(words: str, field: str) -> None:
    """Raises InvalidInput for what could not be filled, so that no promoter ever shares a brace."""
    if len(words) > LONGEST:
        raise InvalidInput({field: N_("This is too long.")})
    if any(name not in PLACES for name in _PLACE.findall(words)):
        raise InvalidInput({field: UNKNOWN})
    if "{" in _PLACE.sub("", words) or "}" in _PLACE.sub("", words):
        raise InvalidInput({field: N_("A brace is open or closed alone. Places look like this: {link}.")})


def fill_words(words: str, facts: Mapping[str, str]) -> str:
    """What is filled in is not looked at again: a name with braces in it stays a name."""
    return _PLACE.sub(lambda found: facts.get(found.group(1), ""), words)
