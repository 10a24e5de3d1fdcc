"""The demonstration: two stores to look at, and the whole journey played from outside."""

from app.demo.journey import play
from app.demo.people import sign_ins
from app.demo.seeding import seed

__all__ = ["play", "seed", "sign_ins"]
