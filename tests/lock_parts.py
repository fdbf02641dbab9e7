"""A small dvc.lock."""

from pathlib import Path

import yaml

from claims.repository.lock import Lock


def write_lock(path: Path, **digests: str) -> Lock:
    """A pipeline of three stages, the last one first in the file."""
    stages = {
        "train": {"deps": [{"path": "data/raw"}], "outs": [{"path": "model", "md5": "m"}]},
        "evaluate": {
            "deps": [{"path": "model/weights"}],
            "outs": [{"path": "metrics/evaluate.json", "md5": "e"}],
        },
        "extract": {"deps": [{"path": "stages/extract"}], "outs": [{"path": "data/raw", "md5": "r.dir"}]},
    }
    for stage in stages.values():
        for out in stage["outs"]:
            out["md5"] = digests.get(Path(out["path"]).stem, out["md5"])
    path.write_text(yaml.safe_dump({"schema": "2.0", "stages": stages}, sort_keys=False))
    return Lock.read(path)
