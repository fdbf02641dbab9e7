"""The search of boosting's settings: it ends where no step helps, and tries nothing twice."""

from climbing import climb

LADDERS = {"depth": (2, 4, 6, 8, 10), "shrinkage": (0.1, 1.0, 10.0)}


def test_it_finds_the_bottom_of_a_bowl() -> None:
    lowest = climb(LADDERS, lambda choice: abs(choice["depth"] - 8) + abs(choice["shrinkage"] - 0.1))
    assert lowest == {"depth": 8, "shrinkage": 0.1}


def test_it_may_end_at_the_end_of_a_ladder() -> None:
    assert climb(LADDERS, lambda choice: -choice["depth"])["depth"] == 10


def test_nothing_is_tried_twice() -> None:
    tried = []

    def loss_of(choice: dict) -> float:
        tried.append(tuple(choice.values()))
        return -choice["depth"] - choice["shrinkage"]

    climb(LADDERS, loss_of)
    assert len(tried) == len(set(tried))


def test_a_flat_loss_stays_in_the_middle() -> None:
    assert climb(LADDERS, lambda _: 1.0) == {"depth": 6, "shrinkage": 1.0}
