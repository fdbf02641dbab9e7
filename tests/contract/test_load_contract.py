"""Contracts from files: what loads, and the one error that every mistake gives."""

from pathlib import Path

import pytest

from claims.base.errors import ContractError
from claims.contract import load_contract, parse_contract

CONTRACTS = Path(__file__).parents[2] / "contracts"
TSA = (CONTRACTS / "tsa.yaml").read_text(encoding="utf-8")


def line_of(text: str, needle: str) -> int:
    return text[: text.index(needle)].count("\n") + 1


def refusal(text: str) -> str:
    with pytest.raises(ContractError) as caught:
        parse_contract(text, "tsa.yaml")
    return str(caught.value)


@pytest.mark.parametrize("name", ["professional", "tsa"])
def test_the_contracts_of_the_repository_load(name: str) -> None:
    assert load_contract(CONTRACTS / f"{name}.yaml").name == name


# What is replaced, what by, and what the message must say. The line is that of the replacement.
MISTAKES = {
    "unknown key": ("gap_days: 0", "gap_day: 0", "unknown key 'gap_day'. Legal keys: amount, claims"),
    "unknown key that displaces a required one": (
        "  table: tsa_claims",
        "  tabel: tsa_claims",
        "unknown key 'tabel'. Legal keys: encoding, event_time, identifier, table",
    ),
    "unknown section": ("outcome:\n", "outcomes:\n", "unknown key 'outcomes'. Legal keys: amount, claims"),
    "unknown key of a column": (
        "protect: hash",
        "protekt: hash",
        "unknown key 'protekt'. Legal keys: correct",
    ),
    "unknown key of a correction": ("      alias:", "      aliases:", "Legal keys: alias, case, clip"),
    "unknown key of a feature": (
        "of: Airport_Code}",
        "off: Airport_Code}",
        "unknown key 'off'. Legal keys: hidden, kind, of",
    ),
    "unknown kind": (
        "kind: first_item",
        "kind: frist_item",
        "'frist_item' is no kind of feature. Legal kinds: 'col",
    ),
    "no kind": ("kind: first_item, of", "of", "no kind is given"),
    "unknown type": ("type: list", "type: lists", "'date' or 'list' (found 'lists')"),
    "unknown moment": ("known: outcome", "known: later", "'outcome' or 'offline' (found 'later')"),
    "unknown unit": ("days since 1960-01-01", "days since 1960", "iso or days since YYYY-MM-DD"),
    "epoch that is no day": (
        "days since 1960-01-01",
        "days since 1960-13-01",
        "iso or days since YYYY-MM-DD",
    ),
    "date that is no day": ("[2002-01-01", "[2002-13-01", "month must be in 1..12"),
    "range that ends before it starts": (
        "2002-01-01, 2018-12-31",
        "2018-12-31, 2002-01-01",
        "range ends before",
    ),
    "range of a category": (
        "Airport_Code: {type: category",
        "Airport_Code: {type: category, range: [0, 1]",
        "takes legal",
    ),
    "legal values of a date": ("unit: days since 1960-01-01}", "legal: [1]}", "takes range"),
    "empty separator": ('separator: ";"', 'separator: ""', "at least 1 character"),
    "no boolean": ("trim: true", "trim: maybe", "(found 'maybe')"),
    "no list": ("rejected: [Deny]", "rejected: Deny", "valid tuple (found 'Deny')"),
    "negative gap": ("gap_days: 0", "gap_days: -1", "greater than or equal to 0 (found -1)"),
    "too many items": (
        "top: 100",
        "top: 1001",
        "features.items.top: Input should be less than or equal to 1000 (found 1001)",
    ),
    "version zero": ("version: 1.0.0", "version: 0", "write MAJOR.MINOR.PATCH from 1.0.0"),
    "version of two numbers": ("version: 1.0.0", "version: 1.2", "1.2 is no version"),
    "version with a leading zero": ("version: 1.0.0", "version: 1.02.0", "'1.02.0' is no version"),
    "name with a capital": ("name: tsa", "name: TSA", "pattern '^[a-z][a-z0-9_]*$' (found 'TSA')"),
    "key twice": ("gap_days: 0", "version: 2", "'version' stands twice"),
    "column twice": ("  City: {", "  County: {", "'County' stands twice"),
    "broken YAML": ("version: 1.0.0", "version: {1]", "not YAML"),
    "character that YAML forbids": ("name: tsa", "name: tsa\x07", "not YAML"),
    "missing key": ("kind: cross, of: [Claim_Type, Claim_Site]", "kind: cross", "Field required. Add it"),
    "unhashed identifier": (", protect: hash", "", "needs protect: drop or protect: hash"),
    "unknown identifier": (
        "identifier: Claim_Number",
        "identifier: Claim_No",
        "columns are Claim_Number, Date",
    ),
    "unknown event time": (
        "event_time: Date_Received",
        "event_time: Received",
        "no column is called 'Received'",
    ),
    "unknown outcome": ("column: Disposition", "column: Dispositon", "no column is called 'Dispositon'"),
    "unknown slice": (
        "[Claim_Type, Claim_Site]\ngap",
        "[Claim_Tpye]\ngap",
        "no column is called 'Claim_Tpye'",
    ),
    "slice that is a number": (
        "[Claim_Type, Claim_Site]\ngap",
        "[Date_Received]\ngap",
        "slices are categories",
    ),
    "unknown source": ("of: State}", "of: Stat}", "'Stat' is neither a column nor an earlier feature"),
    "source of a wrong type": (
        "kind: column, of: State",
        "kind: log, of: State",
        "log takes number or money",
    ),
    "unknown protected feature": (
        "slices: [",
        "protected_features: [sex]\nslices: [",
        "no feature is called 'sex'",
    ),
    "lines that are not declared": (
        "kind: first_item, of: Item_Category",
        "kind: lines, how: count",
        "declares no lines",
    ),
}


@pytest.mark.parametrize(("old", "new", "said"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_named_with_its_line_and_what_is_legal(old: str, new: str, said: str) -> None:
    line = line_of(TSA, old)

    message = refusal(TSA.replace(old, new, 1))

    assert said in message
    assert message.startswith(f"tsa.yaml:{line}:")


@pytest.mark.parametrize("text", ["", "- a list", "a text"])
def test_a_file_that_holds_no_keys_is_refused(text: str) -> None:
    assert refusal(text).startswith("tsa.yaml:1: the file: Input should be a valid dictionary")


def test_a_missing_section_is_named() -> None:
    assert "outcome: Field required" in refusal(TSA[: TSA.index("outcome:")])


def test_an_unknown_contract_lists_the_known_ones() -> None:
    with pytest.raises(ContractError, match=r"no such contract.*professional, tsa"):
        load_contract(CONTRACTS / "profesional.yaml")


@pytest.mark.parametrize("code", ["NO", "01", "Y", "on", "1"])
def test_a_code_without_quotes_stays_as_written(code: str) -> None:
    text = TSA.replace("State: {type: category", f"State: {{legal: [{code}], type: category")

    assert parse_contract(text, "tsa.yaml").columns["State"].legal == (code,)


def test_a_whole_number_is_the_first_version_of_that_number() -> None:
    assert parse_contract(TSA.replace("version: 1.0.0", "version: 3"), "tsa.yaml").version == "3.0.0"
