"""Room: what live sessions came to, kept as it was when their returns were over."""

from app.reports.corrections import Correction, correct, corrections_of
from app.reports.kept import Kept, keep, kept_of

__all__ = ["Correction", "Kept", "correct", "corrections_of", "keep", "kept_of"]
