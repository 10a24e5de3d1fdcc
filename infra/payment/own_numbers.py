"""Our numbers at a provider where others may use the same merchant's account: another store, or the shop before ours.

Two stores count alike: without a mark the second one's first order would be the first one's at the provider, and paid.
"""

from __future__ import annotations

from infra.payment.port import UnrelatedNotice


class OwnNumbers:
    """Our number and a mark behind it, which is the account's own. An empty mark changes nothing."""

    def __init__(self, mark: str, *, between: str = "_") -> None:
        self._tail = f"{between}{mark}" if mark else ""

    def theirs(self, number: str) -> str:
        return number + self._tail

    def is_ours(self, name: str) -> bool:
        return name.endswith(self._tail)

    def ours(self, name: str) -> str:
        """Raises UnrelatedNotice for a name without our mark."""
        if not self.is_ours(name):
            raise UnrelatedNotice(name)
        return name.removesuffix(self._tail)


class PlainNumbers(OwnNumbers):
    """For a provider whose names are letters, digits and underscores: ours have hyphens, and no underscores."""

    def theirs(self, number: str) -> str:
        return super().theirs(number.replace("-", "_"))

    def ours(self, name: str) -> str:
        return super().ours(name).replace("_", "-")
