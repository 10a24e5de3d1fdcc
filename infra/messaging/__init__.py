"""Messages to people: one port, one file per way of sending."""
