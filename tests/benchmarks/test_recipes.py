"""Networks of one ingredient more or less: each can be made, and gives a logit a member and claim."""

import numpy as np
import pytest

from model_parts import TRAIN
from recipes import RECIPES, SHIPPED, Columns, compiled


@pytest.mark.parametrize("name", RECIPES)
def test_it_gives_a_logit_for_each_member_and_claim(fitted, deterministic, name: str) -> None:
    recipe = RECIPES[name]
    model, columns = compiled(recipe, fitted.extractor, TRAIN, rows=1000)
    logits = np.asarray(model(columns.fed(fitted.inputs.take(np.arange(5)))))
    assert logits.shape == (5, recipe.members)
    assert np.isfinite(logits).all()


def test_what_ships_reads_all_columns(fitted) -> None:
    columns = Columns.of(RECIPES[SHIPPED], fitted.extractor)
    assert len(columns.codes) == fitted.inputs.codes.shape[1]
    assert len(columns.numbers) == fitted.inputs.numbers.shape[1]
