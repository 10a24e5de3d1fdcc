"""Steps every store takes."""
