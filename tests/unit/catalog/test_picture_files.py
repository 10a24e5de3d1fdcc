"""Picture files meet the pictures a catalog names."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

from app.catalog.picture_files import find_file, folder_files, zip_files
from infra.images.renditions import MAX_BYTES


def packed(names: dict[str, bytes]) -> zipfile.ZipFile:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in names.items():
            archive.writestr(name, data)
    return zipfile.ZipFile(out)


def test_a_file_is_found_by_the_end_of_an_address(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "Rote Tasse.JPG").write_bytes(b"red")

    read = find_file(folder_files(tmp_path), "https://cdn.example/files/rote%20tasse.jpg?v=12")

    assert read is not None
    assert read() == b"red"


def test_a_copy_in_another_size_will_do_but_the_plain_name_comes_first(tmp_path: Path) -> None:
    (tmp_path / "mug_grande.jpeg").write_bytes(b"copy")
    files = folder_files(tmp_path)
    found = find_file(files, "https://cdn.example/mug.jpg")
    assert found is not None
    assert found() == b"copy"

    (tmp_path / "mug.jpg").write_bytes(b"plain")
    plain = find_file(folder_files(tmp_path), "mug.jpg")
    assert plain is not None
    assert plain() == b"plain"


def test_names_in_a_zip_lead_nowhere() -> None:
    archive = packed({"../../etc/mug.png": b"one", "C:\\x\\bowl.png": b"two", "notes.txt": b"no", ".hidden.png": b"no"})

    files = zip_files(archive)

    assert find_file(files, "mug.png")
    assert find_file(files, "bowl.png")
    assert not find_file(files, "notes.txt")
    assert not find_file(files, ".hidden.png")


def test_a_bomb_ends_one_byte_past_the_limit() -> None:
    files = zip_files(packed({"mug.png": b"\0" * (MAX_BYTES + 5_000_000)}))

    read = find_file(files, "mug.png")

    assert read is not None
    assert len(read()) == MAX_BYTES + 1
