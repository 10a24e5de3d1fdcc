"""Proof that the shop works."""
