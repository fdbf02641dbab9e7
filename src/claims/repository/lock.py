"""What a ``dvc.lock`` says: the outputs of each stage, and which stage reads what another made."""

from collections.abc import Iterable
from dataclasses import dataclass
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any, Self

import yaml


@dataclass(frozen=True)
class Lock:
    """The stages of a ``dvc.lock``.

    Attributes
    ----------
    outputs
        By stage, in an order in which they can run: the hash of each output by its path.
    producers
        By stage, those whose outputs it reads.
    """

    outputs: dict[str, dict[str, str]]
    producers: dict[str, set[str]]

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read the file."""
        stages = yaml.safe_load(path.read_text(encoding="utf-8"))["stages"]
        outputs = {name: _hashes(stage.get("outs", [])) for name, stage in stages.items()}
        producers = {name: _producers(stage, outputs) for name, stage in stages.items()}
        order = list(TopologicalSorter(producers).static_order())
        return cls({name: outputs[name] for name in order}, producers)

    def before(self, stage: str) -> set[str]:
        """Return all stages on whose outputs a stage rests."""
        stages = set(self.producers[stage])
        for name in self.producers[stage]:
            stages |= self.before(name)
        return stages

    def first_of(self, stages: Iterable[str]) -> str:
        """Return the stage that runs first among some; one that the lock does not know comes before all."""
        order = list(self.outputs)
        return min(stages, key=lambda stage: order.index(stage) if stage in order else -1)


def _hashes(entries: list[dict[str, Any]]) -> dict[str, str]:
    return {entry["path"]: entry["md5"] for entry in entries}


def _producers(stage: dict[str, Any], outputs: dict[str, dict[str, str]]) -> set[str]:
    read = [Path(entry["path"]) for entry in stage.get("deps", [])]
    return {name for name, made in outputs.items() if any(_overlap(Path(out), read) for out in made)}


def _overlap(output: Path, read: list[Path]) -> bool:
    return any(output.is_relative_to(path) or path.is_relative_to(output) for path in read)
