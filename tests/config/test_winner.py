"""`tuned` in a section: a number holds, the word takes the winner's value, and nothing is guessed."""

import pytest
from pydantic import ValidationError

from claims.base.errors import ModelError, ParamsError
from claims.config.params import Train, TrainSection
from claims.config.winner import Winner, read_winner, resolve, write_winner
from model_parts import TRAIN

WINNER = Winner(family="network", trial=3, values={"learning_rate": 0.004, "layers": (64, 32)})
NOTHING = Winner(family="network", trial=None, values={})
TREES = Winner(family="boosting", trial=1, values={"learning_rate": 0.1})


def section(**changes: object) -> TrainSection:
    return TrainSection.model_validate(TRAIN.model_dump() | changes)


def resolved(winner: Winner, **changes: object) -> Train:
    return resolve("train", section(**changes), "network", winner, Train)


def test_a_number_holds_whatever_won() -> None:
    assert resolved(WINNER) == TRAIN


def test_the_word_takes_the_winners_value() -> None:
    settings = resolved(WINNER, learning_rate="tuned", layers="tuned")
    assert (settings.learning_rate, settings.layers) == (0.004, (64, 32))
    assert settings.batch_size == TRAIN.batch_size


@pytest.mark.parametrize(
    ("winner", "name"), [(WINNER, "dropout"), (NOTHING, "learning_rate"), (TREES, "learning_rate")]
)
def test_a_value_that_was_not_tuned_is_named_on_both_sides(winner: Winner, name: str) -> None:
    said = rf"train.{name}: it says tuned, but tune has no {name} of the network .*the {winner.family}"
    with pytest.raises(ParamsError, match=said):
        resolved(winner, **{name: "tuned"})


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("learning_rate", -1, "greater than 0"),
        ("learning_rate", "fast", "valid number"),
        ("layers", 128, "valid tuple"),
        ("max_epochs", "tuned", "valid integer"),
        ("refit", "tuned", "valid boolean"),
    ],
)
def test_what_is_neither_legal_nor_tunable_is_refused_in_the_same_words(name, value, said) -> None:
    with pytest.raises(ValidationError) as caught:
        section(**{name: value})
    (error,) = caught.value.errors()
    assert error["loc"] == (name,)
    assert said in error["msg"]


def test_a_winner_is_read_as_it_was_written(tmp_path) -> None:
    write_winner(tmp_path / "tuned.json", WINNER)
    assert read_winner(tmp_path / "tuned.json") == WINNER


def test_a_missing_winner_names_the_stage_that_makes_it(tmp_path) -> None:
    with pytest.raises(ModelError, match=r"tuned.json: no such file. Run `dvc repro tune`"):
        read_winner(tmp_path / "tuned.json")
