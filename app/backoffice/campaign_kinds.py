"""Which kind of campaign is written by which form. A new kind adds a module of its own and one line here."""

from __future__ import annotations

from app.backoffice.campaign_kind import KindForm
from app.backoffice.kind_chain_campaign import ChainForm
from app.backoffice.kind_community import CommunityForm
from app.backoffice.kind_demand_test import DemandTestForm
from app.backoffice.kind_ladder_campaign import LadderForm
from app.backoffice.kind_presale import PresaleForm
from app.backoffice.kind_team_group import TeamGroupForm


class FlashSaleForm(KindForm):
    """A flash sale has no rules of its own; its price starts a fifth below the usual one."""

    usual_percent = 80


# A kind that is not named here has rules that are all defaults.
KINDS: dict[str, KindForm] = {
    "chain_campaign": ChainForm(),
    "demand_test": DemandTestForm(),
    "flash_sale": FlashSaleForm(),
    "ladder_campaign": LadderForm(),
    "presale": PresaleForm(),
    "team_group": TeamGroupForm(),
    "community": CommunityForm(),
}
PLAIN = KindForm()


def kind_form(kind: str) -> KindForm:
    return KINDS.get(kind, PLAIN)
