"""Who a process is in a distributed search: KerasTuner's environment variables say it."""

import os

_ADDRESS, _NAME = "KERASTUNER_ORACLE_IP", "KERASTUNER_TUNER_ID"


def is_worker() -> bool:
    """Whether this process runs trials for a chief elsewhere."""
    return _ADDRESS in os.environ and "chief" not in own_name()


def own_name() -> str:
    """The name of this process in the search."""
    return os.environ.get(_NAME, "alone")
