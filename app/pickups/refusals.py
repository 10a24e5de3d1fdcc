"""What cannot be done with points and pickups."""

from __future__ import annotations

from app.kernel.errors import Refusal


class NoPoint(Refusal):
    """Nothing was chosen, or a point that does not hand out this campaign."""

    code = "pickups.no_point"
    status = 422
    message = "Choose where you want to pick it up."


class UnknownCode(Refusal):
    """No order of this leader's points has the code. The same words for another leader's, so nothing can be learned."""

    code = "pickups.unknown_code"
    status = 404
    message = "No order to hand out here has this code. Look at it again, or ask for the order's number."


class NotYet(Refusal):
    """The group buy is still running: what is ordered may change."""

    code = "pickups.not_yet"
    status = 409
    message = "This order is not confirmed yet. It can be handed out after the cut-off."


class CalledOff(Refusal):
    """The order was canceled."""

    code = "pickups.called_off"
    status = 409
    message = "This order was called off. Do not hand it out."


class TooLateToUndo(Refusal):
    """It counts as received."""

    code = "pickups.too_late_to_undo"
    status = 409
    message = "This can be undone for %(minutes)s minutes only. Ask the store to put it right."


class NotALeader(Refusal):
    """Only promoters the store knows as leaders hold a point."""

    code = "pickups.not_a_leader"
    status = 403
    message = "The store has not made you a leader who holds a pickup point."
