"""Words and colors for the states a merchant meets."""

from __future__ import annotations

from collections.abc import Iterable

from app.kernel.i18n import N_, gettext

# state -> (text, kind of badge)
PRODUCT = {"draft": (N_("Draft"), ""), "published": (N_("Published"), "ok"), "archived": (N_("Archived"), "warn")}
ORDER = {
    "draft": (N_("Draft"), ""), "placed": (N_("Placed"), "info"), "completed": (N_("Completed"), "ok"),
    "canceled": (N_("Canceled"), "bad"), "expired": (N_("Expired"), ""),
}  # fmt: skip
PAYMENT_STATE = {
    "unpaid": (N_("Unpaid"), "warn"), "authorized": (N_("Authorized"), "info"),
    "partially_paid": (N_("Partly paid"), "warn"), "paid": (N_("Paid"), "ok"),
    "partially_refunded": (N_("Partly refunded"), "info"), "refunded": (N_("Refunded"), ""),
    "voided": (N_("Voided"), ""),
}  # fmt: skip
FULFILLMENT_STATE = {
    "unfulfilled": (N_("To ship"), "warn"), "partially_fulfilled": (N_("Partly shipped"), "info"),
    "fulfilled": (N_("Shipped"), "info"), "delivered": (N_("Delivered"), "ok"), "canceled": (N_("Canceled"), ""),
}  # fmt: skip
WORK_ORDER = {
    "scheduled": (N_("Scheduled"), ""), "open": (N_("Waiting to be sent"), "warn"),
    "on_hold": (N_("Needs a look"), "bad"),
    "submitted": (N_("Sent to the warehouse"), "info"), "accepted": (N_("Accepted"), "info"),
    "rejected": (N_("Rejected"), "bad"), "incomplete": (N_("Incomplete"), "bad"), "closed": (N_("Closed"), "ok"),
    "canceled": (N_("Canceled"), ""),
}  # fmt: skip
PARCEL = {
    "pending": (N_("Pending"), ""), "packed": (N_("Packed"), ""), "shipped": (N_("Shipped"), "info"),
    "in_transit": (N_("On its way"), "info"), "out_for_delivery": (N_("Out for delivery"), "info"),
    "delivered": (N_("Delivered"), "ok"), "exception": (N_("Exception"), "bad"), "returned": (N_("Returned"), "bad"),
    "canceled": (N_("Canceled"), ""),
}  # fmt: skip
PAYMENT = {
    "pending": (N_("Pending"), "warn"), "authorized": (N_("Authorized"), "info"),
    "captured": (N_("Money received"), "ok"),
    "failed": (N_("Failed"), "bad"), "canceled": (N_("Canceled"), ""),
}  # fmt: skip
REFUND = {"pending": (N_("Pending"), "warn"), "succeeded": (N_("Refunded"), "ok"), "failed": (N_("Failed"), "bad")}
PROMOTER = {
    "pending": (N_("Waiting"), "warn"), "approved": (N_("Approved"), "ok"), "rejected": (N_("Rejected"), "bad"),
    "suspended": (N_("Suspended"), "bad"),
}  # fmt: skip
RUN = {
    "uploaded": (N_("Uploaded"), ""), "previewed": (N_("Previewed"), ""), "queued": (N_("Queued"), "info"),
    "running": (N_("Running"), "info"), "finished": (N_("Finished"), "ok"), "failed": (N_("Failed"), "bad"),
    "canceled": (N_("Canceled"), ""),
}  # fmt: skip
COUPON = {
    "draft": (N_("Draft"), ""), "active": (N_("Under way"), "ok"), "paused": (N_("Paused"), "warn"),
    "ended": (N_("Ended"), ""),
}  # fmt: skip
ROLES = {
    "owner": N_("Owner"), "manager": N_("Manager"), "picker": N_("Picker"), "finance": N_("Finance"),
    "read_only": N_("Read only"),
}  # fmt: skip
ROLE_DETAILS = {
    "owner": N_("Everything, settings and staff included."),
    "manager": N_("Products, orders, hosts and the look; no settings, no staff."),
    "picker": N_("Sees orders and works on the fulfillment board."),
    "finance": N_("Sees orders and totals; makes refunds."),
    "read_only": N_("Sees the pages, changes nothing."),
}
KINDS = {
    "sharer": N_("Sharer"), "leader": N_("Leader"), "agent": N_("Agent"), "host": N_("Host"),
    "store_clerk": N_("Store clerk"), "koc": N_("Super customer"), "super_customer": N_("Super customer"),
}  # fmt: skip
ORDER_JOB = {
    "queued": (N_("Queued"), "info"), "running": (N_("Running"), "info"), "ready": (N_("Ready"), "ok"),
    "failed": (N_("Failed"), "bad"), "expired": (N_("Expired"), ""),
}  # fmt: skip
ORDER_JOB_KIND = {
    "orders_csv": (N_("Orders as CSV"), ""), "orders_xlsx": (N_("Orders as XLSX"), ""),
    "lines_csv": (N_("Order lines as CSV"), ""), "lines_xlsx": (N_("Order lines as XLSX"), ""),
    "packing_slips": (N_("Packing slips"), ""), "cancel": (N_("Cancel unpaid orders"), ""),
    "tag": (N_("Add a tag"), ""), "note": (N_("Add a note"), ""),
}  # fmt: skip
SETS = {
    "order_job": ORDER_JOB, "order_job_kind": ORDER_JOB_KIND,
    "product": PRODUCT, "order": ORDER, "payment_state": PAYMENT_STATE, "fulfillment_state": FULFILLMENT_STATE,
    "work_order": WORK_ORDER, "parcel": PARCEL, "payment": PAYMENT, "refund": REFUND, "promoter": PROMOTER, "run": RUN,
    "coupon": COUPON,
}  # fmt: skip


def label(subject: str, state: str) -> str:
    """The word for a state in the reader's language; an unknown state shows as it is."""
    return gettext(SETS[subject].get(state, (state, ""))[0])


def kind(subject: str, state: str) -> str:
    return SETS[subject].get(state, ("", ""))[1]


def options(subject: str) -> list[tuple[str, str]]:
    """For a filter: every state with its word."""
    return [(state, gettext(text)) for state, (text, _kind) in SETS[subject].items()]


def kinds_text(kinds: Iterable[str]) -> str:
    """What a promoter is, in words."""
    return " · ".join(dict.fromkeys(gettext(KINDS.get(name, name)) for name in kinds))
