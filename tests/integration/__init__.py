"""Real parts together: database, queue and code."""
