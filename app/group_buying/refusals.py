"""What a campaign may say no to."""

from __future__ import annotations

from app.kernel.errors import Refusal


class NotRunning(Refusal):
    """It has not begun, or it is over."""

    code = "group_buying.not_running"
    status = 409
    message = "This offer is not open at the moment."


class QuotaGone(Refusal):
    """Others were faster: fewer units are left than were asked for."""

    code = "group_buying.quota_gone"
    status = 409
    message = "Of %(title)s only %(left)s are left in this offer."


class LimitReached(Refusal):
    """One person may have so many of this campaign, counted over all orders."""

    code = "group_buying.limit_reached"
    status = 409
    message = "This offer is limited to %(limit)s per person. With your other orders this would be more."


class NotForYou(Refusal):
    """The campaign is for members, or for people who buy for the first time."""

    code = "group_buying.not_for_you"
    status = 403
    message = "This offer is for a chosen circle. Sign in with the account that was invited."


class NothingChosen(Refusal):
    """A form without a single unit."""

    code = "group_buying.nothing_chosen"
    status = 422
    message = "Choose at least one thing to take part."


class NotOffered(Refusal):
    """A variant that the campaign does not sell."""

    code = "group_buying.not_offered"
    status = 409
    message = "This is not part of the offer any more."


class WrongMoment(Refusal):
    """The campaign is not in a state this can be done in."""

    code = "group_buying.wrong_moment"
    status = 409
    message = "The campaign has moved on in the meantime. Look at it again."


class NotPublishable(Refusal):
    """Something is missing that shoppers need."""

    code = "group_buying.not_publishable"
    status = 409
    message = "Before it can be published: %(missing)s"


class TeamFull(Refusal):
    """All seats are taken, or held by somebody who is paying."""

    code = "group_buying.team_full"
    status = 409
    message = "This team has no free seat at the moment. Open one of your own, or join another."


class TeamOver(Refusal):
    """The team was completed, or its time is over, or nobody has opened it yet."""

    code = "group_buying.team_over"
    status = 409
    message = "This team takes nobody in any more. Open one of your own, or join another."


class InAnotherTeam(Refusal):
    """One forming team per person and campaign."""

    code = "group_buying.in_another_team"
    status = 409
    message = "You are in a team of this offer already. When it is over, you can join another one."
