"""Our own protocol: the published example holds, and nothing else is believed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from infra.http import Outside
from infra.warehouse import generic_wire
from infra.warehouse.generic import Generic
from infra.warehouse.port import BadSignature, StaleNotice, UntrustedNotice

PAGE = Path(__file__).parents[3] / "docs" / "integrations" / "warehouse-protocol.md"
NOW = datetime(2026, 11, 26, 8, tzinfo=UTC)
BODY = b'{"notices":[{"type":"cancel","id":"S1:canceled","reference":"S1","at":"2026-11-26T08:00:00Z"}]}'


def test_the_example_of_the_published_page_is_right() -> None:
    parts = ("1795680000", "n-1", "shop-7", "GET", "/wh/orders/T1000001-1")

    assert generic_wire._signature("correct-horse-battery", *parts, body=b"") in PAGE.read_text()


@pytest.fixture
def system(outside: Outside) -> Generic:
    return Generic("https://merchant.example", "shop-7", "correct-horse-battery", outside)


def test_a_rightly_signed_callback_is_read(system: Generic) -> None:
    headers = generic_wire.signed_callback("correct-horse-battery", "shop-7", BODY, NOW)

    (notice,) = system.parse_callback(headers=headers, query="", body=BODY, now=NOW)

    assert notice.notice_id == "S1:canceled"


@pytest.mark.parametrize(
    ("secret", "key", "body", "late", "refusal"),
    [
        ("another-secret-of-theirs", "shop-7", BODY, 0, BadSignature),
        ("correct-horse-battery", "shop-8", BODY, 0, BadSignature),
        ("correct-horse-battery", "shop-7", BODY + b" ", 0, BadSignature),
        ("correct-horse-battery", "shop-7", BODY, 601, StaleNotice),
        ("correct-horse-battery", "shop-7", BODY, -601, StaleNotice),
    ],
)
def test_what_is_signed_otherwise_or_at_another_time_is_not_believed(
    system: Generic, secret: str, key: str, body: bytes, late: int, refusal: type[UntrustedNotice]
) -> None:
    headers = generic_wire.signed_callback(secret, key, BODY, NOW)

    with pytest.raises(refusal):
        system.parse_callback(headers=headers, query="", body=body, now=NOW + timedelta(seconds=late))


def test_signed_rubbish_is_refused(system: Generic) -> None:
    headers = generic_wire.signed_callback("correct-horse-battery", "shop-7", b'{"notices":[{"type":"?"}]}', NOW)

    with pytest.raises(BadSignature):
        system.parse_callback(headers=headers, query="", body=b'{"notices":[{"type":"?"}]}', now=NOW)
