"""One question to a tracking service: over the client with its breaker, and its answer as an object."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta, timezone
from typing import Any
from urllib.parse import parse_qsl, urlencode

import msgspec

from infra.carrier.port import BadSignature, CarrierRejected, CarrierUnavailable
from infra.http import AddressRefused, Answer, Outside, OutsideUnavailable

BEIJING = timezone(timedelta(hours=8))
FORM = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}


class Caller:
    """Asks for one account; the breaker is the account's own, so one store's broken service leaves all others alone."""

    def __init__(self, outside: Outside, base_url: str, party: str) -> None:
        self._outside = outside
        self._base_url = base_url.rstrip("/")
        self._party = party

    async def send(self, path: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Raises CarrierRejected for an address we may not call, CarrierUnavailable without an answer."""
        try:
            answer = await self._outside.request(
                "POST", self._base_url + path, content=body, headers=headers, party=f"{self._party}@{self._base_url}"
            )
        except AddressRefused as error:
            raise CarrierRejected("address_refused", str(error)) from error
        except OutsideUnavailable as error:
            raise CarrierUnavailable(str(error)) from error
        if answer.status >= 500 or answer.status == 429:
            raise CarrierUnavailable(f"answered {answer.status}")
        return answer

    async def post_form(self, path: str, form: Mapping[str, str]) -> dict[str, Any]:
        return read(await self.send(path, urlencode(form).encode(), FORM))


def read(answer: Answer) -> dict[str, Any]:
    """The answer's object. What cannot be read is no answer."""
    try:
        said = msgspec.json.decode(answer.body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise CarrierUnavailable(f"answered {answer.status} with something that makes no sense") from error
    if not isinstance(said, dict):
        raise CarrierUnavailable(f"answered {answer.status} with something else than an object")
    return said


def single_form(body: bytes) -> dict[str, str]:
    """A form in which every field is said once. Raises BadSignature."""
    try:
        pairs = parse_qsl(body.decode("utf-8"), keep_blank_values=True, strict_parsing=True, max_num_fields=10)
    except ValueError as error:
        raise BadSignature("not a form") from error
    form = dict(pairs)
    if len(form) != len(pairs):
        raise BadSignature("a field is said twice")
    return form


def from_beijing(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=BEIJING)


def day_of(text: str) -> date | None:
    """The day in what a service writes about it; nothing where it writes none."""
    try:
        return date.fromisoformat(text.strip()[:10])
    except ValueError:
        return None
