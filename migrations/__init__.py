"""Schema changes, one safe step each."""
