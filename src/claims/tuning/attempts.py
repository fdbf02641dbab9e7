"""What every search does with a proposal: run it, say in a line how it went, and go on after a failure."""

import sys
import time
from dataclasses import dataclass, field

from claims.config.space import Values
from claims.tuning.folder import Memory, TrialError
from claims.tuning.trials import Result, Trial, as_text


@dataclass
class Attempts:
    """Runs a search's trials.

    Attributes
    ----------
    memory
        Answers a trial.
    total
        Trials that the search will make, at most.
    failures
        Errors of the trials that could not be finished.
    """

    memory: Memory
    total: int
    failures: list[str] = field(default_factory=list)
    _best: float = float("inf")
    _done: int = 0
    _started: float = field(default_factory=time.monotonic)

    def run(self, number: int, values: Values, max_epochs: int, seed: int) -> Result:
        """Run a trial and print its line.

        Raises
        ------
        TrialError
            After its error was printed and noted.
        """
        try:
            result = self.memory(values, max_epochs, seed)
        except TrialError as error:
            self.failures.append(f"trial {number}: {error}")
            print(f"tune: trial {number} failed: {error}", file=sys.stderr, flush=True)
            raise
        finally:
            self._done += 1
        self._best = min(self._best, result.log_loss)
        print(self._line(number, values, result), flush=True)
        return result

    def as_trial(self, number: int, values: Values, max_epochs: int, seed: int) -> Trial:
        """Run a trial that may fail."""
        try:
            result = self.run(number, values, max_epochs, seed)
        except TrialError:
            return Trial(number, values, max_epochs, seed, None)
        return Trial(number, values, max_epochs, seed, result)

    def _line(self, number: int, values: Values, result: Result) -> str:
        tried = " ".join(f"{name}={as_text(value)}" for name, value in values.items())
        spent = time.monotonic() - self._started
        left = spent / self._done * max(self.total - self._done, 0)
        return (
            f"tune: trial {number} ({self._done} of {self.total}) {tried}: validation log-loss "
            f"{result.log_loss:.4f}, best {self._best:.4f}, about {left:.0f} s left"
        )
