"""``params.yaml``: what loads, and the one error that every mistake gives."""

import re
from pathlib import Path

import pytest
import yaml

from claims.base.errors import ParamsError
from claims.config.params import DEMO_URL, load_params

FILE = Path(__file__).parents[2] / "params.yaml"
TEXT = FILE.read_text(encoding="utf-8")


def test_the_file_of_the_repository_loads() -> None:
    assert load_params(FILE).model_dump(by_alias=True).keys() == yaml.safe_load(TEXT).keys()


def test_calibration_samples_come_first_and_are_300() -> None:
    assert next(iter(yaml.safe_load(TEXT)["quantize"].items())) == ("num_calibration_samples", 300)


# The key whose line is replaced, what by, and what the message must say.
MISTAKES = {
    "unknown key": ("  dropout", "  droput: 0.4", "unknown key 'droput'. Legal keys: anomaly_epochs"),
    "unknown key of validate": ("  max_quarantined", "  max_quarantine: 0.1", "Legal keys: max_quarantined"),
    "unknown section": ("verify", "verfy:", "unknown key 'verfy'. Legal keys: "),
    "key twice": ("  quantiles", "  bins: 7", "'bins' stands twice"),
    "text for a number": ("  rows", "  rows: many", "valid integer"),
    "fraction for a count": ("  max_epochs", "  max_epochs: 4.5", "valid integer"),
    "number for a list": ("  layers", "  layers: 128", "valid tuple"),
    "no day": ("  start", '  start: "2024-02-30"', "valid date"),
    "share of one": ("  train", "  train: 1.0", "less than 1"),
    "negative share": ("  calibration", "  calibration: -0.1", "greater than 0"),
    "99 calibration samples": ("  num_calibration_samples", "  num_calibration_samples: 99", "equal to 100"),
    "501 calibration samples": (
        "  num_calibration_samples",
        "  num_calibration_samples: 501",
        "equal to 500",
    ),
    "unknown variant": ("  variants", "  variants: [float32, int4]", "'int8' or 'qat' (found 'int4')"),
    "no reference": ("  variants", "  variants: [int8]", "name each variant once, and float32"),
    "variant twice": ("  variants", "  variants: [float32, int8, int8]", "name each variant once"),
    "free reviews": ("  review", "  review: 0", "greater than 0"),
    "coverage of all": ("  coverage", "  coverage: 1", "less than 1"),
    "more than the amount": (
        "  wrong_approval_share",
        "  wrong_approval_share: 1.5",
        "less than or equal to 1",
    ),
    "negative capacity": ("  reviews_a_day", "  reviews_a_day: -1", "greater than or equal to 0"),
    "broken YAML": ("  layers", "  layers: {128]", "not YAML"),
}


@pytest.mark.parametrize(("key", "new", "said"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_named_with_its_line(tmp_path: Path, key: str, new: str, said: str) -> None:
    text = re.sub(f"^{key}:.*$", new, TEXT, count=1, flags=re.MULTILINE)
    line = text[: text.index(new)].count("\n") + 1

    with pytest.raises(ParamsError) as caught:
        load_params(written(tmp_path, text))

    assert said in str(caught.value)
    assert f"params.yaml:{line}" in str(caught.value)


def written(folder: Path, text: str) -> Path:
    file = folder / "params.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def with_keys(section: str, **keys: object) -> str:
    """The file's text with keys of one section set."""
    content = yaml.safe_load(TEXT)
    content[section] |= keys
    return yaml.safe_dump(content, sort_keys=False)


DAYS = {
    f"{name}_from": f"2025-0{month}-01" for month, name in enumerate(("validation", "calibration", "test"), 1)
}
DISAGREE = {
    "shares that leave no test": ("split", {"train": 0.8}, "must leave a share for test"),
    "some of the days": ("split", {**DAYS, "test_from": None}, "all of validation_from"),
    "windows out of order": ("split", {**DAYS, "test_from": "2025-01-15"}, "must follow each other"),
    "an empty window": ("split", {**DAYS, "test_from": "2025-02-01"}, "must follow each other"),
    "since after until": ("source", {"since": "2025-02-01", "until": "2025-01-01"}, "is not before until"),
}


@pytest.mark.parametrize(("section", "keys", "said"), DISAGREE.values(), ids=DISAGREE)
def test_keys_that_disagree_are_named_with_their_section(
    tmp_path: Path, section: str, keys: dict[str, object], said: str
) -> None:
    text = with_keys(section, **keys)
    line = text[: text.index(f"\n{section}:")].count("\n") + 2

    with pytest.raises(ParamsError, match=said) as caught:
        load_params(written(tmp_path, text))

    assert f"params.yaml:{line}: {section}" in str(caught.value)


@pytest.mark.parametrize("samples", [100, 500])
def test_100_and_500_calibration_samples_are_legal(tmp_path: Path, samples: int) -> None:
    text = with_keys("quantize", num_calibration_samples=samples)

    assert load_params(written(tmp_path, text)).quantize.num_calibration_samples == samples


def test_capacity_may_be_unlimited(tmp_path: Path) -> None:
    assert (
        load_params(written(tmp_path, with_keys("policy", reviews_a_day=None))).policy.reviews_a_day is None
    )


def test_no_claim_is_rejected_automatically_unless_asked_for() -> None:
    assert load_params(FILE).policy.auto_reject is False


def test_another_source_is_not_the_demo(tmp_path: Path) -> None:
    assert load_params(FILE).source.url == DEMO_URL
    assert not load_params(written(tmp_path, with_keys("source", url="claims.csv"))).source.is_demo


def test_a_missing_file_says_where_to_run(tmp_path: Path) -> None:
    with pytest.raises(ParamsError, match=r"no such file\. Run from the repository's root"):
        load_params(tmp_path / "params.yaml")


def test_a_date_without_quotes_is_refused_before_dvc_meets_it(tmp_path: Path) -> None:
    path = tmp_path / "params.yaml"
    path.write_text(TEXT.replace("since: null", "since: 2026-01-31"))
    with pytest.raises(ParamsError, match=r'params.yaml:\d+: a date without quotes.*Write "2026-01-31"'):
        load_params(path)
