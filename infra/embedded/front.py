"""The front door of the running system: is it open, is it ours, and what to tell the person at the terminal."""

from __future__ import annotations

import http.client
import os
import socket
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from infra.embedded.failure import ServiceFailed
from infra.embedded.register import Register
from infra.settings import settings


def answers() -> bool:
    """The web server says that it and its databases are ready."""
    with closing(http.client.HTTPConnection("127.0.0.1", settings().port, timeout=2)) as connection:
        try:
            connection.request("GET", "/health/ready", headers={"Host": settings().authority()})
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False


def is_ours() -> bool:
    """A supervisor of this very `var` folder is at work and its web server answers."""
    return supervisor() is not None and answers()


def supervisor() -> int | None:
    return Register(settings().var / "run").supervisor()


def journey_mark() -> Path:
    """Exists once the journey was seen to its end, so that later starts do not play it again."""
    return settings().var / "journey-played"


def taken_ports() -> list[int]:
    ports = (settings().port, settings().sandbox_port, settings().simulator_port)
    return [port for port in ports if not _free(port)]


def require_free_ports() -> None:
    """Before anything starts. What a killed run left behind is ended first, by the register."""
    Register(settings().var / "run").clear()
    taken = taken_ports()
    if taken:
        raise ServiceFailed(
            f"Port {taken[0]} is taken by another program. Stop it, or choose another with TUANZHOU_PORT=9000\n"
            "(the two ports after it are used as well)."
        )


def card(sign_ins: Sequence[tuple[str, str, str]]) -> str:
    """Addresses and sign-ins: who, where, with what."""
    origin = settings().origin
    lines = [
        "",
        f"  Tuanzhou is open at {origin()}",
        f"  merchants {origin('admin')}   hosts {origin('host')}   staff {origin('staff')}",
        "",
        *(f"  {who:12} {where:36} {words}" for who, where, words in sign_ins),
        "",
        f"  Logs: {settings().var / 'log'}   Stop with Ctrl-C.",
        "",
    ]
    return "\n".join(lines)


def _free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((os.environ.get("TUANZHOU_BIND", "127.0.0.1"), port))
        except OSError:
            return False
    return True
