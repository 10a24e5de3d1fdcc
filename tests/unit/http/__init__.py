"""Addresses given by strangers never lead inside."""
