"""Cookies of ours: host-bound, HttpOnly, Secure where the scheme allows."""

from __future__ import annotations

from datetime import timedelta

from infra.settings import settings


def make(name: str, value: str, *, lasts: timedelta, same_site: str = "Lax", readable: bool = False) -> str:
    """A Set-Cookie value. `readable` lets scripts of the page see it; only harmless preferences are."""
    parts = [f"{name}={value}", "Path=/", f"Max-Age={int(lasts.total_seconds())}", f"SameSite={same_site}"]
    if not readable:
        parts.append("HttpOnly")
    if settings().secure:
        parts.append("Secure")
    return "; ".join(parts)


def expire(name: str) -> str:
    return make(name, "", lasts=timedelta(0))
