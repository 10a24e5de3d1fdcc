"""Demand tests: what the numbers say."""
