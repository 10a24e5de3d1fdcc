"""The expected "no", and what can go wrong on the way into a store."""

from __future__ import annotations

from typing import Any, ClassVar


class Refusal(Exception):
    """The shop says no, knows why, and can say what to do next.

    Subclasses set `code` (stable, dotted), `status` (HTTP) and a docstring. `message` is an English msgid with named
    %-placeholders filled from `details`; faces translate it and show it. Nobody is paged for a refusal.
    """

    code: ClassVar[str] = "refused"
    status: ClassVar[int] = 422
    message: ClassVar[str] = "This cannot be done."
    retry_after: ClassVar[int] = 0  # seconds, where waiting helps

    def __init__(self, **details: Any) -> None:
        super().__init__(self.code, details)
        self.details = details

    def __str__(self) -> str:
        return f"{self.code}: {self.message % self.details}" if self.details else f"{self.code}: {self.message}"


class TenantNotBound(RuntimeError):
    """A statement was about to run outside any store: a defect, stopped before it reaches the database."""


class AlreadyInside(RuntimeError):
    """A second transaction was opened inside an open one; use `savepoint()` when part of the work may fail."""


class UnknownStore(Refusal):
    """No store answers under that name."""

    code = "tenants.unknown_store"
    status = 404
    message = "There is no store at this address."


class SlugRefused(Refusal):
    """The wanted subdomain is not free to take."""

    code = "tenants.slug_refused"
    status = 422
    message = "This address is not available. Choose another one."


class SlugInvalid(Refusal):
    """The wanted subdomain is not a host name label we accept."""

    code = "tenants.slug_invalid"
    status = 422
    message = "Use 3 to 40 lowercase letters, digits or hyphens, starting with a letter."


class StoreClosed(Refusal):
    """The store's state does not allow this act."""

    code = "tenants.store_closed"
    status = 503
    message = "This store is not taking visitors right now."
