"""Rows of selection rounds: what stands to be chosen, who may vote, and who voted for what."""

from piccolo.columns import BigInt, Boolean, Integer, Text, Timestamptz
from piccolo.columns.base import OnDelete
from piccolo.constraints import Unique
from piccolo.table import Table

from app.kernel.columns import key, reference


class SelectionRound(Table):
    """A question to promoters: what shall we sell next?"""

    id = key()
    title = Text(default=None)
    words = Text(default="")
    status = Text(default="open")
    ends_at = Timestamptz(default=None)
    most_votes = Integer(default=3)
    takes_proposals = Boolean(default=True)
    created_by = Text(default=None)
    created_at = Timestamptz(default=None)
    closed_at = Timestamptz(default=None, null=True)
    closed_by = Text(default="")
    campaign = reference("group_buying", "Campaign", null=True, on_delete=OnDelete.set_null)


class SelectionCandidate(Table):
    """A product of the store, or an idea in words. The winner keeps who proposed it."""

    id = key()
    round = reference("selection", "SelectionRound")
    product = reference("catalog", "Product", null=True, on_delete=OnDelete.set_null)
    title = Text(default=None)
    words = Text(default="")
    price_amount = BigInt(default=None, null=True)
    proposed_by = reference("promoters", "Promoter", null=True)
    won_at = Timestamptz(default=None, null=True)
    added_at = Timestamptz(default=None)
    left_at = Timestamptz(default=None, null=True)
    left_how = Text(default="")
    left_why = Text(default="")
    product_stands_once = Unique([round, product])


class SelectionVoter(Table):
    """A promoter who may vote in a round."""

    id = key()
    round = reference("selection", "SelectionRound")
    promoter = reference("promoters", "Promoter")
    voter_stands_once = Unique([round, promoter])


class SelectionVote(Table):
    """One promoter's vote for one candidate, with how many units they expect to sell."""

    id = key()
    candidate = reference("selection", "SelectionCandidate")
    promoter = reference("promoters", "Promoter")
    units = Integer(default=0)
    voted_at = Timestamptz(default=None)
    one_vote_each = Unique([candidate, promoter])
