"""Rules tested with no world around them."""
