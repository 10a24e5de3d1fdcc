"""PostgreSQL and Valkey from wheels, for `make run`, tests and single commands."""

from infra.embedded.environment import provided
from infra.embedded.failure import ServiceFailed
from infra.embedded.services import Services, discard, ensure, running, stop

__all__ = ["ServiceFailed", "Services", "discard", "ensure", "provided", "running", "stop"]
