"""The fuzz tests tell how many cases they tried."""

from __future__ import annotations

import pytest
from hostile import TRIED

_LAST = "test_fuzz_number_of_cases.py"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The number of cases is counted once all of them have been tried."""
    items.sort(key=lambda item: item.path.name == _LAST)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the cases by target, and all of them."""
    if TRIED:
        terminalreporter.section("hostile cases tried")
        for target, cases in sorted(TRIED.items()):
            terminalreporter.write_line(f"{cases:>8,}  {target}")
        terminalreporter.write_line(f"{sum(TRIED.values()):>8,}  in all")
