"""Two versions of a contract: each breaking change is caught, and what is called compatible is."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claims.base.errors import ContractError, DataError
from claims.contract import Column, Contract, parse_contract
from claims.contract import contract as whole
from claims.contract.outcome import Outcome
from claims.contract.version import number_of
from claims.data.correct import correct
from claims.data.pseudonyms import PUBLISHED_KEY
from claims.data.records import from_records
from claims.data.storage import load_batch
from claims.history.contract_changes import _RULES, _SECTIONS, _TOP, Level, due_version, find_changes
from claims.sources.parts import partition
from claims.sources.snapshot import Bounds, take_snapshot
from claims.sources.typed import type_rows
from workspaces import ROOT

TEXT = (ROOT / "contracts" / "professional.yaml").read_text(encoding="utf-8")
TSA = (ROOT / "contracts" / "tsa.yaml").read_text(encoding="utf-8")


def changed(old: str, new: str, text: str = TEXT) -> Contract:
    assert old in text, old
    return parse_contract(text.replace(old, new, 1), "changed.yaml")


OF_PLAN = "  plan_type: {kind: column, of: plan_type}\n"
OF_PAYER = "  payer_id: {kind: column, of: payer_id}\n"
RISK = "  risk: {type: number, known: offline, optional: true, correct: {clip: [0, 1]}}\n  claim_status:"

# What is replaced, what by, and where the change must be named.
BREAKING = {
    "another name": ("name: professional", "name: pro", "name"),
    "another key of pseudonyms": ("published_key: demo", "published_key: always", "published_key"),
    "another table": ("table: claims_production", "table: claims", "claims.table"),
    "another identifier": ("  identifier: claim_id", "  identifier: member_id", "claims.identifier"),
    "another event time": ("event_time: received_date", "event_time: service_date", "claims.event_time"),
    "another table of lines": ("table: claim_line_items", "table: items", "lines.table"),
    "another field of lines": ("  field: lines ", "  field: items ", "lines.field"),
    "retyped": (
        "prior_same_service_count: {type: number",
        "prior_same_service_count: {type: money",
        "columns.prior_same_service_count.type",
    ),
    "retyped with a range of another kind": (
        "  reason_code: {type: category,",
        "  reason_code: {type: number, range: [0, 9],",
        "columns.reason_code.type",
    ),
    "another unit": (
        "total_charge: {type: money,",
        "total_charge: {type: money, unit: cents,",
        "columns.total_charge.unit",
    ),
    "another unit of lines": (
        "line_charge: {type: money,",
        "line_charge: {type: money, unit: cents,",
        "line_columns.line_charge.unit",
    ),
    "another separator": ('separator: ";"', 'separator: ","', "columns.diagnosis_codes.separator"),
    "known at another moment": (
        "paid_amount: {type: money, known: outcome}",
        "paid_amount: {type: money}",
        "columns.paid_amount.known",
    ),
    "privacy loosened": (
        "member_birth_date: {type: date, privacy: quasi,",
        "member_birth_date: {type: date,",
        "columns.member_birth_date.privacy",
    ),
    "no longer dropped": (
        "member_name: {type: category, privacy: direct, protect: drop,",
        "member_name: {type: category,",
        "columns.member_name.protect",
    ),
    "hashed instead of dropped": (
        "member_name: {type: category, privacy: direct, protect: drop,",
        "member_name: {type: identifier, privacy: direct, protect: hash,",
        "columns.member_name.protect",
    ),
    "no longer protected": (
        "privacy: quasi, protected: true, legal",
        "privacy: quasi, legal",
        "columns.member_sex.protected",
    ),
    "required now": (
        "in_network: {type: category,",
        "in_network: {type: category, required: true,",
        "columns.in_network.required",
    ),
    "a legal value less": (
        "legal: [EDI, PORTAL, PAPER]",
        "legal: [EDI, PORTAL]",
        "columns.submission_channel.legal",
    ),
    "legal values where all were": (
        "facility_id: {type: category}",
        "facility_id: {type: category, legal: [A]}",
        "columns.facility_id.legal",
    ),
    "a narrower range": ("range: [0.01, 1000000]", "range: [0.01, 100000]", "columns.total_charge.range"),
    "another correction of what a feature reads": (
        "facility_state: {type: category, correct: {trim: true, case: upper}}",
        "facility_state: {type: category, correct: {trim: true, case: lower}}",
        "columns.facility_state.correct",
    ),
    "another correction of the outcome": (
        "claim_status: {type: category, known: outcome, correct: {trim: true, case: upper}}",
        "claim_status: {type: category, known: outcome, correct: {trim: true}}",
        "columns.claim_status.correct",
    ),
    "another stand-in for what is missing": (
        "days_since_last_claim: {type: number,",
        "days_since_last_claim: {type: number, if_missing: mean,",
        "columns.days_since_last_claim.if_missing",
    ),
    "another marker of what is missing": (
        "place_of_service: {type: category}",
        "place_of_service: {type: category, missing: [99]}",
        "columns.place_of_service.missing",
    ),
    "a correction of a line": (
        "modifier: {type: category, correct: {trim: true, case: upper}}",
        "modifier: {type: category}",
        "line_columns.modifier.correct",
    ),
    "a column that every source must have": (
        "  claim_status:",
        "  region: {type: category}\n  claim_status:",
        "columns.region",
    ),
    "a value that means approved": ("approved: [PAID]", "approved: [PAID, PARTLY]", "outcome.approved"),
    "rejected means something else": ("rejected: [DENIED]", "rejected: [VOID]", "outcome.rejected"),
    "outcomes known at another time": (
        "known_at: adjudicated_date",
        "known_at: audit_date",
        "outcome.known_at",
    ),
    "whom the model decided": ("model: [MODEL]", "model: [MODEL, RULE]", "outcome.decided_by"),
    "a finding": ("findings: [UPCODING, UNBUNDLING,", "findings: [UPCODING,", "outcome.anomaly"),
    "no longer in every claim, which a packed model would refuse": (
        "submission_channel: {type: category,",
        "submission_channel: {type: category, optional: true,",
        "columns.submission_channel.optional",
    ),
    "a protected column dropped": (
        "privacy: quasi, protected: true, legal",
        "privacy: quasi, protected: true, protect: drop, legal",
        "columns.member_sex.protect",
    ),
    "protected groups merged": (
        "member_sex: {type: category,",
        "member_sex: {type: category, correct: {alias: {F: M}},",
        "columns.member_sex.correct",
    ),
    "a protected group that counts as missing": (
        "member_sex: {type: category,",
        "member_sex: {type: category, missing: [U],",
        "columns.member_sex.missing",
    ),
    "an optional column that every claim must fill": (
        "  claim_status:",
        "  risk: {type: number, optional: true, required: true}\n  claim_status:",
        "columns.risk",
    ),
    "an optional column with legal values": (
        "  claim_status:",
        "  risk: {type: category, optional: true, legal: [LOW, HIGH]}\n  claim_status:",
        "columns.risk",
    ),
    "a slice less": ("slices: [payer_id, provider_specialty,", "slices: [payer_id,", "slices"),
    "no amount": ("amount: total_charge", "# no", "amount"),
    "a feature more": (
        OF_PLAN,
        OF_PLAN + "  plan: {kind: prefix, of: plan_type, length: 1}\n",
        "features.plan",
    ),
    "a feature less": (OF_PLAN, "", "features.plan_type"),
    "a feature changed": ("top: 60", "top: 50", "features.diagnoses"),
    "a step towards a feature changed": ("edges: [30, 60, 90,", "edges: [60, 90,", "features.filing_band"),
    "a feature hidden": (OF_PLAN, OF_PLAN.replace("}", ", hidden: true}"), "features.plan_type"),
    "features in another order": (OF_PLAN + OF_PAYER, OF_PAYER + OF_PLAN, "features"),
}


@pytest.mark.parametrize(("old", "new", "where"), BREAKING.values(), ids=BREAKING)
def test_a_breaking_change_is_caught(contract, old: str, new: str, where: str) -> None:
    changes = find_changes(contract, changed(old, new))
    assert where in [c.where for c in changes if c.level is Level.BREAKING]
    assert due_version(contract.version, changes) == "2.0.0"


CHANNEL = "submission_channel: {type: category,"
STATUS = "  claim_status:"
MORE = {  # a column that nothing reads, and what becomes of it
    "claims could lack it and cannot now": ("{type: number, optional: true}", "{type: number}", "optional"),
    "subjects can be named by it no more": (
        "{type: identifier, protect: hash}",
        "{type: identifier, protect: drop}",
        "protect",
    ),
    "a marker where no number can be read": ('{type: number, missing: ["-"]}', "{type: number}", "missing"),
    "a marker where a value must stand": (
        "{type: category, required: true}",
        "{type: category, required: true, missing: [NA]}",
        "missing",
    ),
    "legal values corrected no more": (
        "{type: category, legal: [A], correct: {case: upper}}",
        "{type: category, legal: [A]}",
        "correct",
    ),
    "a range in other words, and narrower": (
        "{type: date, range: [0, 20000]}",
        "{type: date, range: [2000-01-01, 2001-01-01]}",
        "range",
    ),
}


@pytest.mark.parametrize(("before", "after", "key"), MORE.values(), ids=MORE)
def test_a_breaking_change_of_a_column_that_nothing_reads_is_caught(before, after, key) -> None:
    old, new = (changed(STATUS, f"  extra: {column}\n{STATUS}") for column in (before, after))
    assert [(c.where, c.level) for c in find_changes(old, new)] == [(f"columns.extra.{key}", Level.BREAKING)]


@pytest.mark.parametrize("column", ["{type: identifier, protect: hash}", "{type: category, protected: true}"])
def test_without_a_column_that_names_subjects_or_groups_it_is_breaking(contract, column: str) -> None:
    changes = find_changes(changed(STATUS, f"  extra: {column}\n{STATUS}"), contract)
    assert [(c.where, c.level) for c in changes] == [("columns.extra", Level.BREAKING)]


def test_a_packed_model_refuses_claims_without_what_became_optional(contract) -> None:
    """Why that is breaking: packed models read claims by the contract that is packed in them."""
    new = changed(CHANNEL, CHANNEL.replace(",", ", optional: true,"))
    claim = dict.fromkeys({*new.inputs} - {"submission_channel"}) | {"lines": []}

    def typed(columns, raw):
        return type_rows(columns, raw, PUBLISHED_KEY)

    assert len(from_records(new, [claim], typed, str)) == 1
    with pytest.raises(DataError, match="submission_channel: no such field"):
        from_records(contract, [claim], typed, str)


def test_a_step_that_leads_nowhere_is_breaking_where_claims_have_to_bring_more() -> None:
    old = changed(STATUS, f"  sent_on: {{type: date}}\n{STATUS}")
    step = "  sent: {kind: calendar, of: sent_on, part: day, hidden: true}\n"
    new = changed(STATUS, f"  sent_on: {{type: date}}\n{STATUS}", TEXT.replace(OF_PLAN, OF_PLAN + step))
    levels = {(change.where, change.level) for change in find_changes(old, new)}
    assert levels == {("columns.sent_on", Level.BREAKING), ("features.sent", Level.COMPATIBLE)}


def test_what_is_said_of_a_dropped_column_is_wording(contract) -> None:
    changes = find_changes(contract, changed("member_name: {type: category,", "member_name: {type: list,"))
    assert [(c.where, c.level) for c in changes] == [("columns.member_name.type", Level.WORDING)]


@pytest.mark.parametrize("name", ["facility_id", "member_id", "claim_status", "total_charge"])
def test_without_a_column_that_something_reads_no_contract_is_legal_or_it_is_breaking(contract, name) -> None:
    columns = {key: column for key, column in contract.columns.items() if key != name}
    thinner = contract.model_copy(update={"columns": columns})  # not checked: as if the features had gone too
    changes = [change for change in find_changes(contract, thinner) if change.where == f"columns.{name}"]
    assert [change.level for change in changes] == [Level.BREAKING]


COMPATIBLE = {
    "an optional column": ("  claim_status:", RISK, "columns.risk"),
    "a column that is dropped": (
        "  claim_status:",
        "  member_phone: {type: category, privacy: direct, protect: drop}\n  claim_status:",
        "columns.member_phone",
    ),
    "a column less that nothing reads": (
        "  reason_code: {type: category, known: outcome}\n",
        "",
        "columns.reason_code",
    ),
    "privacy tightened": (
        "facility_state: {type: category,",
        "facility_state: {type: category, privacy: quasi,",
        "columns.facility_state.privacy",
    ),
    "protected now": (
        "decided_by: {type: category,",
        "decided_by: {type: category, protected: true,",
        "columns.decided_by.protected",
    ),
    "required no longer": (
        "payer_id: {type: category, required: true,",
        "payer_id: {type: category,",
        "columns.payer_id.required",
    ),
    "optional now, and nothing reads it": (
        "  paid_amount: {type: money,",
        "  paid_amount: {type: money, optional: true,",
        "columns.paid_amount.optional",
    ),
    "a legal value more": ("legal: [HMO, PPO,", "legal: [NEW, HMO, PPO,", "columns.plan_type.legal"),
    "a wider range": (
        "diagnosis_pointer: {type: number, range: [1, 12]}",
        "diagnosis_pointer: {type: number}",
        "line_columns.diagnosis_pointer.range",
    ),
    "a correction of what nothing reads": (
        "  paid_amount: {type: money,",
        "  paid_amount: {type: money, correct: {clip: [0, null]},",
        "columns.paid_amount.correct",
    ),
    "a slice": ("slices: [payer_id,", "slices: [facility_state, payer_id,", "slices"),
    "a gap": ("gap_days: 0", "gap_days: 7", "gap_days"),
    "outcomes mature later": ("mature_after_days: 90", "mature_after_days: 120", "outcome.mature_after_days"),
    "people who decide": ("person: [PERSON]", "person: [PERSON, PEER]", "outcome.decided_by"),
    "a hidden step that leads nowhere": (
        OF_PAYER,
        OF_PAYER + "  nowhere: {kind: prefix, of: payer_id, length: 2, hidden: true}\n",
        "features.nowhere",
    ),
}
WORDING = ("description: Professional", "description: All professional", "description")


@pytest.mark.parametrize(("old", "new", "where"), COMPATIBLE.values(), ids=COMPATIBLE)
def test_a_compatible_change_asks_for_the_minor_number(contract, old: str, new: str, where: str) -> None:
    changes = find_changes(contract, changed(old, new))
    assert [(change.where, change.level) for change in changes] == [(where, Level.COMPATIBLE)]
    assert due_version("1.2.3", changes) == "1.3.0"


def test_wording_asks_for_the_patch_and_comments_for_nothing(contract) -> None:
    changes = find_changes(contract, changed(*WORDING[:2]))
    assert due_version("1.2.3", changes) == "1.2.4"
    assert find_changes(contract, changed("# Money", "# Amounts")) == []
    assert (
        find_changes(contract, changed("type: money, required", "type: money, unit: dollars, required")) == []
    )


@settings(max_examples=12)
@given(chosen=st.sets(st.sampled_from([*BREAKING, *COMPATIBLE]), max_size=6))
def test_the_gravest_of_several_changes_decides(chosen: set[str]) -> None:
    text, expected = TEXT, set()
    for name in sorted(chosen):
        old, new, _ = (BREAKING | COMPATIBLE)[name]
        try:
            parse_contract(mixed := text.replace(old, new, 1), "mixed.yaml")
        except ContractError:  # the two do not go together
            continue
        if mixed != text:
            text = mixed
            expected.add(Level.BREAKING if name in BREAKING else Level.COMPATIBLE)
    before, after = parse_contract(TEXT, "old.yaml"), parse_contract(text, "new.yaml")
    changes = find_changes(before, after)
    assert max((change.level for change in changes), default=None) == max(expected, default=None)
    assert number_of(due_version(before.version, changes)) >= number_of(before.version)
    assert {change.where for change in find_changes(after, before)} == {change.where for change in changes}


def test_an_encoder_of_before_reads_the_same_after_every_compatible_change(fitted, batch, demo) -> None:
    text = TEXT
    for old, new, _ in [*COMPATIBLE.values(), WORDING]:
        assert old in text
        text = text.replace(old, new, 1)
    contract = parse_contract(text, "after.yaml")
    taken = take_snapshot(contract, demo.url, None, Bounds(), PUBLISHED_KEY)
    claims = partition(contract, taken)["claims"]
    after, _ = correct(contract.kept, contract.kept_lines, load_batch(contract, claims, taken.lines))
    expected, inputs = fitted.extractor.transform(batch), fitted.extractor.transform(after)
    np.testing.assert_array_equal(inputs.codes, expected.codes)
    np.testing.assert_array_equal(inputs.numbers, expected.numbers)


def test_another_contract_is_breaking_throughout(contract) -> None:
    changes = find_changes(contract, parse_contract(TSA, "tsa.yaml"))
    assert {"lines", "claims.identifier", "outcome.column"} <= {
        c.where for c in changes if c.level is Level.BREAKING
    }


def test_every_key_has_a_rule_or_is_known_to_break() -> None:
    """A new key of the contract counts as breaking until someone decides."""
    assert set(Contract.model_fields) == {*_TOP, "slices", *_SECTIONS}
    assert set(Column.model_fields) == {*_RULES, "type", "known", "unit", "separator"}
    decided = {"column", "approved", "rejected", "known_at", "mature_after_days", "decided_by", "anomaly"}
    assert set(Outcome.model_fields) == decided
    assert set(whole.ClaimsTable.model_fields) == {"table", "identifier", "event_time", "encoding"}
