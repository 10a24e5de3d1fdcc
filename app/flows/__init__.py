"""Journeys that move several subjects together, one a file."""
