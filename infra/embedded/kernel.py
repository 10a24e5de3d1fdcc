"""What we ask of the kernel about processes and signals. Where it is not Linux, the first two do nothing."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def adopt_orphans() -> None:
    """Make the daemons we start our children again, so that we can clear them away after they end.

    In a container the first process often does not do that, and every stop would leave a dead entry behind.
    """
    if _libc is not None:
        _libc.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def end_with_parent(number: signal.Signals, parent: int) -> None:
    """Ask for a signal when the parent ends, even by SIGKILL. Call it in the child, before it starts its program."""
    if _libc is not None:
        _libc.prctl(_PR_SET_PDEATHSIG, int(number), 0, 0, 0)
        if os.getppid() != parent:  # it ended before we asked
            os.kill(os.getpid(), number)


def ending_with_me(number: signal.Signals) -> Callable[[], None]:
    """The `preexec_fn` for a child of this process. Everything it needs is looked up before the fork."""
    parent = os.getpid()
    return lambda: end_with_parent(number, parent)


@contextmanager
def undisturbed() -> Iterator[None]:
    """Put signals off while something is being stopped, so that an impatient second Ctrl-C leaves nothing half done."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM, signal.SIGHUP})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
