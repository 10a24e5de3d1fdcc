"""The time, in one place, so that tests can move it."""

from infra.clock import now

__all__ = ["now"]
