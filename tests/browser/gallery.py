"""Every component with sample content, drawn by the real templates and assets: to look at, photograph and check."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import jinja2
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import ConsoleMessage, Error, Page, sync_playwright

from app.kernel import formats, i18n, templating
from app.kernel.assets import assets
from app.kernel.clock import now
from app.store import look
from tests.browser.audit import RULES
from tests.browser.stack import chromium

TEMPLATES = Path(templating.__file__).resolve().parent.parent / "templates"
PAGES = Path(__file__).resolve().parent / "gallery_pages"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'"
)
DARK = {"console", "board", "live", "staff"}


def environment() -> jinja2.Environment:
    env = jinja2.Environment(loader=jinja2.FileSystemLoader([TEMPLATES, PAGES]), autoescape=True)
    templating.install(env)
    env.globals.update(csrf_token=lambda: "sample", origin=lambda label: f"//{label or 'www'}.example")
    return env


def sample(path: str, theme: str, locale: str) -> dict[str, Any]:
    logo = assets().url("art/logo-yizhan.svg" if "yizhan" in path else "art/logo-qinghe.svg")
    store = SimpleNamespace(
        name="青禾鲜生", slug="qinghe", tagline="邻里同团 · 产地直发", currency="CNY", logo_url=logo,
        theme_url="/theme.css", time_zone="Asia/Shanghai", locale="zh-Hans",
    )  # fmt: skip
    viewer = SimpleNamespace(name="苏禾", role="owner", email="su@qinghe.example")
    request = SimpleNamespace(cookies={"theme": theme})
    soon: datetime = now() + timedelta(hours=2, minutes=14, seconds=36)
    return {
        "store": store, "viewer": viewer, "request": request, "locale": locale, "path": path, "soon": soon,
        "art": lambda name: assets().url(f"art/{name}.svg"),
        "ok_flash": [("ok", "38 单已推送到无锡云仓")],
    }  # fmt: skip


class Handler(BaseHTTPRequestHandler):
    """Serves /<page>?theme=dark, /theme.css and /assets/*, with the real content security policy."""

    env: jinja2.Environment

    def do_GET(self) -> None:
        path, _sep, query = self.path.partition("?")
        asset = assets().find(path.removeprefix("/assets/")) if path.startswith("/assets/") else None
        if asset:
            return self.answer(asset.content_type, asset.raw)
        if path == "/theme.css":
            return self.answer("text/css", look.theme_css(look.PRESETS["qinghe"]).encode())
        if path == "/visit.json":
            return self.answer("application/json", b"{}")
        page = path.strip("/") or "index"
        if not (PAGES / f"{page}.html").exists():
            return self.send_error(404)
        locale = "zh-Hant" if page == "signup" else "en" if page == "staff" else "zh-Hans"
        i18n.current_locale.set(locale)
        formats.current_zone.set("Asia/Shanghai")
        html = self.env.get_template(f"{page}.html").render(
            sample(path, "dark" if "dark" in query else "light" if "light" in query else "", locale)
        )
        return self.answer("text/html; charset=utf-8", html.encode())

    def answer(self, content_type: str, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Security-Policy", CSP)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Quiet: the photographs are what matters."""


@contextmanager
def serving() -> Iterator[str]:
    Handler.env = environment()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()


def views() -> Iterator[tuple[str, str, tuple[int, ...]]]:
    """Every page in every light, and the widths it is looked at."""
    for page in sorted(path.stem for path in PAGES.glob("[a-z]*.html")):
        yield page, "light", (320, 390, 1440)
        if page in DARK:
            yield page, "dark", (390, 1440)


def _note_error(complaints: list[str], name: str, message: ConsoleMessage) -> None:
    if message.type == "error":
        complaints.append(f"{name}: {message.text}")


def _note_defect(complaints: list[str], name: str, error: Error) -> None:
    complaints.append(f"{name}: {error}")


def check(target: Path | None, only: set[str]) -> list[str]:
    """What axe, the policy or the width complain about; every view is photographed into `target`, when there is one."""
    complaints: list[str] = []
    with serving() as origin, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        for page_name, theme, widths in views():
            if only and page_name not in only:
                continue
            page = browser.new_page()
            page.on("console", partial(_note_error, complaints, f"{page_name}-{theme}"))
            page.on("pageerror", partial(_note_defect, complaints, f"{page_name}-{theme}"))
            page.goto(f"{origin}/{page_name}?{theme}")
            page.wait_for_load_state("networkidle")
            page.evaluate(AXE_SCRIPT)
            for width in widths:
                complaints += _look(page, f"{page_name}-{width}-{theme}", width, target)
            page.close()
        browser.close()
    return complaints


def _look(page: Page, name: str, width: int, target: Path | None) -> Iterator[str]:
    """At one width. The page is not loaded again for it: style sheets alone follow the width."""
    page.set_viewport_size({"width": width, "height": 900 if width > 900 else 844})
    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        yield f"{name}: scrolls sideways to {page.evaluate('document.documentElement.scrollWidth')}"
    for violation in page.evaluate(f"axe.run({json.dumps(RULES)})")["violations"]:
        nodes = "; ".join(
            node["html"][:110] + " " + str(node["any"][:1] and node["any"][0]["message"])[:140]
            for node in violation["nodes"][:3]
        )
        yield f"{name}: {violation['id']} x{len(violation['nodes'])}: {nodes}"
    if target and width != 320:
        page.screenshot(path=str(target / f"{name}.png"), full_page=width == 390)


if __name__ == "__main__":
    place = Path(sys.argv[1])
    place.mkdir(parents=True, exist_ok=True)
    sys.stdout.write("\n".join(check(place, set(sys.argv[2:]))) + "\n")
