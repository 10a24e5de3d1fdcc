"""Which arrivals may count."""

from __future__ import annotations

import pytest

from app.links.screening import screen

PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) MicroMessenger/8.0"


def test_a_person_opening_the_link_counts() -> None:
    assert screen("GET", {"user-agent": PHONE}) == ""
    assert screen("GET", {"user-agent": PHONE, "sec-fetch-dest": "document", "sec-fetch-mode": "navigate"}) == ""


@pytest.mark.parametrize(
    "agent",
    [
        PHONE,
        "Mozilla/5.0 (Linux; Android 14; K) AppleWebKit/537.36 Chrome/126.0 Mobile Safari/537.36 Telegram-Android/11.2",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Mobile/15E148 Instagram 340.0",
        "Mozilla/5.0 (Linux; Android 13) Chrome/116.0 Mobile Safari/537.36 aweme_30.9.0 BytedanceWebview",
    ],
)
def test_people_in_the_browsers_of_other_programs_count(agent: str) -> None:
    assert screen("GET", {"user-agent": agent, "accept": "text/html,*/*;q=0.8"}) == ""


PARTS_OF_PAGES = ("image", "iframe", "frame", "script", "style", "embed", "object", "video", "font", "empty")


@pytest.mark.parametrize("dest", PARTS_OF_PAGES)
def test_a_link_loaded_as_a_part_of_another_page_does_not(dest: str) -> None:
    assert screen("GET", {"user-agent": PHONE, "sec-fetch-dest": dest}) == "not_a_page"


@pytest.mark.parametrize("accept", ["image/avif,image/webp,*/*;q=0.8", "text/css,*/*;q=0.1", "application/json"])
def test_an_old_browser_that_asks_for_no_page_does_not(accept: str) -> None:
    assert screen("GET", {"user-agent": PHONE, "accept": accept}) == "not_a_page"


def test_redirects_that_began_as_a_picture_end_as_one() -> None:
    """The browser says so at every hop; only the method of the last one is a GET like any other."""
    hops = {"user-agent": PHONE, "sec-fetch-dest": "image", "sec-fetch-mode": "no-cors", "sec-fetch-site": "cross-site"}

    assert screen("GET", hops) == "not_a_page"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("sec-purpose", "prefetch"),
        ("sec-purpose", "prefetch;prerender"),
        ("sec-purpose", "prefetch;anonymous-client-ip"),
        ("purpose", "prefetch"),
        ("x-purpose", "preview"),
        ("x-moz", "prefetch"),
    ],
)
def test_a_look_ahead_does_not(name: str, value: str) -> None:
    assert screen("GET", {"user-agent": PHONE, name: value, "sec-fetch-dest": "document"}) == "prefetch"


@pytest.mark.parametrize(
    "agent",
    [
        "facebookexternalhit/1.1",
        "WhatsApp/2.23.20.0",
        "TelegramBot (like TwitterBot)",
        "Twitterbot/1.0",
        "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
        "Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)",
        "LinkedInBot/1.0",
        "Mozilla/5.0 (Windows NT 6.1; WOW64) SkypeUriPreview Preview/0.5",
        "Mozilla/5.0 LarkUrl2Meta/1.0",
        "DingTalkBot-LinkService/1.0",
        "QQ-URL-Manager",
        "Mozilla/5.0 (compatible; Baiduspider/2.0)",
        "Mozilla/5.0 (Linux; Android 5.0) AppleWebKit/537.36 Mobile Safari/537.36 (compatible; Bytespider)",
        "Iframely/1.3.1",
        "Mozilla/5.0 (compatible; Googlebot/2.1)",
        "curl/8.5",
        "python-requests/2.32",
        "",
    ],
)
def test_machines_that_draw_previews_or_read_the_web_do_not(agent: str) -> None:
    assert screen("GET", {"user-agent": agent}) == "machine"


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "POST"])
def test_who_only_asks_whether_it_is_there_does_not(method: str) -> None:
    assert screen(method, {"user-agent": PHONE}) == "not_opened"
