"""Room: catalog imports and what was wrong with their rows."""
