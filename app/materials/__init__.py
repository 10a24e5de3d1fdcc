"""Room: packs of words, pictures and posters that promoters share, true as long as the price is."""

from app.materials.changes import Changes, changes_between
from app.materials.packs import (
    CHANNELS,
    LANGUAGES,
    MOST_COPIES,
    TEMPLATES,
    Body,
    Copy,
    File,
    NothingToShare,
    Pack,
    PackDraft,
    Version,
    add_file,
    change,
    check_draft,
    create,
    files_of,
    find,
    find_file,
    find_version,
    put_out,
    remove_file,
    restore_file,
    retire,
    versions_of,
)
from app.materials.placeholders import PLACES, check_words, fill_words
from app.materials.standing import BECAUSE, PackIsStale, Standing, note_stale, standing_of, standings
from app.materials.uses import Kind, Usage, give_link, given_link, note_use, seen_versions, usage_by_day, usage_of
from app.materials.videos import LARGEST_VIDEO, TYPES, extension_of, looks_like_a_video

__all__ = [
    "BECAUSE", "CHANNELS", "LANGUAGES", "LARGEST_VIDEO", "MOST_COPIES", "PLACES", "TEMPLATES", "TYPES", "Body",
    "Changes", "Copy", "File", "Kind", "NothingToShare", "Pack", "PackDraft", "PackIsStale", "Standing", "Usage",
    "Version", "add_file", "change", "changes_between", "check_draft", "check_words", "create", "extension_of",
    "files_of", "fill_words", "find", "find_file", "find_version", "give_link", "given_link", "looks_like_a_video",
    "note_stale", "note_use", "put_out", "remove_file", "restore_file", "retire", "seen_versions", "standing_of",
    "standings", "usage_by_day", "usage_of", "versions_of",
]  # fmt: skip
