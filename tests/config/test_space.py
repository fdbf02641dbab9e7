"""The search space: what it refuses, and which value a proposal means."""

import pytest
from pydantic import ValidationError

from claims.config.params import Boosting, Train, Tune
from claims.config.space import Dimension, dimensions, start_of, values_of

RATE = Dimension(start=0.002, low=0.0005, high=0.008, log=True)
LEAVES = Dimension(start=31, low=7, high=127)
LAYERS = Dimension(start=(128, 64), choices=((64,), (128, 64)))

REFUSED = {
    "choices and a range": ({"start": 1, "choices": [1, 2], "low": 1}, "give choices, or low and high"),
    "neither": ({"start": 1}, "give choices, or low and high"),
    "half a range": ({"start": 1, "low": 1}, "give choices, or low and high"),
    "a start that is no choice": ({"start": 3, "choices": [1, 2]}, "start 3 is none of the choices"),
    "a start outside": ({"start": 3, "low": 0, "high": 2}, "start 3 is not between low 0 and high 2"),
    "a logarithm of zero": ({"start": 1, "low": 0, "high": 2, "log": True}, "starts above 0"),
    "no choice": ({"start": 1, "choices": []}, "at least 1 item"),
    "an unknown key": ({"start": 1, "choices": [1], "step": 2}, "Extra inputs"),
}


@pytest.mark.parametrize(("written", "said"), REFUSED.values(), ids=REFUSED)
def test_a_dimension_that_says_nothing_clear_is_refused(written: dict, said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        Dimension.model_validate(written)


def test_a_proposal_between_two_numbers_has_three_digits() -> None:
    assert RATE.value(0.00123456) == 0.00123


@pytest.mark.parametrize(("proposed", "value"), [(0.00049999, 0.0005), (0.0080001, 0.008)])
def test_rounding_never_leaves_the_range(proposed: float, value: float) -> None:
    assert RATE.value(proposed) == value


def test_a_range_between_whole_numbers_gives_whole_numbers() -> None:
    assert LEAVES.is_whole
    assert not RATE.is_whole
    assert isinstance(LEAVES.value(12.0), int)


def test_a_choice_is_proposed_by_its_position() -> None:
    assert LAYERS.ends == (0, 1)
    assert LAYERS.value(1) == (128, 64)


def test_the_start_is_what_its_proposal_means(params) -> None:
    for space in (params.tune.space.network, params.tune.space.boosting):
        expected = {name: dimension.start for name, dimension in dimensions(space).items()}
        assert values_of(space, start_of(space)) == expected


def test_what_a_search_keeps_beside_its_values_is_left_out(params) -> None:
    space = params.tune.space.network
    assert values_of(space, start_of(space) | {"tuner/epochs": 3}).keys() == dimensions(space).keys()


def test_the_spaces_name_settings_that_exist(params) -> None:
    assert dimensions(params.tune.space.network).keys() <= Train.model_fields.keys()
    assert dimensions(params.tune.space.boosting).keys() <= Boosting.model_fields.keys()


@pytest.mark.parametrize(
    ("family", "name", "written", "said"),
    [
        ("network", "dropout", {"start": 0.5, "low": 0.1, "high": 1.5}, "1.5 cannot be tried.*less than 1"),
        ("network", "batch_size", {"start": 0.5, "low": 0.1, "high": 9.5}, "0.1 cannot be tried.*integer"),
        ("network", "layers", {"start": 64, "choices": [64]}, "64 cannot be tried.*valid tuple"),
        ("boosting", "leaves", {"start": 2, "choices": [1, 2]}, "1 cannot be tried.*greater than or equal"),
    ],
)
def test_a_space_that_reaches_illegal_settings_is_refused(params, family, name, written, said) -> None:
    content = params.tune.model_dump()
    content["space"][family][name] = written
    with pytest.raises(ValidationError, match=f"tune.space.{family}.{name}: {said}"):
        Tune.model_validate(content)
