"""Picture files in a folder or a zip, found by their bare names and read one at a time, never past a picture's size."""

from __future__ import annotations

import re
import unicodedata
import zipfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from urllib.parse import unquote, urlsplit

from infra.images.renditions import MAX_BYTES

MAX_ZIP_ENTRIES = 20_000
LOOSE = "/"  # No file name holds a slash, so loose keys never meet exact ones.
_SIZE = re.compile(r"_(?:pico|icon|thumb|small|compact|medium|large|grande|original|\d+x\d*|x\d+)(?:@[23]x)?$")
SUFFIXES = {".jpg", ".jpeg", ".png", ".webp", ".gif"}
ReadFile = Callable[[], bytes]


def folder_files(folder: Path) -> dict[str, ReadFile]:
    paths = (path for path in sorted(folder.rglob("*")) if path.suffix.lower() in SUFFIXES and path.is_file())
    return by_name((path.name, _reader(path)) for path in paths)


def zip_files(opened: zipfile.ZipFile) -> dict[str, ReadFile]:
    """What could be a picture. Folders in the names mean nothing and nothing is written, so no name can lead out."""
    found: list[tuple[str, ReadFile]] = []
    for entry in opened.infolist()[:MAX_ZIP_ENTRIES]:
        name = entry.filename.replace("\\", "/").rpartition("/")[2]
        encrypted = entry.flag_bits & 0x1
        if Path(name).suffix.lower() in SUFFIXES and not name.startswith(".") and not encrypted:
            found.append((name, _zip_reader(opened, entry)))
    return by_name(found)


def _zip_reader(opened: zipfile.ZipFile, entry: zipfile.ZipInfo) -> ReadFile:
    def read() -> bytes:
        # The size in the directory may lie; what is unpacked is counted, so a bomb ends one byte past the limit.
        with opened.open(entry) as file:
            return file.read(MAX_BYTES + 1)

    return read


def _reader(path: Path) -> ReadFile:
    def read() -> bytes:
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)

    return read


def file_key(name: str) -> str:
    """How two file names are compared: unescaped, in one Unicode form, whatever their case."""
    return unicodedata.normalize("NFC", unquote(name)).casefold()


def loose_key(name: str) -> str:
    """The name without its ending and without the size that shop systems append to copies (`mug_grande.jpeg`)."""
    return _SIZE.sub("", file_key(name).rpartition(".")[0]) + LOOSE


def by_name(files: Iterable[tuple[str, ReadFile]]) -> dict[str, ReadFile]:
    """Files by their exact names, and by what is left without size and ending; the plainest name comes first."""
    ordered = sorted(files, key=lambda file: (len(file[0]), file[0]))
    loose = {loose_key(name): read for name, read in reversed(ordered)}
    return loose | {file_key(name): read for name, read in reversed(ordered)}


def find_file(files: Mapping[str, ReadFile], source: str) -> ReadFile | None:
    """The file that an address, or a bare name, means."""
    path = urlsplit(source).path if "//" in source else source
    name = path.rpartition("/")[2]
    return files.get(file_key(name)) or files.get(loose_key(name))
