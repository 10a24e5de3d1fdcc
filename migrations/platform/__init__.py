"""Steps of the platform schema."""
