"""What a record says of the checkout: gathered from params.yaml, the lock, the metrics and Git."""

import platform
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import yaml

from claims.base.errors import GateError
from claims.base.files import sha256_of
from claims.base.urls import mask_settings
from claims.contract import load_contract
from claims.data.windows import SPLITS
from claims.model.packed_file import read_packed_file
from claims.model.record import Code, Data, Environment, Record, Window
from claims.registry.checkout import commit_of
from claims.results.extract import ExtractMetrics
from claims.results.files import as_json, read_metrics
from claims.results.judge import JudgeMetrics
from claims.results.shipped import ShippedMetrics
from claims.results.slices import SliceMetrics
from claims.results.split import SplitMetrics
from claims.results.summary import SummaryMetrics
from claims.results.verify import VerifyMetrics

_OF_SLICES = {"rows", "roc_auc", "average_precision", "calibration_error", "approved_share"}
_VECTOR = re.compile(r"sse|ssse|avx|fma|amx|asimd|sve|bf16|f16c")  # they change the last bits of sums


@dataclass(frozen=True)
class _Results:
    """The metrics files that a record quotes."""

    extract: ExtractMetrics
    split: SplitMetrics
    summary: SummaryMetrics
    shipped: ShippedMetrics
    slices: SliceMetrics
    judge: JudgeMetrics
    verify: VerifyMetrics

    @classmethod
    def read(cls, folder: Path) -> Self:
        return cls(
            extract=read_metrics(ExtractMetrics, folder / "extract.json"),
            split=read_metrics(SplitMetrics, folder / "split.json"),
            summary=read_metrics(SummaryMetrics, folder / "summary.json"),
            shipped=read_metrics(ShippedMetrics, folder / "shipped.json"),
            slices=read_metrics(SliceMetrics, folder / "slices.json"),
            judge=read_metrics(JudgeMetrics, folder / "judge.json"),
            verify=read_metrics(VerifyMetrics, folder / "verify.json"),
        )


def gather(root: Path, number: int) -> Record:
    """Gather the record of what lies in a checkout, without a comparison with a champion.

    Raises
    ------
    ResultsError
        Where a metrics file is not there, or not what its stage writes.
    GateError
        Where the variant that was packed did not pass.
    """
    results = _Results.read(root / "metrics")
    params = mask_settings(yaml.safe_load((root / "params.yaml").read_text(encoding="utf-8")))
    winner = results.verify.variant
    return Record(
        number=number,
        variant=winner,
        data=_data(root, params, results),
        code=Code(commit=commit_of(root), dvc_lock_sha256=sha256_of(root / "dvc.lock")),
        environment=Environment(
            requirements_sha256=sha256_of(root / "requirements.txt"),
            python=python_version(),
            cpu_features=cpu_features(),
        ),
        params=params,
        metrics={
            "network": as_json(results.summary),
            "shipped": as_json(results.shipped.shipped),
            "variant": as_json(results.judge.variants[winner].test),
            "slices": _slices(results.slices),
        },
        gates=_gates(results, winner),
        candidate=read_packed_file(root / "models" / "claims_model.tflite").hashes,
    )


def _data(root: Path, params: dict[str, Any], results: _Results) -> Data:
    contract = load_contract(root / "contracts" / f"{params['contract']}.yaml")
    source, extracted = params["source"], results.extract
    return Data(
        contract=contract.name,
        contract_version=str(contract.version),
        source=source["url"],
        since=source["since"],
        until=source["until"],
        as_of=source["as_of"],
        rows=extracted.decided,
        checksum=extracted.checksum,
        key_fingerprint=extracted.key_fingerprint,
        windows={
            name: Window(
                first_event=str(window.first_event), last_event=str(window.last_event), rows=window.rows
            )
            for name, window in results.split.windows().items()
            if name in SPLITS
        },
    )


def _slices(slices: SliceMetrics) -> dict[str, Any]:
    """Pick of each value of each slice what two releases are compared by."""
    return {
        name: {value: metrics.model_dump(include=_OF_SLICES) for value, metrics in values.items()}
        for name, values in slices.root.items()
    }


def _gates(results: _Results, winner: str) -> dict[str, Any]:
    """Put the verdicts together, all of which have to be that it passed."""
    verdict, confirmed = results.judge.variants[winner].gate, results.judge.test
    refusals = [*verdict.refusals, *confirmed.refusals("test")]
    if results.judge.winner != winner:
        refusals.append(f"judge chose {results.judge.winner}")
    if refusals:
        raise GateError(winner, refusals[0], "Mend it, or ship another: judge.prefer.")
    proofs = {name: proof for name, proof in as_json(results.verify).items() if name != "variant"}
    return {
        "judge": as_json(verdict.overall),
        "test": as_json(confirmed),
        "verify": proofs,
        "champion": None,
    }


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
