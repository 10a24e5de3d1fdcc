"""A customer's address in the words every warehouse understands; a helper of whoever tells one where goods go."""

from __future__ import annotations

from collections.abc import Mapping

from infra.warehouse.port import Receiver


def receiver_of(ship_to: Mapping[str, str]) -> Receiver:
    return Receiver(
        name=ship_to.get("recipient", ""),
        phone=ship_to.get("phone", ""),
        address=ship_to.get("street", ""),
        country=ship_to.get("country", ""),
        state=ship_to.get("region", ""),
        city=ship_to.get("city", ""),
        district=ship_to.get("district", ""),
        zip=ship_to.get("postal_code", ""),
    )
