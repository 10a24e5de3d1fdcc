"""Ports tested against real servers on real sockets."""
