"""The course of training while it runs, in files that a person can watch."""

from collections.abc import Callable
from pathlib import Path

import keras
from dvclive import Live


class LiveCurves(keras.callbacks.Callback):
    """Write loss and ROC-AUC after every epoch with DVCLive.

    What is written is no output of a stage. Where the folder cannot be written, training goes on without.

    Parameters
    ----------
    folder
        Made anew: ``metrics.json`` has the last epoch, ``plots/metrics/`` a table of each curve.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder
        self._live: Live | None = None

    def on_train_begin(self, logs: dict[str, float] | None = None) -> None:  # noqa: ARG002 - Keras' signature
        """Open the folder."""
        self._attempt(self._open)

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:  # noqa: ARG002
        """Write the epoch's figures."""
        self._attempt(lambda: self._write(logs or {}))

    def on_train_end(self, logs: dict[str, float] | None = None) -> None:  # noqa: ARG002
        """Close the folder."""
        self._attempt(lambda: self._live and self._live.end())

    def _open(self) -> None:
        self._live = Live(dir=str(self._folder), dvcyaml=None, report=None, save_dvc_exp=False)

    def _write(self, figures: dict[str, float]) -> None:
        if self._live:
            for name, value in figures.items():
                self._live.log_metric(name, float(value))
            self._live.next_step()

    def _attempt(self, write: Callable[[], None]) -> None:
        try:
            write()
        except OSError as error:
            print(f"train: no live curves, {error.filename}: {error.strerror}")
            self._live = None
