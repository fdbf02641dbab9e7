"""The whole pipeline killed at random moments until it is done, then compared with an undisturbed run."""

import random
import time

import pytest

from pipeline_parts import made_by_stages
from workspaces import SMALL, VARIANTS, ended, make_workspace, reproducing, stages_of, wait_until

KILLS = 15
ALL_VARIANTS = SMALL | {"quantize.variants": list(VARIANTS)}


@pytest.mark.drill
def test_a_run_killed_again_and_again_ends_with_the_same_bytes(tmp_path) -> None:
    disturbed = make_workspace(tmp_path / "disturbed", ALL_VARIANTS)
    draw = random.Random(7)
    for kill in range(KILLS):
        with reproducing(disturbed) as dvc:
            time.sleep(draw.uniform(0.5, 12.0))
            stages = stages_of(dvc)
            for victim in [dvc] if kill % 2 else stages or [dvc]:
                victim.kill()
        wait_until(lambda stages=stages: ended(stages), "the stage to end")
    disturbed.run("dvc", "repro")
    undisturbed = make_workspace(tmp_path / "undisturbed", ALL_VARIANTS)
    undisturbed.run("dvc", "repro")
    assert made_by_stages(disturbed) == made_by_stages(undisturbed)
