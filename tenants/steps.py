"""Several changes in one round trip: the rooms say what they change, a flow sends it together.

Waiting for answers is most of what a short transaction does, so a path that is walked all day is counted in round
trips. A room that takes part offers a `Step`; its statement stays where its subject is.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, NamedTuple

from tenants import scope


class Step(NamedTuple):
    """Common table expressions (without `WITH`) that change rows; `$1` is the first of their own values.

    Steps that are sent together run as one statement: none of them sees what another one changes, and the names of
    their expressions must differ.
    """

    sql: str
    values: tuple[Any, ...]


NOTHING = Step("", ())


async def take(*steps: Step) -> None:
    """Take these steps inside the open transaction, in one round trip."""
    wanted = [step for step in steps if step.sql]
    if wanted:
        sql = together(tuple((step.sql, len(step.values)) for step in wanted))
        await scope.connection().execute(sql, *(value for step in wanted for value in step.values))


@lru_cache(maxsize=256)
def together(parts: tuple[tuple[str, int], ...]) -> str:
    """One statement of texts and the number of values each of them wants; always the same text for the same parts."""
    renumbered, taken = [], 0
    for sql, values in parts:
        renumbered.append(_from(sql, taken))
        taken += values
    return "WITH " + ", ".join(renumbered) + " SELECT"


def _from(sql: str, taken: int) -> str:
    return re.sub(r"\$(\d+)", lambda found: f"${int(found[1]) + taken}", sql)
