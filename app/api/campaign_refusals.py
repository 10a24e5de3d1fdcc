"""Why a campaign of any kind takes somebody no more, or not like this: when joining it and when ordering in it."""

from __future__ import annotations

from app import group_buying, pickups
from app.api.described import Refusals

OF_CAMPAIGNS: Refusals = (
    group_buying.NotRunning, group_buying.NotForYou, group_buying.NotOffered, group_buying.LimitReached,
    group_buying.QuotaGone, group_buying.TeamFull, group_buying.TeamOver, group_buying.InAnotherTeam,
    group_buying.chains.AnswerNeeded, pickups.NoPoint,
)  # fmt: skip
