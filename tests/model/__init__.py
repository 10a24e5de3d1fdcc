"""The money model: random stories of a shop, each step compared with a small oracle."""
