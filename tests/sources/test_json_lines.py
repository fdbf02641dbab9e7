"""JSON lines: read some at a time; a broken line is named by its number, never by what it says."""

import pytest

from claims.base.errors import SourceError
from claims.sources.files import read_json_lines


def test_claims_come_in_chunks_and_blank_lines_do_not_count() -> None:
    lines = ['{"a": 1}', "", '{"a": 2}', " ", '{"a": 3}']
    assert list(read_json_lines(iter(lines), "input", 2)) == [[{"a": 1}, {"a": 2}], [{"a": 3}]]


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ('{"name": "Ada"', "not JSON"),
        ("Ada", "not JSON"),
        ('["Ada"]', "a JSON list"),
        ('"Ada"', "a JSON str"),
    ],
)
def test_a_broken_line_is_named_and_not_quoted(line, problem) -> None:
    with pytest.raises(SourceError) as refused:
        list(read_json_lines(iter(['{"a": 1}', "", line]), "input", 10))
    assert str(refused.value).startswith(f"input:3: {problem}")
    assert str(refused.value).endswith("Give one JSON object a line.")
    assert "Ada" not in str(refused.value)
