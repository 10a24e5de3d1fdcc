"""What our stand-ins share."""
