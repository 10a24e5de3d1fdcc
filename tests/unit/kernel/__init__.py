"""The kernel's rules."""
