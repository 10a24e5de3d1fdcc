"""The simulator's few pages for people: nothing but our own style, no scripts, and forms that lead nowhere unsaid."""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from litestar import MediaType, Response

TEMPLATES = Path(__file__).parent / "templates"
_pages = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined)


def show(name: str, *, status: int = 200, form_ends_at: str = "'none'", **words: object) -> Response[str]:
    """`form_ends_at` are the sources a form, and every redirect after it, may lead to."""
    policy = (
        f"default-src 'none'; style-src 'self'; base-uri 'none'; form-action {form_ends_at}; frame-ancestors 'none'"
    )
    headers = {
        "Content-Security-Policy": policy, "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer",
        "Cache-Control": "no-store",
    }  # fmt: skip
    html = _pages.get_template(name).render(**words)
    return Response(html, status_code=status, media_type=MediaType.HTML, headers=headers)
