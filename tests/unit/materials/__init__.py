"""Unit tests of materials."""
