"""The expected "no": a refusal is a type with a stable code, not a crash."""

from __future__ import annotations

from tenants.errors import Refusal as Refusal


class NotFound(Refusal):
    """Nothing of that name here; also the answer for things that belong to somebody else."""

    code = "not_found"
    status = 404
    message = "This page does not exist, or it is not yours to see."


class Forbidden(Refusal):
    """Signed in, but this role may not do that."""

    code = "forbidden"
    status = 403
    message = "Your role does not allow this. Ask the store's owner."


class SignInNeeded(Refusal):
    """Nobody is signed in on this host."""

    code = "sign_in_needed"
    status = 401
    message = "Sign in to go on."


class InvalidInput(Refusal):
    """A form or body did not make sense; `fields` maps a field name to an English msgid."""

    code = "invalid_input"
    status = 422
    message = "Some fields need another look."

    def __init__(self, fields: dict[str, str]) -> None:
        super().__init__(fields=fields)
        self.fields = fields
