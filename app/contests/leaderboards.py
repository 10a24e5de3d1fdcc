"""What promoters see of each other on the store's leaderboard, and how they are called there."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

import msgspec

import tenants
from app.kernel.clock import now
from app.kernel.errors import InvalidInput
from app.kernel.i18n import N_
from app.kernel.ids import new_id

PERIODS = {"day": N_("Today"), "week": N_("This week"), "month": N_("This month")}
RANKED_BY = ("net_sales", "paid_orders", "new_customers")
SHOWS = {
    "names": (N_("Names"), N_("Everybody sees who is at which place, with what they sold.")),
    "nicknames": (N_("Nicknames"), N_("The same with the names promoters chose for it, or masked ones.")),
    "own_place": (N_("Only the own place"), N_("Everybody sees their own place and figure, nothing of others.")),
    "nothing": (N_("Nothing"), N_("Only you see it.")),
}
LONGEST_NICKNAME = 20


class LeaderboardSetting(msgspec.Struct, frozen=True, kw_only=True):
    """`metric` is what the board is ranked by unless its reader chooses otherwise."""

    shows: str = "own_place"
    metric: str = "net_sales"


async def read_setting() -> LeaderboardSetting:
    """The store's, or the default."""
    row = await tenants.connection().fetchrow("SELECT shows, metric FROM leaderboard_setting")
    return LeaderboardSetting(**row) if row else LeaderboardSetting()


async def save_setting(setting: LeaderboardSetting) -> None:
    """Raises InvalidInput."""
    if setting.shows not in SHOWS or setting.metric not in RANKED_BY:
        raise InvalidInput({"shows": N_("Choose one of the offered values.")})
    await tenants.connection().execute(
        "INSERT INTO leaderboard_setting (id, shows, metric, updated_at) VALUES ($1, $2, $3, $4)"
        " ON CONFLICT (only_one) DO UPDATE SET shows = excluded.shows, metric = excluded.metric,"
        " updated_at = excluded.updated_at",
        new_id(), setting.shows, setting.metric, now(),
    )  # fmt: skip


async def nicknames_of(promoters: Iterable[UUID]) -> dict[UUID, str]:
    rows = await tenants.connection().fetch(
        "SELECT promoter, nickname FROM promoter_nickname WHERE promoter = ANY($1::uuid[])", list(promoters)
    )
    return {row["promoter"]: row["nickname"] for row in rows}


async def save_nickname(promoter: UUID, nickname: str) -> None:
    """Nothing typed takes it away. Raises InvalidInput."""
    clean = " ".join(nickname.split())
    if len(clean) > LONGEST_NICKNAME:
        raise InvalidInput({"nickname": N_("Up to 20 characters.")})
    if not clean:
        await tenants.connection().execute("DELETE FROM promoter_nickname WHERE promoter = $1", promoter)
        return
    await tenants.connection().execute(
        "INSERT INTO promoter_nickname (id, promoter, nickname, updated_at) VALUES ($1, $2, $3, $4)"
        " ON CONFLICT (promoter) DO UPDATE SET nickname = excluded.nickname, updated_at = excluded.updated_at",
        new_id(), promoter, clean, now(),
    )  # fmt: skip
