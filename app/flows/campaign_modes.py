"""Which kind of campaign is played by which mode. A new kind adds its module `mode_<kind>.py` and one line here."""

from __future__ import annotations

from app.flows.campaign_mode import Mode
from app.flows.mode_chain_campaign import ChainMode
from app.flows.mode_community import CommunityMode
from app.flows.mode_demand_test import DemandTestMode
from app.flows.mode_ladder_campaign import Ladder
from app.flows.mode_presale import Presale
from app.flows.mode_team_group import TeamGroupMode
from app.group_buying import Campaign, CampaignDraft

# A kind that is not named here has nothing special.
MODES: dict[str, Mode] = {
    "chain_campaign": ChainMode(),
    "demand_test": DemandTestMode(),
    "ladder_campaign": Ladder(),
    "presale": Presale(),
    "team_group": TeamGroupMode(),
    "community": CommunityMode(),
}
PLAIN = Mode()


def mode_of(campaign: Campaign | CampaignDraft) -> Mode:
    return MODES.get(campaign.kind, PLAIN)
