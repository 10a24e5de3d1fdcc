"""One supervised program and the process it runs in at the moment."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from infra.embedded.kernel import ending_with_me

LONGEST_PAUSE = 30.0
STEADY_SECONDS = 60.0  # a program that lasted this long has earned a quick restart again


@dataclass(frozen=True, slots=True)
class Program:
    """What to run. Programs of a lower `stage` are stopped first and get `grace` seconds to finish."""

    name: str
    argv: tuple[str, ...]
    stage: int = 0
    grace: float = 10.0
    env: Mapping[str, str] = field(default_factory=dict)


class Child:
    """Writes to `<logs>/<name>.log`, or to our own terminal when there is no folder for logs."""

    def __init__(self, program: Program, logs: Path | None = None) -> None:
        self.program = program
        self.code = 0
        self._log = logs / f"{program.name}.log" if logs else None
        self._process: subprocess.Popen[bytes] | None = None
        self._failures = 0
        self._began = 0.0
        self._due = 0.0
        if self._log and self._log.exists():
            os.replace(self._log, self._log.with_suffix(".log.1"))

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    def due(self) -> bool:
        return self._process is None and time.monotonic() >= self._due

    def start(self) -> None:
        """In its own session, so that Ctrl-C reaches only us and we end the programs in order."""
        output = self._open_log()
        try:
            self._process = subprocess.Popen(
                self.program.argv,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env={**os.environ, **self.program.env},
                start_new_session=True,
                preexec_fn=ending_with_me(signal.SIGTERM),
            )
        finally:
            if output is not None:
                os.close(output)
        self._began = time.monotonic()

    def ended(self) -> int | None:
        """The exit code, once, when the program has ended since we last looked."""
        if self._process is None or self._process.poll() is None:
            return None
        self.code = self._process.returncode
        self._process = None
        return self.code

    def plan_restart(self) -> float:
        self._failures = 0 if time.monotonic() - self._began > STEADY_SECONDS else self._failures + 1
        pause = min(LONGEST_PAUSE, 0.5 * 2.0 ** max(0, self._failures - 1))
        self._due = time.monotonic() + pause
        return pause

    def tell_to_end(self) -> None:
        if self._process and self._process.poll() is None:
            self._process.terminate()

    def wait(self, deadline: float) -> None:
        """Until the deadline; then the whole session of the program is killed, in case it has children of its own."""
        if self._process is None:
            return
        try:
            self._process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    def last_words(self) -> str:
        if self._log is None:
            return ""
        lines = self._log.read_text(errors="replace").splitlines()[-12:]
        return "\n".join(f"    {line}" for line in lines) + f"\n    (more in {self._log})"

    def _open_log(self) -> int | None:
        if self._log is None:
            return None
        self._log.parent.mkdir(parents=True, exist_ok=True)
        return os.open(self._log, os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600)
