"""Processes are told apart and ended by id."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

from infra.embedded.processes import alive, birth, end

SLEEPER = (sys.executable, "-c", "import time; time.sleep(60)")


def test_a_process_is_known_by_its_birth() -> None:
    assert birth(os.getpid()) == birth(os.getpid()) != ""
    assert birth(2**22 + 1) == ""


def test_an_ended_process_is_not_alive_even_before_its_parent_looks() -> None:
    process = subprocess.Popen(SLEEPER)
    assert alive(process.pid)

    end([process.pid], (signal.SIGTERM, 5))

    assert not alive(process.pid)


def test_who_ignores_a_polite_signal_gets_the_next_one() -> None:
    stubborn = "import signal, time; signal.signal(15, signal.SIG_IGN); print('.', flush=True); time.sleep(60)"
    process = subprocess.Popen((sys.executable, "-c", stubborn), stdout=subprocess.PIPE)
    assert process.stdout
    assert process.stdout.read(1) == b"."

    end([process.pid], (signal.SIGTERM, 0.2), (signal.SIGKILL, 5))

    assert not alive(process.pid)
    process.stdout.close()
