"""Taking money: a port, and one file per provider."""
