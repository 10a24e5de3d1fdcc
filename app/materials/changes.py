"""What is different between two versions of a pack, for whoever knew the older one."""

from __future__ import annotations

import msgspec

from app.materials.packs import Body


class Changes(msgspec.Struct, frozen=True, kw_only=True):
    """Counts, and whether the price moved."""

    texts_new: int = 0
    texts_gone: int = 0
    files_new: int = 0
    files_gone: int = 0
    posters: bool = False
    price: bool = False

    def __bool__(self) -> bool:
        return any(msgspec.structs.astuple(self))


def changes_between(before: Body, after: Body) -> Changes:
    """A text that was reworded is one new and one gone."""
    old_words = {(copy.language, copy.channel, copy.words) for copy in before.copies}
    new_words = {(copy.language, copy.channel, copy.words) for copy in after.copies}
    old_files, new_files = {file.id for file in before.files}, {file.id for file in after.files}
    return Changes(
        texts_new=len(new_words - old_words), texts_gone=len(old_words - new_words),
        files_new=len(new_files - old_files), files_gone=len(old_files - new_files),
        posters=set(before.templates) != set(after.templates),
        price=(before.price_amount, before.was_amount) != (after.price_amount, after.was_amount),
    )  # fmt: skip
