"""What providers call our payments: some of them answer only to names of their own making."""

from __future__ import annotations

from typing import Protocol


class References(Protocol):
    """The store's memory, asked by adapters between transactions."""

    async def of_payment(self, number: str) -> str:
        """The provider's name of a payment of ours; empty when nobody told us one."""
        ...


class _Nothing:
    async def of_payment(self, number: str) -> str:
        return ""


NOTHING_KNOWN = _Nothing()
