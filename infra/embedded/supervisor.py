"""Keeping a set of programs running: start, restart with back-off, stop in order, leave nothing behind."""

from __future__ import annotations

import select
import signal
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from infra.embedded.child import Child, Program
from infra.embedded.register import Register

TICK = 0.5
PATIENCE = 120.0  # seconds in which a slow machine has to get ready when somebody waits for the journey
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Supervisor:
    """Runs programs until a signal, or until the journey ends when `once` is asked for.

    Only one supervisor works on a `var` folder. What an earlier one left alive is ended before anything starts.
    """

    def __init__(self, var: Path, programs: Sequence[Program], say: Callable[[str], None]) -> None:
        self.children = [Child(program, var / "log") for program in programs]
        self.register = Register(var / "run")
        self.say = say
        self.stopping = False
        self._bell, self._rope = socket.socketpair()

    def run(
        self,
        *,
        ready: Callable[[], bool],
        on_ready: Callable[[], None],
        journey: Program | None = None,
        once: bool = False,
    ) -> int:
        """Blocks. Returns 0, or with `once` the journey's exit code.

        The journey begins when `ready` first says yes; `on_ready` runs after it, so that what it tells stands last.
        """
        with self.register.held(), self._listening():
            trip = Child(journey) if journey else None
            try:
                return self._watch(ready, on_ready, trip, once=once)
            finally:
                self._stop([trip] if trip else [])

    def _watch(self, ready: Callable[[], bool], on_ready: Callable[[], None], trip: Child | None, *, once: bool) -> int:
        waiting, patience_ends = True, time.monotonic() + PATIENCE
        while not self.stopping:
            self._start_what_is_due()
            if waiting and ready():
                waiting = False
                if trip:
                    trip.start()
                    self._record(trip)
                else:
                    on_ready()
            elif waiting and once and time.monotonic() > patience_ends:
                self.say("The web server does not answer, so the journey cannot be played.")
                return 1
            self._wait()
            if trip and trip.ended() is not None:
                if once:
                    return trip.code
                on_ready()
                trip = None
        return 1 if once else 0

    def _start_what_is_due(self) -> None:
        started = False
        for child in self.children:
            code = child.ended()
            if code is not None:
                pause = child.plan_restart()
                self.say(
                    f"{child.program.name} ended with {code}; it starts again in {pause:g} s.\n{child.last_words()}"
                )
            if child.due():
                child.start()
                started = True
        if started:
            self._record()

    def _record(self, *others: Child) -> None:
        self.register.record(child.pid for child in (*self.children, *others) if child.pid)

    def _stop(self, others: Sequence[Child]) -> None:
        """Stage by stage, the lowest first; within a stage all at once."""
        everyone = [*others, *self.children]
        for stage in sorted({child.program.stage for child in everyone}):
            leaving = [child for child in everyone if child.program.stage == stage]
            for child in leaving:
                child.tell_to_end()
            deadline = time.monotonic() + max(child.program.grace for child in leaving)
            for child in leaving:
                child.wait(deadline)

    def _wait(self) -> None:
        if select.select([self._bell], [], [], TICK)[0]:
            self._bell.recv(1024)

    @contextmanager
    def _listening(self) -> Iterator[None]:
        """SIGCHLD and the signals to end wake the loop at once."""

        def note(number: int, frame: FrameType | None) -> None:
            self.stopping = self.stopping or number in SIGNALS

        self._rope.setblocking(False)
        woken = signal.set_wakeup_fd(self._rope.fileno(), warn_on_full_buffer=False)
        before = {number: signal.signal(number, note) for number in (*SIGNALS, signal.SIGCHLD)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
            signal.set_wakeup_fd(woken)
