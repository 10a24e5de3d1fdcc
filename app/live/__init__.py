"""Room: live sessions."""
