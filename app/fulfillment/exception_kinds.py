"""What can go wrong on the way of goods: each kind with its words, how bad it is, and what can be done about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.kernel.i18n import N_


@dataclass(frozen=True, slots=True)
class ExceptionKind:
    """`deeds` are codes of what the page offers, the likeliest first. `undoable`: resolving it by hand can be taken
    back, because its cause does not come and go by itself.
    """

    title: str
    cause: str
    advice: str
    deeds: tuple[str, ...]
    severity: str = "bad"
    undoable: bool = True


SHORT_PICK = "short_pick"
SUBSTITUTION_DECLINED = "substitution_declined"
WRONG_SKU = "wrong_sku"
REFUSED_BY_WAREHOUSE = "refused_by_warehouse"
SILENT_WAREHOUSE = "silent_warehouse"
PUSH_STUCK = "push_stuck"
FAILED_INTERCEPT = "failed_intercept"
ADDRESS_REFUSED = "address_refused"
HELD = "held"
PARCEL_STUCK = "parcel_stuck"
PARCEL_DELAYED = "parcel_delayed"
PARCEL_RETURNED = "parcel_returned"
PARCEL_LOST = "parcel_lost"
UNKNOWN_PARCEL_LINES = "unknown_parcel_lines"
QUARANTINED_NOTICE = "quarantined_notice"
RETURN_DIFFERS = "return_differs"
SLA_MISSED = "sla_missed"
SLA_NEAR = "sla_near"
SUPPLIER_REFUSED = "supplier_refused"
SUPPLIER_SENDS_ANYWAY = "supplier_sends_anyway"
RECONCILIATION_DIFFERENCE = "reconciliation_difference"
PLATFORM_NOT_TOLD = "platform_not_told"
AUTHORIZATION_OVER = "authorization_over"

EXCEPTION_KINDS: Mapping[str, ExceptionKind] = {
    SHORT_PICK: ExceptionKind(
        N_("Too few on the shelf"),
        N_("The warehouse could not pick everything this order asks for."),
        N_("Send the rest from another warehouse, or give the money for it back."),
        ("map_found", "reroute", "refund_missing", "substitute", "open_order"),
    ),
    SUBSTITUTION_DECLINED: ExceptionKind(
        N_("Replacement declined"),
        N_("The shopper does not want the goods that were offered instead."),
        N_("Give the money for the missing goods back, or offer something else."),
        ("refund_missing", "substitute", "open_order"),
    ),
    WRONG_SKU: ExceptionKind(
        N_("Goods the warehouse does not know"),
        N_("The warehouse has no goods under this SKU."),
        N_("Map the SKU to the warehouse's number, correct it, or let the warehouse create it; then send again."),
        ("map_sku", "open_product", "retry", "move"),
        undoable=False,
    ),
    REFUSED_BY_WAREHOUSE: ExceptionKind(
        N_("The warehouse refused"),
        N_("The warehouse answered that it will not ship this."),
        N_("Read what it says, correct the cause and send again, or let another warehouse do it."),
        ("retry", "move", "open_order", "refund"),
        undoable=False,
    ),
    SILENT_WAREHOUSE: ExceptionKind(
        N_("The warehouse does not answer"),
        N_("Every try was made and no answer came. The order may be there all the same."),
        N_("Ask the warehouse. Sending again is safe: it never ships twice."),
        ("retry", "move", "connections"),
        undoable=False,
    ),
    PUSH_STUCK: ExceptionKind(
        N_("Not handed over for half an hour"),
        N_("This order was to be sent to its warehouse and is not there yet."),
        N_("Look whether the warehouse answers; it is tried again by itself."),
        ("retry", "connections", "move"),
        "warn",
        undoable=False,
    ),
    FAILED_INTERCEPT: ExceptionKind(
        N_("Could not be stopped"),
        N_("The warehouse was asked to stop this order, and did not."),
        N_("Telephone the warehouse. What is on its way can come back: decide how, and the shopper is told."),
        ("way_back_return", "way_back_at_the_door", "refund", "open_order", "try_intercept"),
    ),
    ADDRESS_REFUSED: ExceptionKind(
        N_("The address does not do"),
        N_("The warehouse cannot send to this address: a part is missing or wrong."),
        N_("Correct the address with the shopper; the order is then sent again."),
        ("change_address", "retry", "refund"),
        undoable=False,
    ),
    HELD: ExceptionKind(
        N_("Held"),
        N_("Somebody, or a rule, holds this order back."),
        N_("Release it when the reason is gone, or cancel the order."),
        ("release", "open_order"),
        "warn",
        undoable=False,
    ),
    PARCEL_STUCK: ExceptionKind(
        N_("Parcel in trouble"),
        N_("The carrier reports a problem, or has not moved the parcel for days."),
        N_("Ask the carrier where it is, and tell the shopper."),
        ("open_order", "track"),
    ),
    PARCEL_DELAYED: ExceptionKind(
        N_("Parcel late"),
        N_("The parcel takes longer than it usually does."),
        N_("Tell the shopper; ask the carrier if it does not move."),
        ("open_order", "track"),
        "warn",
    ),
    PARCEL_RETURNED: ExceptionKind(
        N_("Parcel came back"),
        N_("The carrier could not hand it over and brings it back."),
        N_("Ask the shopper whether to send it again, or give the money back once the goods are there."),
        ("open_order", "refund"),
    ),
    PARCEL_LOST: ExceptionKind(
        N_("Parcel lost"),
        N_("The carrier cannot find the parcel."),
        N_("Claim the loss from the carrier; send the goods again or give the money back."),
        ("open_order", "refund"),
    ),
    UNKNOWN_PARCEL_LINES: ExceptionKind(
        N_("Something else in the parcel"),
        N_("The warehouse says it packed goods that were not ordered."),
        N_("Ask the warehouse what is in the parcel, and count the stock."),
        ("open_order", "notices"),
    ),
    QUARANTINED_NOTICE: ExceptionKind(
        N_("News that fit no order"),
        N_("A warehouse or carrier tells of something we do not have."),
        N_("Compare the notice with the warehouse's own list; nothing was moved because of it."),
        ("notices",),
    ),
    RETURN_DIFFERS: ExceptionKind(
        N_("Other goods came back"),
        N_("What the warehouse received is not what was announced."),
        N_("Decide with the shopper what is paid back."),
        ("open_aftersale", "open_order"),
    ),
    SLA_MISSED: ExceptionKind(
        N_("Not shipped in time"),
        N_("The day this order was promised to leave is over."),
        N_("Press the warehouse, or tell the shopper and offer to cancel."),
        ("release", "open_order"),
        undoable=False,
    ),
    SLA_NEAR: ExceptionKind(
        N_("Must leave soon"),
        N_("The time this order was promised to leave by is nearly over."),
        N_("Send it now, or press the warehouse."),
        ("release", "open_order"),
        "warn",
        undoable=False,
    ),
    SUPPLIER_REFUSED: ExceptionKind(
        N_("The supplier refused"),
        N_("The supplier will not deliver these goods."),
        N_("Find another supplier, or give the money back."),
        ("open_order", "refund"),
    ),
    SUPPLIER_SENDS_ANYWAY: ExceptionKind(
        N_("The supplier cannot call it off"),
        N_("You asked for fewer, and the supplier says that these goods are on their way to the shopper."),
        N_("Ask the shopper not to accept the parcel, or to send it back; settle with the supplier who pays."),
        ("open_order", "open_purchase"),
    ),
    PLATFORM_NOT_TOLD: ExceptionKind(
        N_("WeChat was not told of the parcel"),
        N_("WeChat refused the shipping information. Until it has it, it keeps the money."),
        N_("Enter the parcel in the mini-program's own console, then resolve this."),
        ("open_order", "connections"),
    ),
    AUTHORIZATION_OVER: ExceptionKind(
        N_("Authorization over"),
        N_("The warehouse's vendor does not renew your authorization, so nothing can be sent there."),
        N_("Open the warehouse and authorize again; orders that were refused can then be sent again."),
        ("warehouse", "connections"),
        undoable=False,
    ),
    RECONCILIATION_DIFFERENCE: ExceptionKind(
        N_("Orders, warehouse and carrier disagree"),
        N_("The nightly comparison found a difference."),
        N_("Find out which side is right, and correct the other."),
        ("open_order", "tickets"),
        "warn",
    ),
}  # fmt: skip
