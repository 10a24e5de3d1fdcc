"""What a forger could try with notices that were once real, and what a provider's own key may not be used for.

Every mutation changes what is said or who says it. Other ways to write the very same thing (the case of a header's
name, `%2f` for `%2F`) are no forgeries and are not made.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Protocol

from infra.payment.port import PaymentNotice, RefundNotice

NOW = datetime(2026, 11, 22, 0, 0, 30, tzinfo=UTC)

Signed = tuple[dict[str, str], bytes]
Mutation = Callable[[Random, Signed], Signed]


class Parser(Protocol):
    def parse_webhook(
        self, headers: Mapping[str, str], raw_body: bytes, now: datetime
    ) -> PaymentNotice | RefundNotice: ...


@dataclass
class Target:
    """One way of signing: who reads, what is genuine, and the deeds only its own words allow."""

    name: str
    parser: Parser
    genuine: list[Signed]
    deeds: dict[str, Mutation]
    signed_headers: tuple[str, ...] = ()
    same: Callable[[bytes, bytes], bool] = field(default=lambda one, other: one == other)

    def mutations(self) -> dict[str, Mutation]:
        return {**self._of_the_body(), **self._of_the_headers(), **self.deeds}

    def _of_the_body(self) -> dict[str, Mutation]:
        return {
            "a bit of the body": lambda luck, said: (said[0], _flipped(luck, said[1])),
            "a byte taken out": lambda luck, said: (said[0], _cut(said[1], luck.randrange(len(said[1])), 1)),
            "a byte put in": lambda luck, said: (said[0], _put(luck, said[1])),
            "the end cut off": lambda luck, said: (said[0], said[1][: luck.randrange(len(said[1]))]),
            "a digit changed": lambda luck, said: (said[0], _digit(luck, said[1])),
            "two parts exchanged": lambda luck, said: (said[0], _exchanged(luck, said[1])),
        }

    def _of_the_headers(self) -> dict[str, Mutation]:
        if not self.signed_headers:
            return {}

        def changed(luck: Random, said: Signed) -> Signed:
            name = luck.choice(self.signed_headers)
            value = said[0][name]
            at = luck.randrange(len(value))
            other = chr(ord(value[at]) ^ (1 << luck.randrange(7)))
            return said[0] | {name: value[:at] + other + value[at + 1 :]}, said[1]

        def missing(luck: Random, said: Signed) -> Signed:
            name = luck.choice(self.signed_headers)
            return {key: value for key, value in said[0].items() if key != name}, said[1]

        def of_another(luck: Random, said: Signed) -> Signed:
            """A header replayed from another genuine notice: its nonce, its time, its signature, its event."""
            name, other = luck.choice(self.signed_headers), luck.choice(self.genuine)
            return said[0] | {name: other[0][name]}, said[1]

        def all_of_another(luck: Random, said: Signed) -> Signed:
            return dict(luck.choice(self.genuine)[0]), said[1]

        return {
            "a bit of a header": changed,
            "a header missing": missing,
            "a header replayed": of_another,
            "a signature replayed": all_of_another,
        }

    def is_forged(self, was: Signed, now: Signed) -> bool:
        """Whether anything that matters is different."""
        return was[0] != now[0] or not self.same(was[1], now[1])


def _flipped(luck: Random, body: bytes) -> bytes:
    at = luck.randrange(len(body))
    return body[:at] + bytes([body[at] ^ (1 << luck.randrange(8))]) + body[at + 1 :]


def _cut(body: bytes, at: int, length: int) -> bytes:
    return body[:at] + body[at + length :]


def _put(luck: Random, body: bytes) -> bytes:
    at = luck.randrange(len(body) + 1)
    return body[:at] + bytes([luck.randrange(256)]) + body[at:]


def _digit(luck: Random, body: bytes) -> bytes:
    at = luck.choice([at for at, byte in enumerate(body) if chr(byte).isdigit()])
    return body[:at] + str((int(chr(body[at])) + luck.randrange(1, 10)) % 10).encode() + body[at + 1 :]


def _exchanged(luck: Random, body: bytes) -> bytes:
    one, two, three = sorted(luck.sample(range(len(body)), 3))
    return body[:one] + body[two:three] + body[one:two] + body[three:]


def away(luck: Random) -> datetime:
    """Out of the five minutes, before or after."""
    return NOW + timedelta(seconds=luck.choice([-1, 1]) * luck.randrange(302, 10_000_000))
