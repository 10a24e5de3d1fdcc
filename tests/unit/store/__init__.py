"""The store's rules."""
