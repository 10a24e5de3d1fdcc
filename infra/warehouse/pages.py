"""Where vendors' own authorization pages are: a form of ours may lead there."""

from __future__ import annotations

from infra.settings import settings


def authorization_pages() -> tuple[str, ...]:
    """Sources for the `form-action` of the content security policy; a browser holds every redirect against them."""
    return (f"http://127.0.0.1:{settings().simulator_port}", "https://openweb.jushuitan.com")
