"""Scoring whole inputs: the same claims in any form give the same scores, and bad ones are named."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from claims.base.errors import ClaimsError, DataError, SourceError
from claims.data.pseudonyms import KEY_VARIABLE, PUBLISHED_KEY
from claims.features.history import MonthlyTable
from claims.serving.predictor import OptimizedPredictor
from claims.serving.score import read_chunks, score, scored_schema, scoring_key
from model_parts import FORMS, Parts, Raw, Sources, write_json_lines
from workspaces import ROOT


@pytest.fixture(scope="module")
def scored(parts: Parts):
    """A function that scores a source."""
    predictor = OptimizedPredictor(parts.package)

    def run(
        source: Path | str, lines: str | None = None, *, skip_bad: bool = False, reasons: bool = False
    ) -> pa.Table:
        chunks = read_chunks(predictor.contract, str(source), lines, scoring_key(predictor))
        tables = score(predictor, chunks, skip_bad=skip_bad, reasons=reasons)
        schema = scored_schema(predictor.contract, with_anomaly=True, reasons=reasons)
        return pa.concat_tables([schema.empty_table(), *tables])

    return run


@pytest.fixture(scope="module")
def expected(scored, sources: Sources) -> pa.Table:
    return scored(*sources["jsonl"])


@pytest.mark.parametrize("form", FORMS)
def test_every_form_gives_the_same_scores_in_the_order_of_the_input(
    scored, sources: Sources, raw: Raw, expected: pa.Table, form: str
) -> None:
    table = scored(*sources[form])
    assert table.equals(expected)
    assert table["claim_id"].to_pylist() == raw.claims["claim_id"].to_pylist()


def test_scores_are_many_and_say_something(expected: pa.Table) -> None:
    assert len(expected["ml_score"].unique()) > 100
    assert set(expected["ml_derived_decision"].to_pylist()) >= {"ML_APPROVED", "ML_REVIEW"}


def test_reasons_stand_beside_the_claims_that_reach_a_person(scored, raw: Raw, expected, tmp_path) -> None:
    source = write_json_lines(tmp_path / "c.jsonl", raw.records()[:60])
    table = scored(source, reasons=True)
    assert table.drop_columns("ml_reasons").equals(expected.slice(0, 60))
    given = [row["ml_route"] for row in table.to_pylist() if row["ml_reasons"]]
    assert given
    assert set(given) == {"person"}
    assert all(0 < len(text.split(";")) <= 3 for text in table["ml_reasons"].drop_null().to_pylist())


@pytest.mark.parametrize("form", FORMS)
def test_no_claims_give_no_scores(scored, raw: Raw, tmp_path: Path, form: str) -> None:
    table = scored(*Raw(raw.claims.slice(0, 0), raw.lines.slice(0, 0)).write(tmp_path)[form])
    assert table.num_rows == 0
    assert table.column_names == [
        "claim_id",
        "ml_score",
        "ml_derived_decision",
        "ml_route",
        "ml_anomaly_score",
    ]


@pytest.mark.parametrize("form", FORMS)
def test_claims_without_lines_are_scored(scored, raw: Raw, expected, tmp_path: Path, form: str) -> None:
    table = scored(*Raw(raw.claims.slice(0, 20), raw.lines.slice(0, 1)).write(tmp_path)[form])
    alike = [a == b for a, b in zip(table["ml_score"], expected["ml_score"].slice(0, 20), strict=True)]
    assert table["ml_score"].null_count == 0
    assert sum(alike[1:]) < 3  # int8 scores are few, so that two may coincide


@pytest.mark.parametrize("form", ["csv", "parquet", "sqlite"])
def test_lines_may_come_in_any_order(scored, raw: Raw, expected, tmp_path: Path, form: str) -> None:
    shuffled = raw.lines.take(list(reversed(range(raw.lines.num_rows))))
    assert scored(*Raw(raw.claims, shuffled).write(tmp_path)[form]).equals(expected)


@pytest.mark.parametrize("identifier", [17, "  spaced ", "Ünïcode", 'a,"b"\n', None])
def test_the_callers_own_identifier_comes_back(scored, raw: Raw, tmp_path: Path, identifier: Any) -> None:
    record = raw.records()[0] | {"claim_id": identifier}
    identifiers = scored(write_json_lines(tmp_path / "c.jsonl", [record]))["claim_id"].to_pylist()
    assert identifiers == [None if identifier is None else str(identifier)]


def test_the_demo_is_scored_without_any_setting(parts: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(KEY_VARIABLE, raising=False)
    assert scoring_key(OptimizedPredictor(parts.package)) == PUBLISHED_KEY


def test_another_key_than_that_of_training_is_refused(parts: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KEY_VARIABLE, "another key of this test")
    with pytest.raises(DataError, match=f"{KEY_VARIABLE}: not the key that the model was trained with"):
        scoring_key(OptimizedPredictor(parts.package))


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    ("feature", "column"), [("provider_rate", "provider_npi"), ("member_recent_claims", "member_id")]
)
def test_claims_by_their_own_identifiers_find_their_history(
    parts: Parts, sources: Sources, feature: str, column: str, form: str
) -> None:
    contract, table = parts.package.contract, parts.package.extractor.fitted[feature]
    assert isinstance(table, MonthlyTable)
    known, strangers = (
        np.concatenate([table.knows(chunk.batch.claims.categories(column)) for chunk in chunks])
        for chunks in (read_chunks(contract, *sources[form], key) for key in (PUBLISHED_KEY, b"another key"))
    )
    assert known.mean() > 0.8
    assert not strangers.any()


LINE = {
    "line_number": 1,
    "procedure_code": "99213",
    "modifier": None,
    "units": 1,
    "line_charge": 1,
    "diagnosis_pointer": 1,
}
BAD = [
    ({"total_charge": "12 secret"}, "total_charge: cannot be read as money"),
    ({"service_date": "31/12/2025 secret"}, "service_date: cannot be read as date"),
    ({"days_since_last_claim": "secret"}, "days_since_last_claim: cannot be read as number"),
    ({"lines": [LINE | {"units": "secret"}]}, r"lines\.units: cannot be read as number"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "message"), BAD)
def test_an_unreadable_value_is_named_by_claim_and_field_never_by_itself(
    scored, raw: Raw, tmp_path: Path, change: dict[str, Any], message: str
) -> None:
    records = raw.records()[:3]
    records[1] |= change
    path = write_json_lines(tmp_path / "c.jsonl", records)
    with pytest.raises(DataError, match=f"claim 2: {message}.*--skip-bad") as raised:
        scored(path)
    assert "secret" not in str(raised.value)


@pytest.mark.parametrize(("change", "_message"), BAD)
def test_unreadable_claims_can_be_skipped(scored, raw, expected, tmp_path, change, _message) -> None:
    records = raw.records()[:3]
    records[1] |= change
    table = scored(write_json_lines(tmp_path / "c.jsonl", records), skip_bad=True)
    assert table.take([0, 2]).equals(expected.take([0, 2]))
    assert table["ml_score"][1].as_py() is table["ml_anomaly_score"][1].as_py() is None
    assert table["ml_derived_decision"][1].as_py() == "ML_SKIPPED_NO_FEATURES"


def test_claims_are_numbered_throughout_the_input(scored, raw: Raw, tmp_path: Path) -> None:
    records = raw.records() * 2
    records[4999] = records[4999] | {"total_charge": "x"}
    with pytest.raises(DataError, match="claim 5000: total_charge"):
        scored(write_json_lines(tmp_path / "c.jsonl", records))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"payer_id": ...}, "claim 2: payer_id: no such field"),
        ({"claim_id": ...}, "claim 2: claim_id: no such field"),
        ({"lines": ...}, "claim 2: lines: no such field"),
        ({"lines": "secret"}, "claim 2: lines: not a list of objects"),
        ({"lines": [{"units": 1}]}, "claim 2, a line: .*: no such field"),
        ({"payer_id": {"secret": 1}}, "claim 2: payer_id: a JSON"),
        ({"total_charge": ["secret"]}, "claim 2: total_charge: a JSON"),
    ],
)
def test_a_claim_of_another_shape_is_named(
    scored, raw, tmp_path, change: dict[str, Any], message: str
) -> None:
    records = raw.records()[:3]
    merged = records[1] | change
    records[1] = {name: value for name, value in merged.items() if value is not ...}
    with pytest.raises(DataError, match=message) as raised:
        scored(write_json_lines(tmp_path / "c.jsonl", records), skip_bad=True)
    assert "secret" not in str(raised.value)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b'{"claim_id": 1', "c.jsonl:1: not JSON"),
        (b"\n[1, 2]\n", "c.jsonl:2: a JSON list"),
        (b'{"claim_id": "M\xfcller"}', "c.jsonl: not utf-8"),
    ],
)
def test_a_file_that_is_no_json_lines_is_refused(
    scored, tmp_path: Path, content: bytes, message: str
) -> None:
    (tmp_path / "c.jsonl").write_bytes(content)
    with pytest.raises(SourceError, match=message):
        scored(tmp_path / "c.jsonl")


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_a_missing_column_is_named(scored, raw: Raw, tmp_path: Path, form: str) -> None:
    lines, claims = raw.lines, raw.claims.drop_columns("payer_id")
    with pytest.raises(SourceError, match="no column payer_id"):
        scored(*Raw(claims, lines).write(tmp_path)[form])


def test_the_claim_in_the_documentation_is_scored(scored, tmp_path: Path) -> None:
    page = (ROOT / "docs" / "scoring.md").read_text(encoding="utf-8")
    example = json.loads(page[page.index('{"claim_id": "A-1", "member_id"') :].partition("```")[0])
    (row,) = scored(write_json_lines(tmp_path / "c.jsonl", [example])).to_pylist()
    assert row["claim_id"] == "A-1"
    assert 0 < row["ml_score"] < 1


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_a_file_of_claims_needs_its_file_of_lines(scored, sources: Sources, form: str) -> None:
    with pytest.raises(SourceError, match=r"--lines: not given.*claim_line_items"):
        scored(sources[form][0])


@pytest.mark.parametrize(
    "source", ["claims.xlsx", "nowhere/claims.csv", "sqlite:///nowhere.db", "oracel://x/y"]
)
def test_a_source_that_is_none_is_refused(scored, source: str) -> None:
    with pytest.raises(ClaimsError):
        scored(source, "lines.csv")


def test_the_column_of_anomalies_comes_only_from_a_model_that_scores_them(
    plain_parts: Parts, expected: pa.Table, sources: Sources
) -> None:
    predictor = OptimizedPredictor(plain_parts.package)
    tables = score(predictor, read_chunks(predictor.contract, *sources["jsonl"]), skip_bad=False)
    assert pa.concat_tables(tables).column_names == [
        "claim_id",
        "ml_score",
        "ml_derived_decision",
        "ml_route",
    ]
    assert expected["ml_anomaly_score"].null_count == 0
