"""Uploaded pictures made safe: decoded and drawn anew in a fenced-off process, never served as they came."""

from infra.images.pool import close, reencode
from infra.images.renditions import ImageRefused, Rendition, Renditions

__all__ = ["ImageRefused", "Rendition", "Renditions", "close", "reencode"]
