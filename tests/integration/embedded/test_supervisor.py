"""The supervisor keeps programs running and takes every one of them with it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.embedded.processes import alive, end, pid_in, wait_until

# Two programs that write their process ids into files; the second dies once at its first start.
SUPERVISE = """
import sys
from pathlib import Path
from infra.embedded.child import Program
from infra.embedded.supervisor import Supervisor

var = Path(sys.argv[1])
body = "import os, sys, time, pathlib; pathlib.Path(sys.argv[1]).write_text(str(os.getpid()));"
steady = body + "time.sleep(60)"
once = "mark = pathlib.Path(sys.argv[1] + '.mark'); old = mark.exists(); mark.touch(); old or sys.exit(3);"
weak = body + once + "time.sleep(60)"
programs = [
    Program("steady", (sys.executable, "-c", steady, str(var / "steady.pid")), stage=1),
    Program("weak", (sys.executable, "-c", weak, str(var / "weak.pid")), stage=2),
]
journey = Program("journey", (sys.executable, "-c", "raise SystemExit(7)")) if sys.argv[2:] == ["once"] else None
supervisor = Supervisor(var, programs, lambda line: print(line, flush=True))
sys.exit(supervisor.run(ready=(var / "steady.pid").exists, on_ready=lambda: None, journey=journey, once=bool(journey)))
"""


@pytest.fixture
def var(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path
    end([pid for name in ("steady", "weak") if (pid := pid_in(tmp_path / f"{name}.pid"))], (signal.SIGKILL, 5))


def _start(var: Path, *words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        (sys.executable, "-c", SUPERVISE, str(var), *words), stdout=subprocess.PIPE, text=True, start_new_session=True
    )


def _pid(var: Path, name: str) -> int:
    assert wait_until(lambda: pid_in(var / f"{name}.pid") is not None, 60)
    return pid_in(var / f"{name}.pid") or 0


def test_a_program_that_ends_is_started_again(var: Path) -> None:
    supervisor = _start(var)
    first = _pid(var, "weak")

    assert wait_until(lambda: pid_in(var / "weak.pid") not in (None, first), 60)

    supervisor.terminate()
    said, _ = supervisor.communicate(timeout=120)
    assert "weak ended with 3" in said


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_every_program_within_seconds(var: Path, number: signal.Signals) -> None:
    supervisor = _start(var)
    pid = _pid(var, "steady")
    began = time.monotonic()

    supervisor.send_signal(number)
    supervisor.communicate(timeout=120)

    assert supervisor.returncode == 0
    assert time.monotonic() - began < 10
    assert not alive(pid)


def test_the_programs_of_a_killed_supervisor_end_with_it(var: Path) -> None:
    supervisor = _start(var)
    pid = _pid(var, "steady")

    os.kill(supervisor.pid, signal.SIGKILL)
    supervisor.communicate(timeout=120)

    assert wait_until(lambda: not alive(pid), 60)


def test_a_second_supervisor_is_turned_away(var: Path) -> None:
    first = _start(var)
    _pid(var, "steady")

    second = subprocess.run(
        (sys.executable, "-c", SUPERVISE, str(var)), capture_output=True, text=True, timeout=120, check=False
    )

    assert "already running" in second.stderr
    first.terminate()
    first.communicate(timeout=120)


def test_a_journey_gives_its_exit_code_and_ends_the_rest(var: Path) -> None:
    supervisor = _start(var, "once")
    supervisor.communicate(timeout=120)

    assert supervisor.returncode == 7
    assert not alive(_pid(var, "steady"))
