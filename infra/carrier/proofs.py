"""Proof of delivery in what Chinese couriers write: the last line says who signed, in words and not in a field."""

from __future__ import annotations

import re
from collections.abc import Sequence

from infra.carrier.port import Checkpoint, Proof

SIGNED_BY = re.compile(
    r"(?:签收人|签收方式|簽收人)(?:是|为|為)?\s*[:：]?\s*[【\[]?([^,，。;；、\s【】\[\]()（）]{1,20})"
)


def proof_in(checkpoints: Sequence[Checkpoint]) -> Proof:
    """Nothing where the parcel was not signed for, or nobody was named."""
    signed = [point for point in checkpoints if point.status in ("delivered", None)]
    for point in sorted(signed, key=lambda each: each.happened_at, reverse=True):
        if named := SIGNED_BY.search(point.text):
            return Proof(named[1])
    return Proof()
