"""Every page there is: the route table says which, the pages' own links say where."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tests.architecture.route_table import Operation, operations
from tests.browser.visitor import Visitor

LABELS = {
    "website": "",
    "storefront": "qinghe",
    "backoffice": "admin",
    "portal": "host",
    "supply": "supply",
    "console": "staff",
}
# GETs that are no page of their own, and why.
NO_PAGE: dict[str, str] = {
    "backoffice GET /campaigns/{campaign_id:uuid}/exports/{leader_export_id:uuid}": "a file to keep",
    "portal GET /chains/{campaign_id:uuid}/exports/{leader_export_id:uuid}": "a file to keep",
    "backoffice GET /payouts/statements/file": "a file to keep",
    "backoffice GET /suppliers/statements/{supply_statement_id:uuid}/file": "a file to keep",
    "supply GET /money/statements/{supply_statement_id:uuid}/file": "a file to keep",
    "backoffice GET /payouts/statements/{promoter_id:uuid}/file": "a file to keep",
    "portal GET /payouts/statements/file": "a file to keep",
    "backoffice GET /order-jobs/{order_job_id:uuid}/file": "a file to keep",
    "backoffice GET /warehouses/authorized": "a vendor's page sends the browser here, with a code",
    "storefront GET /o/{slot:str}": "leads on to a network, on another host",
    "storefront GET /live/{code:str}/now": "the part of a session's page that moves",
    "storefront GET /invitations/{koc_invitation_id:uuid}/{answer_key:str}": "opened from a mail, with its key",
    "storefront GET /find-order/{order_ticket:str}": "opened by whoever found the order, for half an hour",
    "storefront GET /packing-sheets/{sheet_key:str}": "opened from a mail, with its key",
    "backoffice GET /materials/{material_pack_id:uuid}/files/{material_file_id:uuid}": "a picture or a video",
    "portal GET /materials/{material_pack_id:uuid}/files/{material_file_id:uuid}": "a picture or a video",
    "storefront GET /campaigns/{code:str}/teams/{team:str}/progress": "the part of a page that a team's end changes",
}
_NOT_HTML = re.compile(
    r"\.(json|csv|png|svg|css|zip|pdf|xlsx|txt|xml|webmanifest)$|/stream$|/l/|^/enter$|^/theme/|/locale/|/media/"
    r"|/pictures/\{aftersale_picture_id"
)
_LINK = re.compile(r'(?:href|hx-get)="(/[^"#]*)')


# Asked from inside a page of the same host, so that names below localhost are found by the browser itself.
_FETCH = """async (path) => {
  try {
    const answer = await fetch(path, {headers: {Accept: "text/html"}});
    const text = await answer.text();
    const at = new URL(answer.url);
    return {text, path: at.pathname + at.search, whole: answer.ok && /^\\s*<!doctype html/i.test(text)};
  } catch {
    return {text: "", path, whole: false};  // it leads to another host, which a script may not follow
  }
}"""


@dataclass(frozen=True)
class Seen:
    """Where a page was found. A part of a page, or an address that only leads on, is not `whole`."""

    path: str
    whole: bool


def pages_of(face: str) -> list[Operation]:
    """GETs of this face that answer with a page."""
    return [
        operation
        for operation in operations()
        if operation.face == face
        and operation.method == "GET"
        and not _NOT_HTML.search(operation.path)
        and operation.name not in NO_PAGE
    ]


def pattern_of(operation: Operation) -> re.Pattern[str]:
    parts = re.split(r"\{\w+:(\w+)\}", operation.path)
    kinds = {"uuid": r"[0-9a-f-]{36}", "int": r"\d+", "path": r".+"}
    text = "".join(kinds.get(part, r"[^/]+") if number % 2 else re.escape(part) for number, part in enumerate(parts))
    return re.compile(f"^{text}$")


def page_for(path: str, face: str) -> Operation | None:
    """The page this address leads to; addresses written out win over ones with a parameter."""
    found = [operation for operation in pages_of(face) if pattern_of(operation).match(path.partition("?")[0])]
    return min(found, key=lambda operation: operation.path.count("{"), default=None)


async def walk(visitor: Visitor, face: str, start: list[str]) -> dict[str, Seen]:
    """One address for every page of the face that can be reached, by the name of its operation."""
    found: dict[str, Seen] = {}
    waiting = list(start)
    await visitor.open(LABELS[face], "/")
    while waiting:
        path = waiting.pop(0)
        operation = page_for(path, face)
        if operation is None or operation.name in found:
            continue
        answer = await visitor.page.evaluate(_FETCH, path)
        moved = path != answer["path"]
        found[operation.name] = Seen(path, answer["whole"] and not moved)
        waiting += ([answer["path"]] if moved else []) + list(_links(answer["text"]))
    return found


def _links(text: str) -> Iterator[str]:
    for path in dict.fromkeys(_LINK.findall(text)):
        yield path.replace("&amp;", "&")
