"""The contract as a whole: roles, the leak guard, the privacy guard and what is derived from it."""

from typing import Any

import pytest
import yaml

from claims.base.errors import ContractError
from claims.contract import Contract, parse_contract

HASHED = {"type": "identifier", "privacy": "direct", "protect": "hash"}


def document(**features: dict[str, Any]) -> dict[str, Any]:
    """A small contract in which every illegal source exists once for each type, as ``leak_<type>``."""
    return {
        "name": "small",
        "version": 1,
        "description": "a contract to be broken",
        "claims": {"table": "claims", "identifier": "id", "event_time": "received"},
        "columns": {
            "id": HASHED,
            "received": {"type": "date"},
            "amount": {"type": "money"},
            "items": {"type": "list"},
            "status": OUTCOME,
        },
        "lines": {"table": "lines", "claim": "id", "order": "number"},
        "line_columns": {"id": HASHED, "number": {"type": "number"}, "code": {"type": "category"}},
        "outcome": {
            "column": "status",
            "approved": ["PAID"],
            "rejected": ["DENIED"],
            "mature_after_days": 30,
        },
        "features": features or {"amount": {"kind": "column", "of": "amount"}},
    }


OUTCOME = {"type": "category", "known": "outcome"}
BARRED = {
    "outcome": ({"known": "outcome"}, "known: outcome"),
    "offline": ({"known": "offline"}, "known: offline"),
    "dropped": ({"privacy": "direct", "protect": "drop"}, "dropped at extraction"),
    "protected": ({"protected": True}, "list leak under protected_features"),
}
POINTED = {"of": "items", "by": "number"}
READERS = [
    ("category", {"kind": "column", "of": "source"}),
    ("date", {"kind": "days_between", "start": "received", "end": "source"}),
    ("date", {"kind": "calendar", "of": "source", "part": "year"}),
    ("date", {"kind": "age", "of": "source", "at": "received"}),
    ("date", {"kind": "age", "of": "received", "at": "source"}),
    ("money", {"kind": "log", "of": "source"}),
    ("number", {"kind": "ratio", "of": "amount", "over": "source"}),
    ("category", {"kind": "prefix", "of": "source", "length": 1}),
    ("list", {"kind": "item_count", "of": "source"}),
    ("list", {"kind": "first_item", "of": "source"}),
    ("list", {"kind": "items", "of": "source", "top": 3}),
    ("category", {"kind": "cross", "of": ["source"]}),
    ("category", {"kind": "target", "of": "source"}),
    ("category", {"kind": "prior_count", "of": "source"}),
    ("category", {"kind": "prior_rate", "of": "source"}),
    ("category", {"kind": "lines", "of": "source", "how": "first"}),
    ("number", {"kind": "lines", "of": "source", "how": "sum"}),
    ("money", {"kind": "band", "of": "source", "edges": [0]}),
    ("category", {"kind": "line_target", "of": "source"}),
    ("number", {"kind": "line_target", "of": ["code", "source"], "pairs": True}),
    ("category", {"kind": "line_share", "of": "source", "pointed": POINTED}),
    ("money", {"kind": "line_tail", "of": "source", "number": "number"}),
    ("number", {"kind": "line_tail", "of": "code", "number": "source"}),
    ("number", {"kind": "line_target", "of": "code", "pointed": POINTED | {"by": "source"}}),
]
BESIDE_LINES = [  # they read a column of the claim beside its lines
    ("category", {"kind": "line_target", "of": "code", "beside": "source"}),
    ("list", {"kind": "line_tail", "of": "code", "number": "number", "beside": ["source"]}),
    ("list", {"kind": "line_share", "of": "code", "pointed": POINTED | {"of": "source"}}),
]


def check(content: dict[str, Any]) -> Contract:
    return parse_contract(yaml.safe_dump(content, sort_keys=False), "small.yaml")


def with_source(type_: str, keys: dict[str, Any], feature: dict[str, Any]) -> dict[str, Any]:
    content = document(leak=feature)
    of_lines = feature["kind"].startswith("line") and feature not in [keys for _, keys in BESIDE_LINES]
    table = "line_columns" if of_lines else "columns"
    content[table] = content[table] | {"source": {"type": type_, **keys}}
    return content


@pytest.mark.parametrize(("type_", "feature"), READERS + BESIDE_LINES, ids=str)
def test_a_column_known_at_submission_may_be_read(type_: str, feature: dict[str, Any]) -> None:
    assert "leak" in check(with_source(type_, {}, feature)).features


@pytest.mark.parametrize(("keys", "said"), BARRED.values(), ids=BARRED)
@pytest.mark.parametrize(("type_", "feature"), READERS + BESIDE_LINES, ids=str)
def test_no_kind_of_feature_reads_a_barred_column(
    type_: str, feature: dict[str, Any], keys: dict[str, Any], said: str
) -> None:
    with pytest.raises(ContractError, match=said) as caught:
        check(with_source(type_, keys, feature))

    assert "features.leak" in str(caught.value)
    assert "'source'" in str(caught.value)


OF_LINES = [
    {"kind": "lines", "how": "count"},
    {"kind": "lines", "how": "first", "of": "code"},
    {"kind": "line_target", "of": "code"},
    {"kind": "line_share", "of": "code", "pointed": POINTED},
    {"kind": "line_tail", "of": "code", "number": "number"},
]


@pytest.mark.parametrize("feature", OF_LINES, ids=str)
def test_no_feature_reads_offline_lines(feature: dict[str, Any]) -> None:
    content = document(leak=feature)
    content["lines"]["known"] = "offline"

    with pytest.raises(ContractError, match=r"features\.leak: the table 'lines' is offline"):
        check(content)


@pytest.mark.parametrize("feature", OF_LINES, ids=str)
def test_no_feature_reads_lines_that_are_not_there(feature: dict[str, Any]) -> None:
    content = document(leak=feature)
    del content["lines"]

    with pytest.raises(ContractError, match=r"features\.leak: the contract declares no lines"):
        check(content)


MISTAKEN = [  # a feature, and what its mistake gives
    ({"kind": "line_target", "of": "codes"}, "no line column is called 'codes'"),
    ({"kind": "line_target", "of": "id"}, "'id' is of type identifier; line_target takes category"),
    (
        {"kind": "line_tail", "of": "code", "number": "code"},
        "'code' is of type category; line_tail takes",
    ),
    (
        {"kind": "line_target", "of": "code", "beside": "amount"},
        "'amount' is of type money; line_target",
    ),
    ({"kind": "line_target", "of": "code", "beside": "code"}, "'code' is neither a column nor an earlier"),
    ({"kind": "line_share", "of": "code", "pointed": POINTED | {"of": "code"}}, "'code' is neither a column"),
    ({"kind": "line_share", "of": "code", "pointed": POINTED | {"by": "code"}}, "'code' is of type category"),
    ({"kind": "line_share", "of": "code", "pointed": POINTED | {"of": "step"}}, "'step' is of type category"),
]


@pytest.mark.parametrize(("feature", "said"), MISTAKEN, ids=str)
def test_a_mistaken_line_feature_is_named_with_its_line(feature: dict[str, Any], said: str) -> None:
    content = document(step={"kind": "first_item", "of": "items"}, mistaken=feature)
    text = yaml.safe_dump(content, sort_keys=False)
    line = text[: text.index("  mistaken:")].count("\n") + 1

    with pytest.raises(ContractError) as caught:
        parse_contract(text, "small.yaml")

    assert f"small.yaml:{line}: features.mistaken: {said}" in str(caught.value)


def test_a_hidden_step_leaks_as_well() -> None:
    step = {"kind": "prefix", "of": "status", "length": 1, "hidden": True}

    with pytest.raises(ContractError, match=r"features\.step: 'status' is known: outcome"):
        check(document(step=step, leak={"kind": "target", "of": "step"}))


def test_a_feature_reads_only_earlier_ones() -> None:
    late = {"kind": "log", "of": "amount"}

    with pytest.raises(ContractError, match="'late' is neither a column nor an earlier feature"):
        check(document(early={"kind": "log", "of": "late"}, late=late))


def test_a_derived_feature_does_not_take_a_columns_name() -> None:
    with pytest.raises(ContractError, match="needs a name of its own"):
        check(document(amount={"kind": "log", "of": "amount"}))


def test_a_protected_column_is_a_feature_where_a_person_so_decided() -> None:
    content = with_source("category", {"protected": True}, {"kind": "column", "of": "source"})

    assert "leak" in check(content | {"protected_features": ["leak"]}).features


def test_protected_categories_and_dates_are_always_slices(contract: Contract) -> None:
    assert "member_sex" not in contract.slices
    assert contract.protected_groups == ("member_birth_date", "member_sex")
    assert contract.sliced == (*contract.slices, "member_birth_date", "member_sex")


def test_a_protected_number_has_no_groups() -> None:
    checked = check(with_source("number", {"protected": True}, {"kind": "log", "of": "amount"}))

    assert tuple(checked.protected) == ("source",)
    assert checked.protected_groups == checked.sliced == ()


@pytest.mark.parametrize(("days", "legal"), [(0, True), (90, True), (-1, False), (1.5, False)])
def test_maturity_is_a_whole_number_of_days(days: float, legal: bool) -> None:
    content = document()
    content["outcome"]["mature_after_days"] = days
    if legal:
        assert check(content).outcome.mature_after_days == days
        return
    with pytest.raises(ContractError, match=r"outcome\.mature_after_days"):
        check(content)


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"type": "category"}, "'decided' is of type category, not a date"),
        ({"type": "date", "protect": "drop"}, "'decided' is dropped at extraction"),
    ],
)
def test_the_day_of_the_decision_is_a_date_that_is_read(keys: dict[str, str], said: str) -> None:
    content = document()
    content["columns"]["decided"] = {"known": "outcome", **keys}
    content["outcome"]["known_at"] = "decided"

    with pytest.raises(ContractError, match=f"outcome.known_at: {said}"):
        check(content)


def test_what_orders_the_lines_is_not_dropped() -> None:
    content = document()
    content["line_columns"]["number"]["protect"] = "drop"
    with pytest.raises(
        ContractError, match=r"line_columns\.number: what orders the lines must be a number, and"
    ):
        check(content)


def test_the_day_of_a_finding_is_not_dropped() -> None:
    content = document()
    content["columns"] |= {
        "finding": {"type": "category", "known": "outcome"},
        "found_on": {"type": "date", "known": "outcome", "protect": "drop"},
    }
    content["outcome"]["anomaly"] = {
        "column": "finding",
        "findings": ["yes"],
        "clean": ["no"],
        "known_at": "found_on",
    }
    with pytest.raises(
        ContractError, match=r"outcome\.anomaly\.known_at: 'found_on' is dropped at extraction"
    ):
        check(content)


def test_dropped_columns_are_no_slices() -> None:
    content = with_source("category", {"protected": True, "protect": "drop"}, {"kind": "log", "of": "amount"})

    assert check(content).sliced == ()
    with pytest.raises(ContractError, match="slices: 'source' is dropped"):
        check(content | {"slices": ["source"]})


ROLES = {
    "identifier": ("id", {"type": "category"}, "must be an identifier with protect: hash"),
    "event time of another type": ("received", {"type": "category"}, "must be a date"),
    "event time known later": ("received", {"type": "date", "known": "outcome"}, "known at submission"),
    "event time dropped": ("received", {"type": "date", "protect": "drop"}, "is dropped"),
    "outcome known at once": ("status", {"type": "category"}, "must be known: outcome"),
}


@pytest.mark.parametrize(("column", "keys", "said"), ROLES.values(), ids=ROLES)
def test_a_role_asks_for_its_type_and_moment(column: str, keys: dict[str, str], said: str) -> None:
    content = document()
    content["columns"][column] = keys

    with pytest.raises(ContractError, match=said):
        check(content)


@pytest.mark.parametrize(
    ("column", "said"), [("id", "identifier with protect: hash"), ("number", "must be a number")]
)
def test_a_role_of_the_lines_asks_for_its_type(column: str, said: str) -> None:
    content = document()
    content["line_columns"][column] = {"type": "category"}

    with pytest.raises(ContractError, match=said):
        check(content)


def test_dropped_columns_do_not_leave_extraction(contract: Contract) -> None:
    assert contract.columns.keys() - contract.kept.keys() == {"member_name"}
    assert contract.kept_lines == contract.line_columns


def test_inputs_are_what_features_read_and_the_event_time_of_counts(contract: Contract) -> None:
    claims = document(
        volume={"kind": "prior_count", "of": "id"}, first={"kind": "lines", "how": "first", "of": "code"}
    )

    assert list(check(claims).inputs) == ["id", "received"]
    assert list(check(claims).line_inputs) == ["code"]
    assert not {name for name in contract.inputs if contract.columns[name].known != "submission"}


@pytest.mark.parametrize("kind", ["prior_count", "prior_rate"])
def test_what_looks_back_asks_for_the_event_time_and_the_identifier(kind: str) -> None:
    assert list(check(document(back={"kind": kind, "of": "id"})).inputs) == ["id", "received"]


def test_a_rate_needs_to_know_when_outcomes_are_known() -> None:
    content = document(rate={"kind": "prior_rate", "of": "id"})
    del content["outcome"]["mature_after_days"]
    with pytest.raises(ContractError, match=r"features\.rate: .*neither known_at nor mature_after_days"):
        check(content)

    content["columns"]["decided"] = {"type": "date", "known": "outcome"}
    content["outcome"]["known_at"] = "decided"
    assert "rate" in check(content).features


@pytest.mark.parametrize(
    ("keys", "said"),
    [({"type": "category"}, "is of type category, not a date"), ({"protect": "drop"}, "is dropped")],
)
def test_the_day_of_the_decision_is_a_date_that_is_kept(keys: dict[str, str], said: str) -> None:
    content = document()
    content["columns"]["decided"] = {"type": "date", "known": "outcome"} | keys
    content["outcome"]["known_at"] = "decided"
    with pytest.raises(ContractError, match=rf"outcome\.known_at: 'decided' {said}"):
        check(content)


@pytest.mark.parametrize("column", ["decided_by", "audit_finding"])
def test_what_comes_with_the_decision_must_be_declared_so(contract: Contract, column: str) -> None:
    declared = contract.model_dump(mode="json")
    declared["columns"][column]["known"] = "submission"
    with pytest.raises(ValueError, match=f"columns.{column}: a column of the outcome must be known: outcome"):
        Contract.model_validate(declared)


def test_an_encoding_that_does_not_exist_is_refused(contract: Contract) -> None:
    declared = contract.model_dump(mode="json")
    declared["claims"]["encoding"] = "utf8-nope"
    with pytest.raises(ValueError, match="no encoding is called 'utf8-nope'"):
        Contract.model_validate(declared)


def test_the_amount_is_asked_for_when_a_claim_is_scored() -> None:
    content = document(known={"kind": "column", "of": "kind"})
    content["columns"] |= {"kind": {"type": "category"}}
    assert set(check(content).inputs) == {"kind"}
    assert set(check(content | {"amount": "amount"}).inputs) == {"amount", "kind"}


@pytest.mark.parametrize(
    ("column", "said"),
    [
        (None, "no column is called 'asked'"),
        (
            {"type": "number"},
            "'asked' is number known: submission; the amount must be money known at submission",
        ),
        ({"type": "money", "known": "outcome"}, "'asked' is money known: outcome; the amount must be money"),
        ({"type": "money", "privacy": "direct", "protect": "drop"}, "'asked' is dropped at extraction"),
    ],
)
def test_an_amount_that_is_none_is_named_with_its_line(column: dict[str, Any] | None, said: str) -> None:
    content = document() | {"amount": "asked"}
    content["columns"] |= {} if column is None else {"asked": column}
    line = yaml.safe_dump(content, sort_keys=False).splitlines().index("amount: asked") + 1
    with pytest.raises(ContractError, match=rf"small\.yaml:{line}: amount: {said}"):
        check(content)


AUDIT = {"column": "finding", "findings": ["FRAUD"], "clean": ["NONE"]}
ILLEGAL_AUDITS = {
    "no column": ({"column": "nowhere"}, "outcome.anomaly.column: no column is called 'nowhere'"),
    "no date": ({"known_at": "nowhere"}, "outcome.anomaly.known_at: no column is called 'nowhere'"),
    "a text for a date": ({"known_at": "status"}, "'status' must be a date"),
    "a date for a finding": ({"column": "audited"}, "'audited' must be a category"),
    "a finding known at once": ({"column": "received"}, "must be known: outcome"),
    "nothing clean": ({"clean": []}, "no claim would count as clean; give clean, or clean_after_days"),
    "clean and not": ({"clean": ["FRAUD"]}, "'FRAUD' stands under findings and under clean"),
    "no decision to count from": ({"clean_after_days": 90}, "counts from outcome.known_at"),
}


def with_audit(**keys: Any) -> dict[str, Any]:
    content = document()
    content["columns"] |= {"finding": OUTCOME, "audited": {"type": "date", "known": "outcome"}}
    content["outcome"] = content["outcome"] | {"anomaly": AUDIT | keys}
    return content


@pytest.mark.parametrize(("keys", "said"), ILLEGAL_AUDITS.values(), ids=ILLEGAL_AUDITS)
def test_an_audit_that_cannot_be_read_is_refused(keys: dict[str, Any], said: str) -> None:
    with pytest.raises(ContractError, match=said):
        check(with_audit(**keys))


def test_findings_alone_will_do_where_time_makes_claims_clean() -> None:
    content = with_audit(clean=[], clean_after_days=90, known_at="audited")
    content["outcome"]["known_at"] = "audited"
    assert check(content).outcome.anomaly is not None
