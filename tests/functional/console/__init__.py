"""The staff console, as a person at the keyboard meets it."""
