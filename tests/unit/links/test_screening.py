"""Which arrivals may count."""

from __future__ import annotations

import pytest

from app.links.screening import screen

PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) MicroMessenger/8.0"


def test_a_person_opening_the_link_counts() -> None:
    assert screen("GET", {"user-agent": PHONE}) == ""
    assert screen("GET", {"user-agent": PHONE, "sec-fetch-dest": "document", "sec-fetch-mode": "navigate"}) == ""


@pytest.mark.parametrize(
    ("method", "headers", "reason"),
    [
        ("HEAD", {"user-agent": PHONE}, "not_opened"),
        ("GET", {"user-agent": PHONE, "sec-purpose": "prefetch;prerender"}, "prefetch"),
        ("GET", {"user-agent": PHONE, "purpose": "prefetch"}, "prefetch"),
        ("GET", {"user-agent": PHONE, "sec-fetch-dest": "image"}, "not_a_page"),
        ("GET", {"user-agent": PHONE, "sec-fetch-dest": "iframe"}, "not_a_page"),
        ("GET", {"user-agent": PHONE, "sec-fetch-dest": "empty", "sec-fetch-mode": "cors"}, "not_a_page"),
        ("GET", {"user-agent": "facebookexternalhit/1.1"}, "machine"),
        ("GET", {"user-agent": "Mozilla/5.0 (compatible; Googlebot/2.1)"}, "machine"),
        ("GET", {"user-agent": "TelegramBot (like TwitterBot)"}, "machine"),
        ("GET", {"user-agent": "curl/8.5"}, "machine"),
        ("GET", {}, "machine"),
    ],
)
def test_pictures_machines_and_looks_ahead_do_not(method: str, headers: dict[str, str], reason: str) -> None:
    assert screen(method, headers) == reason
