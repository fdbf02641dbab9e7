"""The tables of docs/figures.md, from what `benchmarks/figures.py` measured."""

from typing import Any

Figures = dict[str, Any]
Row = tuple[str, str, str]
_NOTE = "Decisions changed: share of calibration claims that float32 decides otherwise."
_TITLES = {
    "demo": "The demo's test claims",
    "tsa": "TSA claims received in 2015, from claims of 2012 to 2014",
}
_METRICS = {
    "roc_auc": "ROC-AUC",
    "average_precision": "average precision",
    "log_loss": "log-loss",
    "calibration_error": "calibration error",
}


def render(measured: dict[str, Figures]) -> str:
    """What was measured, in Markdown; a figure that was not is left out."""
    rows: list[Row] = [("figure", "aim", "measured"), ("---", "---", "---")]
    for name, row_of in _ROWS.items():
        rows += row_of(measured[name]) if name in measured else []
    tables = ["\n".join(f"| {' | '.join(row)} |" for row in rows)]
    tables += [_quality_table(title, measured[name]) for name, title in _TITLES.items() if name in measured]
    speeds = [_variants_table(measured["variants"])] if "variants" in measured else []
    return "\n\n".join([*tables, _NOTE, *speeds])


def _repro(figures: Figures) -> list[Row]:
    total = (figures["install_s"] + figures["pipeline_s"]) / 60
    parts = f"{figures['install_s']:.0f} s to install, {figures['pipeline_s']:.0f} s to run"
    idle = f"{figures['nothing_s']:.2f} s (DVC with one stage: {figures['smallest_s']:.2f} s)"
    quantize = f"{figures['quantize_s']:.0f} s ({', '.join(figures['quantize_ran'])})"
    return [
        ("`make repro`, fresh clone, tuning included, 2 cores", "under 10 min", f"{total:.1f} min ({parts})"),
        ("`dvc repro`, nothing changed", "under 0.8 s", idle),
        ("`dvc repro`, `quantize.*` changed", "under 60 s", quantize),
        *_back(figures),
    ]


def _back(figures: Figures) -> list[Row]:
    """What runs again for a learning rate that was tried before; older results have no such figure."""
    if "back_ran" not in figures:
        return []
    measured = f"{', '.join(figures['back_ran'])}; {figures['back_s']:.0f} s"
    return [("back to an earlier learning rate: stages run", "report, track", measured)]


def _identity(figures: Figures) -> list[Row]:
    measured = f"{figures['files']} files, {figures['megabytes']:.0f} MB; {len(figures['differing'])} differ"
    return [("outputs of two fresh clones", "the same bytes", measured)]


def _score(figures: Figures) -> list[Row]:
    measured = f"{figures['beyond_s']:.2f} s (start-up {figures['start_up_s']:.2f} s)"
    return [("`claims score`, 100,000 claims with lines, Parquet", "under 3 s beyond start-up", measured)]


def _simulate(figures: Figures) -> list[Row]:
    memory = f"{figures['megabytes']:.0f} MB; ten times as many: {figures['megabytes_600k']:.0f} MB"
    return [("60,000 demo claims", "under 15 s, bounded memory", f"{figures['seconds']:.1f} s, {memory}")]


def _tsa(figures: Figures) -> list[Row]:
    int8, float32 = (figures["quality"][f"TFLite {name}"]["roc_auc"] for name in ("int8", "float32"))
    return [
        ("TSA, train 2012–14, test 2015: int8 ROC-AUC", "at least .69", f"{int8:.4f}"),
        ("TSA: int8 against float32", "loses less than .002", f"{float32 - int8:+.4f}"),
    ]


def _releases(figures: Figures) -> list[Row]:
    seconds = figures["commands"]
    compared = seconds["release, with a champion"]
    made = f"{seconds['release']:.1f} s; with a champion to compare with {compared:.1f} s"
    acts = ", ".join(f"{name} {seconds[name]:.2f} s" for name in ("promote", "rollback", "who-was-live"))
    said, minutes = figures["said"].partition(": ")[2], figures["reproduce_s"] / 60
    again = f"{said} ({figures['stages']} stages, {minutes:.1f} min)"
    return [
        ("`claims release`", "under 5 s", made),
        ("`claims promote`, `rollback`, `who-was-live`; 1,000 entries in the log", "each under 1 s", acts),
        ("`claims reproduce --from-source` in another clone", "the same bytes", again),
    ]


def _faults(figures: Figures) -> list[Row]:
    total = figures["passed"] + figures["failed"]
    aim = "20 of 20 detected, none served"
    return [("faults injected in remotes and cache", aim, f"{figures['passed']} of {total}")]


def _structure(figures: Figures) -> list[Row]:
    rooms = f"{figures['rooms']} rooms, {'0' if figures['rooms_hold'] else 'some'} breaches and circles; "
    rooms += f"the largest, {figures['largest']}, has {figures['largest_share']:.1%} of the lines"
    functions = f"median {figures['median']:.0f}, 90th percentile {figures['percentile_90']:.0f}, "
    functions += f"longest {figures['longest']} lines"
    return [
        ("rooms of `src/claims`", "0 breaches, 0 circles, none over 12 %", rooms),
        (f"{figures['functions']:,} functions", "7, 20, none over 60", functions),
    ]


def _variants_table(figures: Figures) -> str:
    """Size and speed of the variants, and what the gate says of them."""
    whole = figures["variants"]["float32"]["bytes"]
    heads = ("variant", "bytes", "of float32", "one claim", "1,024 claims", "decisions changed", "gate")
    lines = ["**Variants: bytes, and speed as times float32's**", ""]
    lines += [f"| {' | '.join(heads)} |", "|---" * len(heads) + "|"]
    for name, row in figures["variants"].items():
        verdict = "" if "refusals" not in row else "; ".join(row["refusals"][:1]) or "passes"
        cells = (
            f"**{name}**" if name == figures["winner"] else name,
            f"{row['bytes']:,}",
            f"{row['bytes'] / whole:.0%}",
            f"{row['speed_1']:.2f}",
            f"{row['speed_1024']:.2f}",
            f"{row['flips']:.2%}" if "flips" in row else "",
            verdict,
        )
        lines.append(f"| {' | '.join(cells)} |")
    lines += [
        "",
        f"Float32 takes {figures['float32_us']} µs for one claim and scores "
        f"{figures['float32_rows_a_second']:,} claims a second, 1,024 a call, with one thread and from "
        "encoded inputs; quantizing them in Python is part of the time.",
    ]
    return "\n".join(lines)


_ROWS = {
    "repro": _repro,
    "identity": _identity,
    "releases": _releases,
    "faults": _faults,
    "score": _score,
    "simulate": _simulate,
    "tsa": _tsa,
    "structure": _structure,
}


def _quality_table(title: str, figures: Figures) -> str:
    headings = ("", *_METRICS.values(), "bytes", "decisions changed")
    lines = [f"**{title}** ({figures['test_rows']:,}; maturity: {figures.get('maturity', 'unknown')})", ""]
    lines += [f"| {' | '.join(headings)} |", "|---" * len(headings) + "|"]
    for name, row in figures["quality"].items():
        size = f"{row['bytes']:,}" if "bytes" in row else ""
        flips = f"{row['flips']:.2%}" if "flips" in row else ""
        lines.append(f"| {' | '.join([name, *(f'{row[metric]:.4f}' for metric in _METRICS), size, flips])} |")
    return "\n".join(lines)
