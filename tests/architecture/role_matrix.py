"""Who may ask what: the route table crossed with every role, as text that is checked in.

python -m tests.architecture.role_matrix > tests/architecture/role_matrix.txt
"""

from __future__ import annotations

import sys
from pathlib import Path

from app.identity.permissions import MERCHANT_ROLES, PUBLIC, STAFF_ROLES, allows
from tests.architecture.route_table import Operation, operations

FILE = Path(__file__).with_name("role_matrix.txt")
HOW = "python -m tests.architecture.role_matrix > tests/architecture/role_matrix.txt"
NOBODY = "anonymous"

# Face -> (realm, its roles). Shoppers and promoters have no roles; webhooks are called by machines nobody signs in.
WHO: dict[str, tuple[str, tuple[str, ...]]] = {
    "website": ("", ()),
    "storefront": ("shopper", ("",)),
    "api": ("shopper", ("",)),
    "backoffice": ("merchant", tuple(MERCHANT_ROLES)),
    "portal": ("promoter", ("",)),
    "supply": ("supplier", ("",)),
    "console": ("staff", tuple(STAFF_ROLES)),
    "webhooks": ("", ()),
    "anywhere": ("", ()),
}
HEADER = f"""\
# Who may ask what. Made from the route table; look at every changed line before checking it in:
#   {HOW}
# face | method | path | permission | form check | who is let in
"""


def let_in(operation: Operation) -> list[str]:
    """Names of everybody the guard lets through, in the order the roles are declared."""
    realm, roles = WHO[operation.face]
    nobody = [NOBODY] if operation.permission == PUBLIC else []
    return nobody + [role or realm for role in roles if allows(realm, role, operation.permission)]


def row(operation: Operation) -> str:
    known = (operation.face, operation.method, operation.path, operation.permission, operation.csrf)
    return " | ".join((*known, " ".join(let_in(operation))))


def rows() -> list[str]:
    return [row(operation) for operation in operations()]


def main() -> None:
    sys.stdout.write(HEADER + "\n".join(rows()) + "\n")


if __name__ == "__main__":
    main()
