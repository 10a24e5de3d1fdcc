"""Who may have a sale, and what came of it: the words that a rule takes in and gives out."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who may have the sale. `barred` is why it can never win, or empty; `touch` is None when none qualified.

    `kind` says how: `live` or `link` for a click, `code_at_checkout`, `coupon`, `binding`, or `leader` for the leader
    of a campaign, who claims its orders without a click and without a link. `source` is the binding or the coupon.
    `on_air` says of a click in a live room whether the show still went on when the order was placed.
    """

    click: UUID | None
    touch: UUID | None
    promoter: UUID
    promoter_name: str
    link: UUID | None
    code: str
    label: str
    live_session: UUID | None
    kind: str
    occurred_at: datetime
    barred: str = ""
    source: UUID | None = None
    on_air: bool = False


class Loser(msgspec.Struct, frozen=True):
    """Somebody who did not get the sale, why, and on which rung."""

    candidate: Candidate
    reason: str
    rung: str = "last_click"


class Verdict(msgspec.Struct, frozen=True):
    """`reason` is the rung's name when somebody won, else why nobody did; `rung` is empty then."""

    winner: Candidate | None
    losers: tuple[Loser, ...]
    reason: str
    rung: str = ""
