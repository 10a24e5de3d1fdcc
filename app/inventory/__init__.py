"""Room: stock per variant and warehouse, and what is promised of it."""
