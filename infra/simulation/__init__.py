"""What our own stand-ins for the outside share: memory that survives a restart, a diary, and bad luck on request."""
