"""How people name kinds, states and events of campaigns. English texts, translated where they are shown."""

from __future__ import annotations

from app.kernel.i18n import N_

KINDS = {
    "team_group": N_("Team price"),
    "ladder_campaign": N_("Ladder price"),
    "chain_campaign": N_("Chain order"),
    "community": N_("Community buy"),
    "presale": N_("Pre-sale"),
    "demand_test": N_("Demand test"),
    "flash_sale": N_("Flash sale"),
}
KIND_DETAILS = {
    "team_group": N_("A few people buy together within hours, and everybody pays the team's price."),
    "ladder_campaign": N_("The price falls as more people buy; at the end everybody pays the lowest step."),
    "chain_campaign": N_("A leader opens a list with a deadline; every paid order gets the next number."),
    "community": N_("A daily list with a cut-off; the leader hands out the goods at a pickup point."),
    "presale": N_("Sell before it is there: in full, or with a deposit and a balance."),
    "demand_test": N_("Find out whether something sells before buying it; if not, everybody is refunded."),
    "flash_sale": N_("A sharp price for a short time and a limited number."),
}
# state -> (label, kind of badge)
STATES = {
    "draft": (N_("Draft"), ""),
    "scheduled": (N_("Scheduled"), "info"),
    "open": (N_("Under way"), "ok"),
    "closed": (N_("Closing"), "warn"),
    "settled": (N_("Settled"), ""),
}
AUDIENCES = {
    "everyone": N_("Everybody"),
    "members": N_("Members"),
    "new_customers": N_("People who never bought here"),
}
EVENTS = {
    "created": N_("Written"),
    "changed": N_("Changed"),
    "published": N_("Published"),
    "unpublished": N_("Taken back before it began"),
    "opened_by_clock": N_("Opened on time"),
    "closed_by_clock": N_("Closed on time"),
    "closed_early": N_("Closed early"),
    "extended": N_("Given more time"),
    "goods_there": N_("The goods are there"),
    "called_off": N_("Called off: everybody is paid back"),
    "verdict_go": N_("Verdict: go"),
    "verdict_no_go": N_("Verdict: no-go, everybody is paid back"),
    "verdict_stopped": N_("Stopped before its time, everybody is paid back"),
    "date_moved": N_("Day of shipping moved"),
    "closed_with_supply": N_("Closed with the list it copies"),
    "settled": N_("Settled: everything is counted and paid back"),
    "team_completed": N_("The store completed a team"),
    "team_closed": N_("The store ended a team"),
    "ladder_stepped": N_("The count is final: everybody pays the last step"),
    "ladder_kept": N_("Too few came: everybody keeps the price that was paid"),
    "ladder_failed": N_("Too few came: everybody is refunded"),
}
# Why money went back because of a campaign.
REFUNDS = {
    "ladder_difference": N_("Ladder difference: the price fell after it was paid"),
    "too_few_came": N_("Too few took part in the campaign"),
}
PARTICIPATION = {
    "held": (N_("Not paid yet"), "warn"),
    "taken": (N_("Paid, waits for the group"), "info"),
    "confirmed": (N_("Confirmed"), "ok"),
    "released": (N_("Fell away"), "bad"),
}
# state of a team -> (label, kind of badge)
TEAMS = {
    "forming": (N_("Forming"), "info"),
    "succeeded": (N_("Complete"), "ok"),
    "failed": (N_("Not complete"), "bad"),
}
TEAM_REASONS = {
    "expired": N_("The time was over before everybody was there."),
    "leader_left": N_("Nobody was left in it."),
    "sold_out": N_("The offer was sold out before everybody was there."),
    "merchant_closed": N_("The store ended it."),
}
COMPLETED_BY = {
    "members": N_("Everybody was there."),
    "merchant": N_("The store completed the team, so it counts although somebody was missing."),
    "rule": N_("The time was over and the store completed the team, as its rules say."),
}
DELIVERIES = {
    "express": N_("By parcel"),
    "pickup": N_("Collected at the leader's place"),
    "local": N_("Brought around the neighborhood"),
}
