"""The programs that together are Tuanzhou on one machine, and the order they leave in."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from infra.embedded.child import Program

QUEUES = ("critical", "default", "bulk")
ROOT = Path(__file__).resolve().parent.parent.parent


def fleet() -> list[Program]:
    """The web server leaves first, so nothing new arrives; what the workers talk to leaves last."""
    return [
        command("payment-sandbox", stage=3, grace=5),
        command("warehouse-simulator", stage=3, grace=5),
        command("relay", stage=2, grace=5),
        *(command("worker", "--queue", queue, stage=2, name=f"worker-{queue}") for queue in QUEUES),
        *(command("web", stage=1, grace=12, name=name) for name in _web_names()),
    ]


def _web_names() -> list[str]:
    """Two web processes where there are two cores: while one is restarted the other answers."""
    number = int(os.environ.get("TUANZHOU_WEB", min(2, os.cpu_count() or 1)))
    return [f"web-{place}" for place in range(1, number + 1)] if number > 1 else ["web"]


def journey() -> Program:
    return command("demo", stage=0, grace=5)


def command(*words: str, stage: int, grace: float = 10.0, name: str = "") -> Program:
    """One of our own commands as a program."""
    return Program(name or words[0], (sys.executable, str(ROOT / "manage.py"), *words), stage, grace)
