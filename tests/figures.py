"""The one-line figures of the proofs, told at the end of a run, whichever process they came from.

A test that proves something with a number asks for `figure` and tells it; nothing is printed in between.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

Figure = Callable[[str], None]


@pytest.fixture
def figure(record_property: Callable[[str, object], None]) -> Figure:
    """Tell one line, such as `dropped_webhooks orders=40 found=40`."""

    def tell(line: str) -> None:
        record_property("figure", line)

    return tell


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    told = [
        str(value)
        for report in terminalreporter.getreports("passed")
        for name, value in report.user_properties
        if name == "figure"
    ]
    if told:
        terminalreporter.section("figures")
        terminalreporter.write("\n".join(sorted(told)) + "\n")
