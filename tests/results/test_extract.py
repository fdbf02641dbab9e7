"""What earlier versions of the code wrote of extraction can still be read."""

import json

import pytest

from claims.base.errors import ResultsError
from claims.results.extract import ExtractedClaims, ExtractMetrics
from claims.results.files import as_json, parse_metrics
from metrics_parts import extract_metrics


def test_a_file_of_today_holds_the_facts() -> None:
    content = json.dumps(as_json(extract_metrics())).encode()
    claims = parse_metrics(ExtractedClaims, content, "extract.json")
    assert (claims.in_window, claims.key_fingerprint) == (59_983, "583c106b2261978c")
    assert claims.label_rate == 40_714 / 55_195


def test_a_file_with_other_keys_holds_them_too_and_is_no_file_of_today() -> None:
    early = {name: value for name, value in as_json(extract_metrics()).items() if name != "key_fingerprint"}
    content = json.dumps(early | {"clerks": 3}).encode()
    assert parse_metrics(ExtractedClaims, content, "extract.json").key_fingerprint is None
    with pytest.raises(ResultsError, match=r"extract\.json: (key_fingerprint|clerks)"):
        parse_metrics(ExtractMetrics, content, "extract.json")


def test_no_decided_claims_have_no_rate() -> None:
    facts = as_json(extract_metrics(decided=0, approved=0))
    assert ExtractedClaims.model_validate(facts).label_rate is None
