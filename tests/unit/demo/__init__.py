"""The demo installation."""
