"""What all tests share: the order in which they run."""

from __future__ import annotations

import pytest

# Cheapest first: the first red comes within seconds, before a kernel, Hugo or a browser has started.
COSTS = ("kernel", "site", "browser")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=_cost)


def _cost(item: pytest.Item) -> int:
    return max((COSTS.index(name) + 1 for name in COSTS if item.get_closest_marker(name)), default=0)
