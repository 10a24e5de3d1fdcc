"""Integration tests of pickup points."""
