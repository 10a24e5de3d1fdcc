"""The route table says who may ask what; a person has looked at every line of it."""

from __future__ import annotations

from app.identity.permissions import MERCHANT_ROLES, PUBLIC, SIGNED_IN, STAFF_ROLES
from tests.architecture import role_matrix
from tests.architecture.route_table import operations


def test_the_route_table_is_the_one_that_was_checked_in() -> None:
    known = [line for line in role_matrix.FILE.read_text().splitlines() if line and not line.startswith("#")]
    now = role_matrix.rows()
    changed = [f"+ {line}" for line in now if line not in known] + [f"- {line}" for line in known if line not in now]

    assert not changed, "Who may ask what has changed. If it is meant, run\n  {}\n{}".format(
        role_matrix.HOW, "\n".join(changed)
    )


def test_every_permission_of_a_face_is_one_its_roles_can_hold() -> None:
    """A misspelt permission would lock everybody out, or be held by nobody who was meant."""
    held = {
        "backoffice": frozenset[str]().union(*MERCHANT_ROLES.values()),
        "console": frozenset[str]().union(*STAFF_ROLES.values()),
    }
    wrong = [
        f"{operation.name}: {operation.permission}"
        for operation in operations()
        if operation.permission not in {PUBLIC, SIGNED_IN} | held.get(operation.face, frozenset())
    ]

    assert wrong == []


def test_a_route_that_lost_its_guard_shows_as_a_changed_line() -> None:
    """Control: one permission loosened is one line that differs."""
    guarded = next(operation for operation in operations() if operation.permission not in (PUBLIC, ""))
    loosened = type(guarded)(guarded.face, guarded.method, guarded.path, PUBLIC, guarded.csrf, guarded.handler)

    assert role_matrix.row(loosened) not in role_matrix.rows()
    assert role_matrix.NOBODY in role_matrix.let_in(loosened)
