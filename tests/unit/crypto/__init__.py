"""Secrets stay closed to everybody but their owner."""
