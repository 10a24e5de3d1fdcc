"""The files of the browser: bundled, minified, named by their content and pre-compressed when the process starts."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import brotli
import lightningcss
import rjsmin

from infra.settings import settings

STATIC = Path(__file__).resolve().parent.parent / "static"
FACES = ("public", "storefront", "console", "studio", "paper")
HTMX = ("vendor/htmx-2.0.11.min.js", "vendor/htmx-ext-sse-2.2.3.js", "js/htmx-glue.js")
# Cascade layers are the floor: they cannot be lowered, so older browsers than these get plain, readable HTML.
BROWSERS = ["chrome 99", "safari 15.4", "ios_saf 15.4", "firefox 97"]
CONTENT_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
}
COMPRESSIBLE = {".css", ".js", ".svg"}
OWN_ADDRESS = re.compile(r"/assets/([a-z0-9_-]+\.(?:woff2|svg|png))")


@dataclass(frozen=True, slots=True)
class Asset:
    """One immutable file, ready to be sent in the form a browser accepts."""

    content_type: str
    raw: bytes
    br: bytes | None
    gzip: bytes | None
    etag: str


@dataclass(frozen=True, slots=True)
class Assets:
    """Everything under `/assets/`. Addresses carry the content's hash, so answers may be cached for ever."""

    names: Mapping[str, str]
    files: Mapping[str, Asset]

    def url(self, name: str) -> str:
        """The address of `storefront.css`, `app.js`, `icons.svg`, `art/peach.svg`. An unknown name is a defect."""
        return f"/assets/{self.names[name]}"

    def find(self, hashed_name: str) -> Asset | None:
        return self.files.get(hashed_name)


@cache
def assets() -> Assets:
    """The assets of this process; the second start on the same sources reads what the first one wrote."""
    place = settings().var / "assets" / _source_hash()
    if not place.is_dir():
        _write(build(), place)
    return _read(place)


def build() -> dict[str, bytes]:
    """Plain name to finished content, with references between assets already pointing at hashed names."""
    built = {_plain_name(path): path.read_bytes() for path in _as_they_are()}
    addresses = {Path(name).name: _hashed(name, content) for name, content in built.items()}

    def point(match: re.Match[str]) -> str:
        return f"/assets/{addresses[match[1]]}"

    for face in FACES:
        css = lightningcss.bundle_css(str(STATIC / "css" / f"{face}.css"), browsers_list=BROWSERS)
        built[f"{face}.css"] = OWN_ADDRESS.sub(point, css).encode()
    scripts = sorted((STATIC / "js" / "app").glob("*.js"))
    built["app.js"] = _script(scripts)
    built["htmx.js"] = _script([STATIC / name for name in HTMX])
    return built


def _as_they_are() -> list[Path]:
    """Files that need no building. Their bare names are unique, because addresses are flat."""
    found = [*STATIC.glob("*.svg"), *STATIC.glob("*.png"), *(STATIC / "fonts").glob("*.woff2")]
    return sorted([*found, *(STATIC / "art").glob("*.svg"), *(STATIC / "art").glob("*.webp")])


def _plain_name(path: Path) -> str:
    return path.relative_to(STATIC).as_posix()


def _script(paths: list[Path]) -> bytes:
    """Joined and minified; files that came minified are left alone, so their checksum still tells what they are."""
    texts = [path.read_text() if ".min." in path.name else rjsmin.jsmin(path.read_text()) for path in paths]
    return ";\n".join(texts).encode()


def _hashed(name: str, content: bytes) -> str:
    path = Path(name)
    return f"{path.stem}-{hashlib.sha256(content).hexdigest()[:12]}{path.suffix}"


def _source_hash() -> str:
    digest = hashlib.sha256(Path(__file__).read_bytes())
    for path in sorted(STATIC.rglob("*")):
        if path.is_file():
            digest.update(path.relative_to(STATIC).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


def _write(built: Mapping[str, bytes], place: Path) -> None:
    """All or nothing: another process may be writing the same directory at the same moment."""
    place.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(dir=place.parent))
    names = {name: _hashed(name, content) for name, content in built.items()}
    for name, content in built.items():
        target = draft / names[name]
        target.write_bytes(content)
        if target.suffix in COMPRESSIBLE:
            Path(f"{target}.br").write_bytes(brotli.compress(content))
            Path(f"{target}.gz").write_bytes(gzip.compress(content, mtime=0))
    (draft / "names.json").write_text(json.dumps(names, indent=1))
    draft.chmod(0o755)
    try:
        draft.rename(place)
    except OSError:  # The other process was first; its files are the same.
        shutil.rmtree(draft)


def _read(place: Path) -> Assets:
    names: dict[str, str] = json.loads((place / "names.json").read_text())
    return Assets(names, {hashed: _load(place / hashed) for hashed in names.values()})


def _load(path: Path) -> Asset:
    packed = path.suffix in COMPRESSIBLE
    return Asset(
        content_type=CONTENT_TYPES[path.suffix],
        raw=path.read_bytes(),
        br=Path(f"{path}.br").read_bytes() if packed else None,
        gzip=Path(f"{path}.gz").read_bytes() if packed else None,
        etag=f'"{path.stem.rpartition("-")[2]}"',
    )
