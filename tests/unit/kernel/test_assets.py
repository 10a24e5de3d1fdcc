"""What the browser gets is named by its content, small, and complete."""

import base64
import hashlib
import re

import brotli
import pytest

from app.kernel.assets import FACES, STATIC, assets

INLINE = re.compile(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\bsrc=)|hx-on", re.IGNORECASE)


@pytest.mark.parametrize("face", FACES)
def test_a_face_is_one_stylesheet_small_enough_for_a_phone(face: str) -> None:
    name = assets().url(f"{face}.css").removeprefix("/assets/")

    asset = assets().find(name)

    assert asset is not None
    assert asset.br is not None
    assert brotli.decompress(asset.br) == asset.raw
    assert len(asset.br) < 12_000
    assert b"@import" not in asset.raw


@pytest.mark.parametrize("face", FACES)
def test_every_address_in_a_stylesheet_exists(face: str) -> None:
    asset = assets().find(assets().url(f"{face}.css").removeprefix("/assets/"))

    assert asset is not None
    addresses = re.findall(rb"/assets/([^)\"]+)", asset.raw)
    assert addresses
    assert all(assets().find(address.decode()) for address in addresses)


def test_vendored_scripts_are_the_ones_we_checked() -> None:
    for line in (STATIC / "vendor" / "checksums.txt").read_text().splitlines():
        expected, name = line.split()
        digest = hashlib.sha384((STATIC / "vendor" / name).read_bytes()).digest()
        assert expected == "sha384-" + base64.b64encode(digest).decode()


def test_every_icon_a_template_names_is_drawn() -> None:
    drawn = set(re.findall(r'<symbol id="([a-z-]+)"', (STATIC / "icons.svg").read_text()))
    named = {
        (name, path.name)
        for path in (STATIC.parent / "templates").rglob("*.html")
        for name in re.findall(r"""icon\("([a-z-]+)"|"icon": ?"([a-z-]+)\"""", path.read_text())
        for name in name
        if name
    }

    assert not {(name, page) for name, page in named if name not in drawn}


def test_no_template_has_inline_code_or_style() -> None:
    found = [
        f"{path.name}: {match[0]}"
        for path in (STATIC.parent / "templates").rglob("*.html")
        for match in INLINE.finditer(path.read_text())
    ]

    assert not found
