"""One line a trial: what was tried, what it reached, the best so far and the time left."""

import pytest

from claims.tuning.attempts import Attempts
from claims.tuning.folder import Memory, TrialError
from tuning.conftest import bowl


def fail(values, max_epochs, seed):
    raise MemoryError("no room for 9 GB")


def test_a_finished_trial_is_a_line(tmp_path, capsys) -> None:
    attempts = Attempts(Memory(tmp_path, bowl), 3)
    attempts.run(0, {"learning_rate": 0.004, "layers": (64, 32)}, 10, 7)
    attempts.run(1, {"learning_rate": 0.008}, 10, 7)
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith(
        "tune: trial 0 (1 of 3) learning_rate=0.004 layers=64-32: validation log-loss 0.4100"
    )
    assert "validation log-loss 0.4793, best 0.4100" in second
    assert second.endswith("s left")


def test_a_failed_trial_shows_its_error_at_once_and_is_noted(tmp_path, capsys) -> None:
    attempts = Attempts(Memory(tmp_path, fail), 3)
    with pytest.raises(TrialError):
        attempts.run(2, {"learning_rate": 0.1}, 10, 7)
    assert capsys.readouterr().err == "tune: trial 2 failed: MemoryError: no room for 9 GB\n"
    assert attempts.failures == ["trial 2: MemoryError: no room for 9 GB"]
