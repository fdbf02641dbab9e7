"""What a page points to is there: files, headings of other pages, paths in code, modules."""

import fnmatch
import importlib.util
import re
import subprocess
from pathlib import Path

import pytest
import yaml

from docs.pages import NAMES, PAGES, anchors, links, spans
from workspaces import ROOT

OURS = ("src/", "tests/", "tools/", "benchmarks/", "docs/", "deploy/", ".github/", ".githooks/", "contracts/")
MADE = ("data/", "models/", "metrics/")
EXAMPLES = {"contracts/yours.yaml", "contracts/ours.yaml", "contracts/dental.yaml"}  # a reader's own
OTHERS = ("models/releases", "models/saved_model", "models/tflite_models", "metrics/timing")
IGNORED = re.compile(r"data/(\*\.\w+|watermark\.json)|models/ID@")
PLACEHOLDER = re.compile(r"NAME|ROOM|STAGE|DATE|ENVIRONMENT|<\w+>|…")
PATH = re.compile(r"[\w.@*-]+(?:/[\w.@*-]+)*/?")


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_every_link_leads_to_a_file_and_to_a_heading_of_it(page: Path) -> None:
    inside = [target for target in links(page) if not re.match(r"[a-z]+:", target)]
    for target in inside:
        path, _, heading = target.partition("#")
        file = (page.parent / path) if path else page
        assert file.exists(), target
        assert not heading or heading in anchors(file), target


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_every_path_of_the_repository_is_there(page: Path) -> None:
    named = [span for span in spans(page) if PATH.fullmatch(span) and span.startswith(OURS)]
    real = [span for span in named if span not in EXAMPLES and not PLACEHOLDER.search(span)]
    assert [span for span in real if not [*ROOT.glob(span)]] == []


def written() -> set[str]:
    """Paths that stages write or Git tracks, and the folders above them."""
    stages = yaml.safe_load((ROOT / "dvc.yaml").read_text(encoding="utf-8"))["stages"].values()
    declared = [
        out
        for stage in stages
        for kind in ("outs", "metrics", "plots")
        for out in stage.get("do", stage).get(kind, ())
    ]
    outs = [next(iter(out)) if isinstance(out, dict) else out for out in declared]
    tracked = subprocess.check_output(["git", "ls-files", *MADE], cwd=ROOT, text=True).split()
    paths = [Path(re.sub(r"\$\{.*?\}", "NAME", path)) for path in (*outs, *tracked)]
    return {str(path) for path in paths} | {str(folder) for path in paths for folder in path.parents}


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_every_path_that_a_run_writes_is_an_output(page: Path) -> None:
    there = written()
    named = [span for span in spans(page) if PATH.fullmatch(span) and span.startswith(MADE)]
    unknown = [span for span in named if not span.startswith(OTHERS) and not IGNORED.match(span)]
    inside = {span for span in unknown if any(str(folder) in there for folder in [*Path(span).parents][:-2])}
    names = {span for span in unknown if fnmatch.filter(there, span.rstrip("/"))}
    assert {*unknown} - inside - names == set()


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_every_module_that_is_named_can_be_found(page: Path) -> None:
    rooms = "|".join(path.parent.name for path in (ROOT / "src" / "claims").glob("*/__init__.py"))
    dotted = [span for span in spans(page) if re.fullmatch(rf"claims\.(?:{rooms})(\.[a-z_]+)*", span)]
    assert [name for name in dotted if importlib.util.find_spec(name) is None] == []
