"""Room: differences and alerts somebody has to look at, each with an age and an amount."""
