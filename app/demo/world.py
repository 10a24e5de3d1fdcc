"""Everybody in the journey, and what they learned so far from the pages they saw."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from decimal import Decimal

from app.demo.board import BoardWatch
from app.demo.visitor import NotSeen, Visitor
from infra.settings import settings


def _visitor(name: str) -> Visitor:
    return Visitor(name, language="en")


@dataclass(slots=True)
class World:
    """A fresh store and four people who never met; nothing here comes from the database."""

    mark: str = field(default_factory=lambda: secrets.token_hex(4))
    merchant: Visitor = field(default_factory=lambda: _visitor("merchant"))
    host: Visitor = field(default_factory=lambda: _visitor("host"))
    shopper: Visitor = field(default_factory=lambda: _visitor("shopper"))
    staff: Visitor = field(default_factory=lambda: _visitor("staff"))
    watch: BoardWatch | None = None
    product: str = ""
    goods: str = ""
    link: str = ""
    link_page: str = ""
    session_page: str = ""
    pay_page: str = ""
    order: str = ""
    order_page: str = ""
    tracking: str = ""
    given_back: Decimal = Decimal(0)
    request_page: str = ""
    payout_page: str = ""
    bank_page: str = ""
    returned: Decimal = Decimal(0)

    @property
    def slug(self) -> str:
        return f"journey-{self.mark}"

    @property
    def store_name(self) -> str:
        return f"Orchard {self.mark}"

    @property
    def host_name(self) -> str:
        return f"Mei {self.mark}"

    @property
    def password(self) -> str:
        return f"{self.mark} walks the orchard"

    @property
    def board(self) -> BoardWatch:
        """The board somebody opened before. Raises NotSeen."""
        if self.watch is None:
            raise NotSeen("nobody has opened the board")
        return self.watch

    @property
    def order_desk(self) -> str:
        """The order as the merchant sees it."""
        return at("admin", f"/orders/{self.order}")

    def shop(self, path: str = "/") -> str:
        return settings().origin(self.slug) + path

    def email(self, who: str) -> str:
        return f"{who}-{self.mark}@journey.example"

    async def close(self) -> None:
        if self.watch:
            await self.watch.stop()
        for visitor in (self.merchant, self.host, self.shopper, self.staff):
            await visitor.close()


def at(label: str, path: str = "/") -> str:
    """An address on one of the platform's own hosts."""
    return settings().origin(label) + path
