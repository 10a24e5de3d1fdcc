"""The two sides write to each other about a request, and show pictures.

Pictures are drawn anew and stored before the transaction; what was refused is said, what was good stays.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

import tenants
from app import aftersales
from app.flows.aftersale_steps import CUSTOMER, MERCHANT, open_desk, tell
from app.kernel import uploads
from app.kernel.errors import InvalidInput
from app.kernel.uploads import ImageRefused, PrivatePicture

MOST_AT_ONCE = 6
LONGEST = 2000


async def store_evidence(files: Iterable[bytes]) -> tuple[list[PrivatePicture], list[str]]:
    """Pictures for a request, and why others were refused. Not inside a transaction."""
    stored, refused = list[PrivatePicture](), list[str]()
    for data in list(files)[:MOST_AT_ONCE]:
        try:
            stored.append(await uploads.store_private_picture(data))
        except ImageRefused as refusal:
            refused.append(refusal.message)
    return stored, refused


async def talk_about_aftersale(
    aftersale: UUID, *, side: str, name: str, words: str, pictures: Sequence[PrivatePicture] = ()
) -> None:
    """Also after the request is over: a question about the refund belongs here, too. Raises InvalidInput."""
    async with tenants.transaction():
        desk = await open_desk(aftersale)
        said = words.strip()[:LONGEST]
        if not said and not pictures:
            raise InvalidInput({"words": "Write something, or add a picture."})
        for picture in pictures:
            if not await aftersales.show_picture(aftersale, side, picture):
                raise InvalidInput({"pictures": "There are enough pictures already."})
        if said:
            await aftersales.say(aftersale, side, said, name=name)
        await tell(desk, "said", (MERCHANT if side == "shopper" else CUSTOMER,), words=said)
