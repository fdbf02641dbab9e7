"""The model card: what the metrics files say of a model, as one page that a person reads.

Source: Mitchell et al. (2019), "Model cards for model reporting", doi:10.1145/3287560.3287596.
"""

from typing import Any

from claims.contract import Contract
from claims.data.windows import IMMATURE, SPLITS
from claims.reporting.markdown import count, estimate, estimated_share, figure, share, table

Metrics = dict[str, Any]
_WORST = 10  # slices that are shown
_MATURITY = {
    "mature": "Test counts the months whose outcomes are mature; later months stand apart as `immature`.",
    "immature": "**No month of the test window is mature: test leans towards quick decisions.**",
    "unknown": "The contract states no maturity, so test counts every claim that is decided.",
}
_PERIOD = ("claims", "ROC-AUC", "average precision", "log-loss", "calibration error (band)")
_SINGLE = ("roc_auc", "average_precision", "log_loss", "calibration_error")


def render_card(contract: Contract, found: dict[str, Metrics]) -> str:
    """The card in Markdown: the same text for the same metrics; a part that there is nothing of is left out.

    Parameters
    ----------
    contract
        Of the claims.
    found
        The content of ``metrics/NAME.json`` by NAME: extract, split, maturity, evaluate, slices, months,
        fairness, judge, verify.
    """
    sections = {
        "Claims": _claims(found),
        "Metrics": _metrics(found),
        "Months of the test window": _months(found["months"]["months"]),
        "Decisions": _decisions(found),
        "Anomalies": _anomalies(contract, found),
        "Protected groups": _groups(contract, found),
        "Slices, the worst ranked first": _slices(found["slices"]),
        "Variants": _variants(found["judge"]),
        "Limits": _limits(contract, found),
    }
    lines = [f"# Model card: {contract.name}", "", *_purpose(contract, found["judge"]["winner"])]
    for title, body in sections.items():
        lines += ["", f"## {title}", "", *body] if body else []
    return "\n".join(lines) + "\n"


def _purpose(contract: Contract, winner: str) -> list[str]:
    return [
        f"{contract.description} (version {contract.version} of the contract).",
        "Of each claim that arrives the model says how likely its approval is (`ml_score`) and what follows",
        "(`ml_derived_decision`): approved, rejected, or seen by a person.",
        f"The {winner} variant ships. Metrics are those of the network it was converted from, except under",
        "Variants; intervals are of 95 %.",
    ]


def _claims(found: dict[str, Metrics]) -> list[str]:
    extract, maturity, splits = (found[name] for name in ("extract", "maturity", "split"))
    rows = [
        (
            name,
            f"{splits[name]['first_event']} to {splits[name]['last_event']}",
            count(maturity["splits"][name]["received"]),
            share(maturity["splits"][name]["decided_share"]),
            count(splits[name]["rows"]),
            share(splits[name]["approved_share"]),
        )
        for name in (*SPLITS, IMMATURE)
        if splits.get(name, {}).get("rows")
    ]
    days = maturity["mature_after_days"]
    return [
        f"{count(extract['in_window'])} claims received from {extract['first_event']} to "
        f"{extract['last_event']}, with outcomes as of {maturity['as_of']}.",
        *([f"An outcome is mature {days} days after its claim was received."] if days is not None else []),
        _MATURITY[maturity["test"]],
        "",
        *table(("split", "received", "claims", "decided", "measured", "approved"), rows),
        "",
        f"Checksum of the claims: `{extract['checksum']}`.",
    ]


def _metrics(found: dict[str, Metrics]) -> list[str]:
    report, periods = found["evaluate"], found["months"]["splits"]
    rows = [(name, *_period(periods[name])) for name in (*SPLITS, IMMATURE) if name in periods]
    others = {f"{name}, on test": row for name, row in sorted(report.get("baselines", {}).items())}
    others |= {"best reachable, on test": report["best_reachable"]} if "best_reachable" in report else {}
    rows += [
        (name, count(row["rows"]), *(figure(row[one]) for one in _SINGLE)) for name, row in others.items()
    ]
    return [
        *table(("", *_PERIOD), rows),
        "",
        "A perfectly calibrated model stays below the band in 95 % of cases at that number of claims.",
    ]


def _period(period: Metrics) -> tuple[str, ...]:
    error = period["calibration_error"]
    return (
        count(period["rows"]),
        estimate(period["roc_auc"]),
        estimate(period["average_precision"]),
        estimate(period["log_loss"]),
        f"{figure(error['value'])} ({figure(error['band'])})",
    )


def _months(months: Metrics) -> list[str]:
    states = {True: "yes", False: "**no**", None: "unknown"}
    rows = [
        (
            name,
            states[month["mature"]],
            share(month["decided_share"]),
            *(_period(month) if "rows" in month else (count(month["measured"]), *[""] * 4)),
        )
        for name, month in sorted(months.items())
    ]
    return table(("month", "mature", "decided", *_PERIOD), rows)


def _decisions(found: dict[str, Metrics]) -> list[str]:
    decisions = found["evaluate"]["decisions"]
    rows = [
        (f"`{name}`", share(decisions["shares"][name]), count(row["approved"]), count(row["rejected"]))
        for name, row in decisions["outcomes"].items()
    ]
    cost = found["months"]["splits"]["test"]["cost_per_claim"]
    return [
        *table(("decision", "share of test", "should be approved", "should be rejected"), rows),
        "",
        f"Cost a claim: {estimate(cost)}, dollars by the prices of `policy` in `params.yaml`.",
    ]


def _anomalies(contract: Contract, found: dict[str, Metrics]) -> list[str]:
    report = found["evaluate"].get("anomaly")
    if report is None or contract.outcome.anomaly is None:
        return []
    others = {f"{name}, on test": row for name, row in sorted(report["baselines"].items())}
    measured = {name: report[name] for name in SPLITS} | others
    rows = [
        (
            name,
            count(row["audited"]),
            count(row["found"]),
            *(figure(row.get(one)) for one in ("average_precision", "roc_auc")),
            *(share(row[one]) if one in row else "" for one in ("precision", "recall", "review_share")),
        )
        for name, row in measured.items()
    ]
    headings = (
        "",
        "known",
        "found",
        "average precision",
        "ROC-AUC",
        "found, of those above the threshold",
        "above the threshold, of those found",
        "claims above it",
    )
    return [
        f"A second output says how likely an audit finds something (`{contract.outcome.anomaly.column}`).",
        "It is measured where that is known; every claim above its threshold goes to a person.",
        "",
        *table(headings, rows),
    ]


def _groups(contract: Contract, found: dict[str, Metrics]) -> list[str]:
    names = ("approved_share", "false_rejection", "needless_review", "false_approval")
    rows = [
        (
            f"{column} {group}",
            count(rates["rows"]),
            *(estimated_share(rates.get(name)) for name in names),
            estimated_share(rates.get("false_rejection", {}).get("gap")),
        )
        for column, groups in found["fairness"]["test"].items()
        for group, rates in groups.items()
    ]
    headings = (
        "group",
        "test claims",
        "should be approved",
        "rejected, of these",
        "reviewed, of these",
        "approved, of the others",
        "wrong rejections: gap to all other groups",
    )
    if not rows:
        return []
    readers = ", ".join(contract.protected_features) or "none"
    return [
        *table(headings, rows),
        "",
        _gate(found["verify"]["fairness"]),
        f"Features that read a protected column: {readers}.",
    ]


def _gate(proof: Metrics) -> str:
    largest, limit = proof.get("largest_gap"), share(proof["limit"])
    stated = f"On calibration claims no gap in wrong rejections exceeds {limit} beyond doubt"
    return (
        f"{stated}; the largest is {estimated_share(largest)}, {largest['group']}."
        if largest
        else f"{stated}."
    )


def _slices(slices: Metrics) -> list[str]:
    ranked = sorted(
        (row["roc_auc"], f"{name} {value}", row)
        for name, values in slices.items()
        for value, row in values.items()
        if row.get("roc_auc") is not None
    )
    rows = [
        (
            title,
            count(row["rows"]),
            *(estimate(row["intervals"].get(one)) for one in ("roc_auc", "average_precision")),
            *(figure(row[one]) for one in ("log_loss", "calibration_error")),
        )
        for _, title, row in ranked[:_WORST]
    ]
    headings = ("slice", "test claims", "ROC-AUC", "average precision", "log-loss", "calibration error")
    return table(headings, rows)


def _variants(judged: Metrics) -> list[str]:
    rows = [
        (
            f"**{name}**" if name == judged["winner"] else name,
            count(row["size_bytes"]),
            *(figure(row["test"][one]) for one in _SINGLE),
            f"{row['gate']['overall']['flips']['value']:.2%}",
            "; ".join(row["gate"]["refusals"][:1]) or "passes",
        )
        for name, row in judged["variants"].items()
    ]
    metrics = ("ROC-AUC", "average precision", "log-loss", "calibration error")
    return [
        *table(("variant", "bytes", *metrics, "decisions unlike float32's", "gate"), rows),
        "",
        "Metrics are of test claims; decisions are compared, and the gate judges, on calibration claims.",
    ]


def _limits(contract: Contract, found: dict[str, Metrics]) -> list[str]:
    extract, splits, months = found["extract"], found["maturity"]["splits"], found["months"]["months"]
    undecided = [
        f"{share(1 - splits[name]['decided_share'])} of {name}"
        for name in (SPLITS[-1], IMMATURE)
        if name in splits
    ]
    above = [name for name, month in sorted(months.items()) if _lies_above(month)]
    ungrouped = [name for name in contract.protected if name not in contract.protected_groups]
    small = [
        f"{column} {group} ({rates['rows']})"
        for column, groups in found["fairness"]["test"].items()
        for group, rates in groups.items()
        if "mean_score" not in rates
    ]
    lists = {
        "Not decided yet, of the claims received": undecided,
        "Months whose calibration error lies above the band": above,
        "Groups too small to be judged": small,
        "Protected columns without groups to compare": ungrouped,
    }
    return [
        "- Outcomes are what was decided, not what was right: habits of deciders are learned with the rest.",
        f"- In no metric: {count(extract['undecided'])} claims that are not decided yet, and "
        f"{count(extract['decided_by_model_alone'])} that the model alone decided.",
        *(f"- {name}: {', '.join(items)}." for name, items in lists.items() if items),
        *([] if contract.protected else ["- The contract protects no column: no groups were compared."]),
    ]


def _lies_above(month: Metrics) -> bool:
    error = month.get("calibration_error")
    return error is not None and error["value"] > error["band"]
