"""What pages quote of a run, beside a small run: the words are the same, the figures are the demo's."""

import sys

from docs.pages import blocks
from docs.quoted import alike
from pipeline_parts import Reproduced
from workspaces import ROOT


def test_make_repro_ends_as_the_readme_shows(reproduced: Reproduced) -> None:
    (quoted,) = [block for block in blocks(ROOT / "README.md", "console") if "make repro" in block]
    said = reproduced.workspace.run(sys.executable, "tools/summary.py").stdout
    assert alike(quoted.partition("\n")[2], said)
