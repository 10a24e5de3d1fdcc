"""Product descriptions: merchant HTML made safe to show, and its words for search."""

from __future__ import annotations

import html
import re

import nh3

TEXT_TAGS = {"a", "b", "br", "code", "em", "i", "s", "small", "strong", "sub", "sup", "u"}
BLOCK_TAGS = {"blockquote", "dd", "div", "dl", "dt", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "ul"}
TABLE_TAGS = {"table", "tbody", "td", "th", "thead", "tr"}
TAGS = frozenset(TEXT_TAGS | BLOCK_TAGS | TABLE_TAGS)
ATTRIBUTES = {"a": {"href", "title"}, "td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan", "scope"}}
# Their text is code, not words: dropped together with the tag.
DROPPED = frozenset({"script", "style", "template", "noscript", "iframe", "object", "svg", "math", "head", "title"})
SCHEMES = frozenset({"http", "https", "mailto", "tel"})
REL = "nofollow noopener noreferrer"

_ANY_TAG = re.compile(r"<[^>]*>")
_SPACES = re.compile(r"\s+")
_BLANK_LINE = re.compile(r"\r?\n\s*\r?\n")
_LOOKS_LIKE_HTML = re.compile(r"</?[a-zA-Z][^<>]*>|&#?\w+;")

_cleaner = nh3.Cleaner(
    tags=set(TAGS),
    clean_content_tags=set(DROPPED),
    attributes=ATTRIBUTES,
    url_schemes=set(SCHEMES),
    link_rel=REL,
    strip_comments=True,
)


def sanitize(text: str) -> str:
    """Keep structure and links, drop looks and behavior. Plain text becomes paragraphs."""
    text = text.strip()
    if not text:
        return ""
    return _cleaner.clean(text if _LOOKS_LIKE_HTML.search(text) else _paragraphs(text)).strip()


def plain_text(sanitized: str) -> str:
    """The words of a *sanitized* description, on one line, for search and previews."""
    return _SPACES.sub(" ", html.unescape(_ANY_TAG.sub(" ", sanitized))).strip()


def _paragraphs(text: str) -> str:
    blocks = (html.escape(block.strip(), quote=False) for block in _BLANK_LINE.split(text))
    return "".join(f"<p>{'<br>'.join(block.splitlines())}</p>" for block in blocks if block)
