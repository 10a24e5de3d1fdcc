"""What an exception says in words, and the deeds its page offers: links, or posts to a journey."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from app import fulfillment
from app.backoffice import history
from app.kernel.i18n import N_, gettext


@dataclass(frozen=True, slots=True)
class Deed:
    """`path` is filled from the row; a deed whose parts the row does not have, or what it `needs`, is not offered."""

    label: str
    path: str
    permission: str
    post: bool = False
    needs: str = ""


DEEDS: Mapping[str, Deed] = {
    "open_order": Deed(N_("Open the order"), "/orders/{number}", "orders.read"),
    "change_address": Deed(N_("Change the address"), "/orders/{number}/edit", "orders.write"),
    "refund": Deed(N_("Refund"), "/orders/{number}/refunds/new", "refunds.write"),
    "retry": Deed(
        N_("Send again"), "/orders/{number}/work-orders/{fulfillment_order}/retry", "fulfillment.write", post=True
    ),
    "reroute": Deed(
        N_("Send the rest from elsewhere"),
        "/orders/{number}/work-orders/{fulfillment_order}/missing/rerouting",
        "fulfillment.write",
        post=True,
    ),
    "refund_missing": Deed(
        N_("Refund what is missing"),
        "/orders/{number}/work-orders/{fulfillment_order}/missing/refund",
        "refunds.write",
        post=True,
    ),
    "map_sku": Deed(N_("Map this SKU"), "/warehouses/{warehouse}/skus?exception={id}", "fulfillment.write"),
    "map_found": Deed(
        N_("Map what they found"), "/warehouses/{warehouse}/skus?exception={id}", "fulfillment.write", needs="found_sku"
    ),
    "substitute": Deed(N_("Offer something else"), "/orders/{number}#delivery", "refunds.write"),
    "open_product": Deed(N_("Open the product"), "/products/{product}", "products.read"),
    "track": Deed(N_("Follow the parcel"), "/orders/{number}#delivery", "orders.read"),
    "move": Deed(N_("Send from elsewhere"), "/orders/{number}/shipping", "fulfillment.write"),
    "release": Deed(N_("Let it go"), "/orders/{number}/shipping", "fulfillment.write"),
    "release_order": Deed(N_("Let it go"), "/orders/{number}#delivery", "fulfillment.write"),
    "way_back_return": Deed(
        N_("Take it back as a return"),
        "/orders/{number}/work-orders/{fulfillment_order}/way-back/return",
        "refunds.write",
        post=True,
        needs="may_come_back",
    ),
    "way_back_at_the_door": Deed(
        N_("Pay it back once it came back"),
        "/orders/{number}/work-orders/{fulfillment_order}/way-back/at-the-door",
        "refunds.write",
        post=True,
        needs="may_come_back",
    ),
    "try_intercept": Deed(N_("Ask to stop it again"), "/orders/{number}/shipping", "fulfillment.write"),
    "connections": Deed(N_("Connected systems"), "/connections", "fulfillment.read"),
    "warehouse": Deed(N_("Open the warehouse"), "/warehouses/{warehouse}", "connections.write"),
    "notices": Deed(N_("Notices put aside"), "/connections/notices", "connections.read"),
    "tickets": Deed(N_("Tickets"), "/tickets", "books.read"),
    "open_purchase": Deed(N_("Open the purchase order"), "/purchasing/orders/{purchase}", "fulfillment.read"),
    "open_aftersale": Deed(N_("Open the request"), "/aftersales/{aftersale}", "orders.read"),
}
UNKNOWN = fulfillment.ExceptionKind(N_("Something else"), "", "", ("open_order",))


def kind(code: str) -> fulfillment.ExceptionKind:
    return fulfillment.EXCEPTION_KINDS.get(code, UNKNOWN)


def title(code: str) -> str:
    return gettext(kind(code).title)


def cause(code: str) -> str:
    return gettext(kind(code).cause) if kind(code).cause else ""


def advice(code: str) -> str:
    return gettext(kind(code).advice) if kind(code).advice else ""


def reason(row: Mapping[str, Any]) -> str:
    """What the other side said, with its code in words."""
    return history.refusal(str(row["params"].get("reason", "")))


def deeds(row: Mapping[str, Any], may: Callable[[str], bool]) -> list[tuple[str, Deed, str]]:
    """Code, deed and address of what can be done about it by this viewer."""
    known = {**row["params"], **{name: value for name, value in row.items() if value}}
    found = []
    for code in kind(row["kind"]).deeds:
        if code == "release" and str(row.get("status_reason") or "").startswith(fulfillment.HELD):
            code = "release_order"  # its whole order is held, not this work order
        deed = DEEDS.get(code)
        if deed is None or not may(deed.permission) or (deed.needs and not row.get(deed.needs)):
            continue
        try:
            found.append((code, deed, deed.path.format_map(known)))
        except KeyError:
            continue
    return found


def deed(code: str) -> str:
    """How it was dealt with."""
    return gettext(DEEDS[code].label) if code in DEEDS else ""


def options(codes: Mapping[str, int]) -> list[tuple[str, str]]:
    """For the filter: every kind there is something of, with how many."""
    return [(code, f"{title(code)} ({many})") for code, many in codes.items()]


def everything() -> list[tuple[str, str]]:
    """For the filter of what was resolved: every kind."""
    return [(code, title(code)) for code in fulfillment.EXCEPTION_KINDS]
