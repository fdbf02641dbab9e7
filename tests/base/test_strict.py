"""What is read from files: errors say where, and what is wrong there."""

import pytest
from pydantic import ValidationError, model_validator

from claims.base.documents import parse_document
from claims.base.errors import ParamsError
from claims.base.strict import Strict, problem_at


class Range(Strict):
    low: int
    high: int


class Settings(Strict):
    range: Range

    @model_validator(mode="after")
    def _ascend(self) -> "Settings":
        if self.range.low > self.range.high:
            raise problem_at("range.high", f"{self.range.high} lies below low: {self.range.low}")
        return self


WRONG = "range:\n  low: 3\n  high: 1\n"


def test_a_check_over_a_whole_document_names_its_key_as_fields() -> None:
    with pytest.raises(ValidationError) as refused:
        Settings.model_validate({"range": {"low": 3, "high": 1}})

    (error,) = refused.value.errors()
    assert error["ctx"] == {"place": "range.high", "problem": "1 lies below low: 3"}


def test_a_document_names_the_line_of_that_key() -> None:
    with pytest.raises(ParamsError) as refused:
        parse_document(Settings, WRONG, "settings.yaml", ParamsError)

    assert refused.value.thing == "settings.yaml:3: range.high"
    assert refused.value.found == "1 lies below low: 3"


def test_a_key_that_is_not_known_is_refused() -> None:
    with pytest.raises(ValidationError, match="extra_forbidden"):
        Range.model_validate({"low": 1, "high": 2, "step": 1})
