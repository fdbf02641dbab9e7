"""A search over a few settings that ends where no single step helps.

Each setting has a ladder of values. The search starts in the middle of all and moves one rung along one
ladder, to where the loss is lowest, as long as it falls.
"""

import itertools
from collections.abc import Callable, Iterator
from typing import Any

Choice = dict[str, Any]
Ladders = dict[str, tuple[float, ...]]
Rungs = tuple[int, ...]


def climb(ladders: Ladders, loss_of: Callable[[Choice], float]) -> Choice:
    """The choice from which no single step along a ladder lowers the loss, from the middle of all."""
    names = list(ladders)
    place: Rungs = tuple(len(ladder) // 2 for ladder in ladders.values())
    losses: dict[Rungs, float] = {}

    def loss_at(rungs: Rungs) -> float:
        if rungs not in losses:
            losses[rungs] = loss_of(choice_at(rungs))
        return losses[rungs]

    def choice_at(rungs: Rungs) -> Choice:
        return {name: ladders[name][rung] for name, rung in zip(names, rungs, strict=True)}

    while True:
        best = min((place, *_steps(place, list(ladders.values()))), key=loss_at)
        if best == place:
            return choice_at(place)
        place = best


def _steps(place: Rungs, ladders: list[tuple[float, ...]]) -> Iterator[Rungs]:
    for axis, step in itertools.product(range(len(place)), (-1, 1)):
        if 0 <= place[axis] + step < len(ladders[axis]):
            yield (*place[:axis], place[axis] + step, *place[axis + 1 :])
