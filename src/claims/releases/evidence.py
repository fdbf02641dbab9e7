"""What a record says of the checkout: gathered from params.yaml, the lock, the metrics and Git."""

import json
import platform
import re
from pathlib import Path
from typing import Any

import yaml

from claims.base.errors import GateError, ReleaseError
from claims.base.files import sha256_of
from claims.base.urls import mask_settings
from claims.contract import load_contract
from claims.data.windows import SPLITS
from claims.model.packed_file import read_packed_file
from claims.model.record import Code, Data, Environment, Record, Window
from claims.registry.checkout import commit_of

_VECTOR = re.compile(r"sse|ssse|avx|fma|amx|asimd|sve|bf16|f16c")  # they change the last bits of sums
_METRICS = ("extract", "split", "summary", "shipped", "slices", "judge", "verify")
_OF_SLICES = ("rows", "roc_auc", "average_precision", "calibration_error", "approved_share")


def gather(root: Path, number: int) -> Record:
    """The record of what lies in a checkout, without a comparison with a champion.

    Raises
    ------
    ReleaseError
        Where a metrics file is not there.
    GateError
        Where the variant that was packed did not pass.
    """
    found = {name: read_metrics(root, name) for name in _METRICS}
    params = mask_settings(yaml.safe_load((root / "params.yaml").read_text(encoding="utf-8")))
    winner = found["verify"]["variant"]
    return Record(
        number=number,
        variant=winner,
        data=_data(root, params, found),
        code=Code(commit=commit_of(root), dvc_lock_sha256=sha256_of(root / "dvc.lock")),
        environment=Environment(
            requirements_sha256=sha256_of(root / "requirements.txt"),
            python=python_version(),
            cpu_features=cpu_features(),
        ),
        params=params,
        metrics={
            "network": found["summary"],
            "shipped": found["shipped"]["shipped"],
            "variant": found["judge"]["variants"][winner]["test"],
            "slices": _slices(found["slices"]),
        },
        gates=_gates(found, winner),
        candidate=read_packed_file(root / "models" / "claims_model.tflite").hashes,
    )


def read_metrics(root: Path, name: str) -> dict[str, Any]:
    """A file of ``metrics/``."""
    path = root / "metrics" / f"{name}.json"
    if not path.exists():
        raise ReleaseError(str(path), "not there", "Run `dvc repro` and commit what it wrote.")
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def _data(root: Path, params: dict[str, Any], found: dict[str, Any]) -> Data:
    contract = load_contract(root / "contracts" / f"{params['contract']}.yaml")
    source, extracted = params["source"], found["extract"]
    keys = ("first_event", "last_event", "rows")
    return Data(
        contract=contract.name,
        contract_version=str(contract.version),
        source=source["url"],
        since=source["since"],
        until=source["until"],
        as_of=source["as_of"],
        rows=extracted["decided"],
        checksum=extracted["checksum"],
        key_fingerprint=extracted["key_fingerprint"],
        windows={name: Window(**{key: found["split"][name][key] for key in keys}) for name in SPLITS},
    )


def _slices(found: dict[str, Any]) -> dict[str, Any]:
    """Of each value of each slice, what two releases are compared by."""
    return {
        name: {value: {key: part[key] for key in _OF_SLICES if key in part} for value, part in values.items()}
        for name, values in found.items()
    }


def _gates(found: dict[str, Any], winner: str) -> dict[str, Any]:
    """The verdicts, all of which have to be that it passed."""
    judged, confirmed = found["judge"]["variants"][winner]["gate"], found["judge"]["test"]
    refusals = [*judged["refusals"], *_refusals(confirmed)]
    if found["judge"]["winner"] != winner:
        refusals.append(f"judge chose {found['judge']['winner']}")
    if refusals:
        raise GateError(winner, refusals[0], "Mend it, or ship another: judge.prefer.")
    proofs = {name: proof for name, proof in found["verify"].items() if name != "variant"}
    return {"judge": judged["overall"], "test": confirmed, "verify": proofs, "champion": None}


def _refusals(confirmed: dict[str, Any]) -> list[str]:
    if all(found["passes"] for found in confirmed.values() if isinstance(found, dict)):
        return []
    from claims.quantization.gate import refusals_of  # it brings SciPy, for which no release need wait

    return refusals_of("test", confirmed)


def python_version() -> str:
    """3.11, without the patch."""
    return ".".join(platform.python_version_tuple()[:2])


def cpu_features() -> tuple[str, ...]:
    """The vector instructions that this processor has, by their names in Linux; elsewhere its name."""
    described = Path("/proc/cpuinfo")
    if not described.exists():
        return (platform.machine(), platform.processor())
    text = described.read_text(encoding="utf-8")
    flags = re.search(r"^(?:flags|Features)\s*:\s*(.*)$", text, re.MULTILINE)
    names = flags.group(1).split() if flags else []
    return (platform.machine(), *sorted(name for name in names if _VECTOR.search(name)))
