"""Which tests run in one worker, and in which order: the parts that take long are made once, and first."""

import pytest

# By the fixture that takes long to make: every test that needs it, longest first.
GROUPS = {
    "reproduced": "pipeline",
    "experiment": "real claims",
    "mlflow_server": "mlflow",
    "parts": "model",
    "plain_parts": "model",
    "deterministic": "model",
    "postgres": "postgres",
    "history": "history",
    "template": "storage",
    "pushed": "delivery",
    "fitted": "features",
    "batch": "features",
    "demo": "demo",
}


def group_of(item: pytest.Item) -> str:
    """Return the name of the group: that of the longest part which a test needs, or else its own file."""
    needed = set(getattr(item, "fixturenames", ()))
    return next((group for fixture, group in GROUPS.items() if fixture in needed), item.path.name)


@pytest.hookimpl(tryfirst=True)  # before pytest-xdist reads the marks
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test with its group, and put the groups that take long before the others."""
    order = list(dict.fromkeys(GROUPS.values()))
    groups = {item: group_of(item) for item in items}
    for item, group in groups.items():
        item.add_marker(pytest.mark.xdist_group(group))
    items.sort(key=lambda item: order.index(groups[item]) if groups[item] in order else len(order))
