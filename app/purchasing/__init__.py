"""Room: what is ordered from suppliers, and what is owed to them."""
