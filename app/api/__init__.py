"""What other programs read and send, as JSON."""
