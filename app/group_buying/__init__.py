"""Room: campaigns, what they offer, and who takes part."""

from app.group_buying import (
    chains,
    exports,
    invitations,
    labels,
    ladders,
    leader_goods,
    seats,
    stairs,
    teams,
    words,
)
from app.group_buying.campaigns import (
    Campaign,
    Event,
    events_of,
    find,
    find_by_code,
    find_each,
    listed,
    lock,
    move,
    note,
    opens_preview,
    preview_key,
    running,
    running_with,
    set_end,
    set_terms,
    write_result,
)
from app.group_buying.chains import Shares
from app.group_buying.exports import Export
from app.group_buying.invitations import Sharer
from app.group_buying.items import (
    Item,
    Tier,
    give_back_held,
    give_back_taken,
    hold,
    hold_at_commit,
    is_sold_out,
    is_too_much,
    items_of,
    items_of_each,
    take,
    take_at_commit,
)
from app.group_buying.kinds import (
    KINDS,
    NAMES_DAY,
    TERMS,
    ChainTerms,
    CommunityTerms,
    DemandTestTerms,
    FlashSaleTerms,
    Kind,
    LadderTerms,
    PresaleTerms,
    Question,
    TeamGroupTerms,
    Terms,
    read_terms,
    terms_of,
)
from app.group_buying.labels import Label
from app.group_buying.leader_goods import Allowed, Good
from app.group_buying.offered import WHOLE, Whole, find_whole, find_whole_by_code, read_whole
from app.group_buying.own_places import OwnPlace, OwnTeam, own_places
from app.group_buying.participations import (
    Participation,
    confirm,
    counting_person,
    has_unpaid,
    participation_of,
    release,
    take_part,
    taking_part,
    uncount_person,
    waiting_orders,
    within_limit,
)
from app.group_buying.refusals import (
    InAnotherTeam,
    LimitReached,
    NotForYou,
    NothingChosen,
    NotOffered,
    NotPublishable,
    NotRunning,
    QuotaGone,
    TeamFull,
    TeamOver,
    WrongMoment,
)
from app.group_buying.saving import CampaignDraft, ItemDraft, delete_draft, save
from app.group_buying.seats import Member, Seat
from app.group_buying.teams import Team

__all__ = [
    "KINDS", "NAMES_DAY", "TERMS", "WHOLE", "Allowed", "Campaign", "CampaignDraft", "ChainTerms", "CommunityTerms",
    "DemandTestTerms", "Event", "Export", "FlashSaleTerms", "Good", "InAnotherTeam", "Item", "ItemDraft", "Kind",
    "Label", "LadderTerms", "LimitReached", "Member", "NotForYou", "NotOffered", "NotPublishable", "NotRunning",
    "NothingChosen", "OwnPlace", "OwnTeam", "Participation", "PresaleTerms", "Question", "QuotaGone", "Seat",
    "Sharer", "Shares", "Team", "TeamFull", "TeamGroupTerms", "TeamOver", "Terms", "Tier", "Whole", "WrongMoment",
    "chains", "confirm", "counting_person", "delete_draft", "events_of", "exports", "find", "find_by_code",
    "find_each", "find_whole", "find_whole_by_code", "give_back_held", "give_back_taken", "has_unpaid", "hold",
    "hold_at_commit", "invitations", "is_sold_out", "is_too_much", "items_of", "items_of_each", "labels", "ladders",
    "leader_goods", "listed", "lock", "move", "note", "opens_preview", "own_places", "participation_of",
    "preview_key", "read_terms", "read_whole", "release", "running", "running_with", "save", "seats", "set_end",
    "set_terms", "stairs", "take", "take_at_commit", "take_part", "taking_part", "teams", "terms_of",
    "uncount_person", "waiting_orders", "within_limit", "words", "write_result",
]  # fmt: skip
