"""What pages quote is what is printed.

A block of output is a fenced block marked ``text``, or one marked ``console`` that begins with its command.
Each is listed below: run here, run in another test, held against the texts in the code, or not checked.
"""

import ast
import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from claims.base.errors import ClaimsError
from claims.cli import app
from claims.config.params import load_params
from claims.contract import load_contract
from claims.data.windows import IMMATURE, SPLITS
from claims.releases.promotion import promote
from cli.terminal import seen
from docs.pages import NAMES, PAGES, blocks
from docs.quoted import alike, matches
from model_parts import Parts, Raw, write_json_lines
from workspaces import ROOT

RUN_HERE = {
    "claims: contracts/dental.yaml:38",
    "contracts/dental.yaml: 14 columns",
    "breaking    columns.fee.unit",
    "simulate: params.yaml",
    "$ claims who-was-live",
    "$ claims releases",
    "claims: claim 2: total_charge",
    '{"claim_id": "A-1", "ml_score": 0.9486',
    '{"claim_id": "A-1", "ml_score": 0.5319',
}
RUN_IN_OTHER_TESTS = {
    "$ make repro": "tests/pipeline/test_quoted.py",
    "$ source .venv/bin/activate": "tests/docs/test_readme.py",
    "source.until=": "tests/pipeline/test_quoted.py",
    "extract.json    source_rows": "tests/pipeline/test_quoted.py",
    "78 objects hashed": "tests/pipeline/test_quoted.py",
    "data/raw: 59,983 claims": "tests/history/test_datasets.py",
}
NOT_CHECKED = {
    " claims ─ extract": "a drawing",
    "params.yaml       every setting": "the tree: tests/docs/test_readme.py",
}
MESSAGE = re.compile(r"(?:claims|check_results|release \d+|[a-z]+): ")


def outputs(page: Path) -> list[str]:
    """The blocks of a page that show what something prints."""
    return [*blocks(page, "console"), *blocks(page, "text"), *blocks(page, "")]


def quoted(page: str, start: str) -> str:
    """The block of a page that starts so."""
    (block,) = [block for block in outputs(ROOT / page) if block.startswith(start)]
    return block


def said(error: Callable[[], object]) -> str:
    """The message of what has to fail, as the command line shows it."""
    with pytest.raises(ClaimsError) as failed:
        error()
    return f"claims: {failed.value}"


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_every_output_is_checked_or_said_not_to_be(page: Path) -> None:
    known = (*RUN_HERE, *RUN_IN_OTHER_TESTS, *NOT_CHECKED)
    others = [block for block in outputs(page) if not block.startswith(known)]
    assert [block.partition("\n")[0] for block in others if not MESSAGE.match(block)] == []


def dental() -> str:
    """The contract that docs/contract.md shows whole."""
    page = ROOT / "docs" / "contract.md"
    (text,) = [block for block in blocks(page, "yaml") if block.startswith("name: dental")]
    return text


def in_checkout(folder: Path, text: str) -> Path:
    """Write the contract where the page has it, and stand there."""
    path = folder / "contracts" / "dental.yaml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    os.chdir(folder)
    return Path("contracts/dental.yaml")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_small_contract_is_legal_and_described_as_shown(folder: Path) -> None:
    in_checkout(folder, dental())
    done = CliRunner().invoke(app, ["contract", "check", "contracts/dental.yaml"])
    assert matches(quoted("docs/contract.md", "contracts/dental.yaml: 14 columns"), done.stdout)


def test_the_demos_contract_is_described_as_shown() -> None:
    text = (ROOT / "docs" / "contract.md").read_text(encoding="utf-8")
    contract = load_contract(ROOT / "contracts" / "professional.yaml")
    counts = f"{len(contract.columns)} columns, {len(contract.features)} features"
    assert f"`contracts/professional.yaml: {counts}, slices {', '.join(contract.sliced)}`" in text


def test_a_contracts_mistakes_are_told_as_shown(folder: Path) -> None:
    mistakes = (
        ("xray: {kind: column, of: xray}", "xray: {kind: column, of: risk_score}"),
        ("fee: {type: money, unit: cents, required", "fee: {type: money, unit: cents, requird"),
    )
    lines = []
    for right, wrong in mistakes:
        assert right in dental()
        path = in_checkout(folder, dental().replace(right, wrong))
        lines.append(said(lambda path=path: load_contract(path)))
    assert matches(quoted("docs/contract.md", "claims: contracts/dental.yaml:38"), "\n".join(lines))


def test_a_contracts_versions_are_compared_as_shown(folder: Path) -> None:
    old, new = folder / "old.yaml", folder / "contracts" / "dental.yaml"
    before = dental().replace("version: 1.0.0", "version: 1.2.0")
    old.write_text(before, encoding="utf-8")
    after = before.replace("1.2.0", "1.3.0").replace(
        "{type: money, unit: cents", "{type: money, unit: dollars"
    )
    after = after.replace("\noutcome:", "  referral: {type: category, optional: true}\n\noutcome:", 1)
    in_checkout(folder, after)
    done = CliRunner().invoke(app, ["contract", "diff", str(old), str(new.relative_to(folder))])
    assert done.exit_code == 1
    assert matches(quoted("docs/data.md", "breaking    columns.fee.unit"), done.stdout + done.stderr)


def test_an_unknown_parameter_is_told_as_shown(folder: Path) -> None:
    text = (ROOT / "params.yaml").read_text(encoding="utf-8")
    (folder / "params.yaml").write_text(text.replace("  max_epochs: 12", "  max_epoch: 12"), encoding="utf-8")
    message = said(load_params).replace("claims: ", "simulate: ")
    assert matches(quoted("docs/pipeline.md", "simulate: params.yaml"), message)


def test_who_was_live_is_told_as_shown(registry, publish, author, monkeypatch) -> None:
    (registry.root / "dvc.yaml").touch()
    monkeypatch.chdir(registry.root)
    for number in (1, 2):
        publish(number)
        promote(registry, number, "production", "better on every payer")
    shown = CliRunner().invoke(app, ["who-was-live"]).stdout
    names = [line.split()[0] for line in quoted("docs/releases.md", "$ claims who-was-live").splitlines()[1:]]
    assert [line.split()[0] for line in shown.splitlines()] == names
    column = {line.index(line.split(maxsplit=1)[1]) for line in shown.splitlines()}
    assert column == {12}


def test_releases_are_listed_as_shown(registry, publish, author, monkeypatch) -> None:
    (registry.root / "dvc.yaml").touch()
    monkeypatch.chdir(registry.root)
    publish(1)
    command, *shown = quoted("docs/releases.md", "$ claims releases").splitlines()
    said_here = seen(*command.split()[2:], columns=80)
    assert [line.split() for line in said_here[:2]] == [line.split() for line in shown[:2]]
    assert len(said_here) == 3 + 2
    assert max(map(len, shown)) <= 80


def test_errors_of_scoring_are_told_as_shown(parts: Parts, raw: Raw, folder: Path) -> None:
    records = raw.records()[:3]
    write_json_lines(folder / "typed.jsonl", [records[0], records[1] | {"total_charge": "much"}])
    write_json_lines(
        folder / "claims.jsonl",
        [*records[:2], {name: value for name, value in records[2].items() if name != "payer_id"}],
    )
    environment = {"ML_MODEL_PATH": str(parts.packed)}
    runs = [
        CliRunner().invoke(app, ["score", *arguments], env=environment, input=given)
        for arguments, given in (
            ([], (folder / "typed.jsonl").read_text(encoding="utf-8")),
            (["--input", "claims.jsonl"], None),
            (["--model", "nope.tflite"], ""),
        )
    ]
    lines = [line for run in runs for line in run.stderr.splitlines() if line.startswith("claims: ")]
    assert matches(quoted("docs/scoring.md", "claims: claim 2"), "\n".join(lines))


@pytest.mark.parametrize(
    ("page", "start", "options"),
    [
        ("docs/scoring.md", '{"claim_id": "A-1", "ml_score": 0.9486', []),
        ("docs/decisions.md", '{"claim_id": "A-1", "ml_score": 0.5319', ["--reasons"]),
    ],
)
def test_a_scored_claim_is_written_as_shown(parts: Parts, raw: Raw, page, start, options) -> None:
    """The fields and their form; the values are those of the demo's model."""
    env = {"ML_MODEL_PATH": str(parts.packed)}
    folder = Path(parts.packed).parent
    source = write_json_lines(folder / "one.jsonl", raw.records()[:1])
    done = CliRunner().invoke(app, ["score", "--input", str(source), *options], env=env)
    fields = re.compile(r'"(\w+)": ')
    assert fields.findall(quoted(page, start)) == fields.findall(done.stdout)


def templates() -> list[str]:
    """Texts of the code as patterns; a value put into one may be anything."""
    patterns = []
    for path in [*(ROOT / "src").rglob("*.py"), *(ROOT / "tools").glob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.JoinedStr):
                parts = (getattr(part, "value", None) for part in node.values)
                patterns.append("".join(re.escape(p) if isinstance(p, str) else ".*?" for p in parts))
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                patterns.append(re.escape(node.value))
    return [pattern for pattern in patterns if len(re.findall(r"[a-z]{2,}", pattern)) >= 2]


TEMPLATES = templates()


def is_written_in_the_code(line: str) -> bool:
    """Whether a line is a text of the code, or ``thing: found. remedy`` made of two.

    What another library says, and so no text here, is left out of a quotation by ``…``.
    """
    if any(re.fullmatch(template, line) for template in TEMPLATES):
        return True
    endings = (re.search(rf"(?<=[.…]) (?:{template})$", line) for template in TEMPLATES)
    findings = [line[: ending.start()].rstrip(".") for ending in endings if ending]
    return any(
        "…" in finding or re.search(rf": (?:{template})$", finding)
        for finding in findings
        for template in TEMPLATES
    )


MESSAGES = [
    (name, line)
    for name, page in zip(NAMES, PAGES, strict=True)
    for block in outputs(page)
    if MESSAGE.match(block) and not block.startswith((*RUN_HERE, *NOT_CHECKED))
    for line in block.splitlines()
    if not line.startswith("split: ")
]


@pytest.mark.parametrize(("page", "message"), MESSAGES, ids=[f"{n}: {m[:40]}" for n, m in MESSAGES])
def test_a_message_is_made_of_texts_of_the_code(page: str, message: str) -> None:
    assert is_written_in_the_code(message), page


def test_split_counts_its_windows_as_shown() -> None:
    shown = quoted("docs/sources.md", "extract: 37,289").splitlines()[-1]
    assert re.findall(r"[a-z]+", shown) == ["split", *SPLITS, IMMATURE]


def test_a_message_that_the_code_does_not_make_is_noticed() -> None:
    right = "extract: claims: 7 claims that differ from the 8 of the watermark. Run `claims snapshot` again."
    assert is_written_in_the_code(right)
    assert not is_written_in_the_code(right.replace("differ from", "are not"))
    assert not is_written_in_the_code(right.replace("snapshot", "photograph"))
    assert not is_written_in_the_code("validate: 26,843 valid, 297 in the quarantine")


def test_two_outputs_that_differ_in_figures_alone_are_alike() -> None:
    assert alike("78 objects hashed, 31,207,114 bytes", "7 objects hashed, 12 bytes")
    assert not alike("78 objects hashed", "78 objects read")
