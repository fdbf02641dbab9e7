"""judge: which variant decides like float32, and so may ship; none: the run fails."""

from pathlib import Path
from typing import Any

from claims.base.errors import GateError
from claims.base.stage import In, Out, read_json, run, write_json
from claims.config.params import REFERENCE, Judge, Params, Policy, load_params
from claims.decisions.rules import DecisionRules, read_rules
from claims.decisions.scored_claims import ScoredClaims
from claims.evaluation.bounds import judge_one, state
from claims.features.matrices import Labelled, read_labelled
from claims.quantization.gate import (
    Answers,
    judge_variants,
    measure_anomaly_loss,
    measure_losses,
    refusals_of,
)
from claims.quantization.variants import Variant, solve_variant
from claims.reporting.variant_plots import draw_variants


def judge(features: In, variants: In, measured: In, metrics: Out, pictures: Out) -> None:
    """Write the verdict on every variant and which of them ships, with pictures of what it changes."""
    params = load_params()
    rows = {name: read_labelled(features / f"{name}.parquet") for name in ("calibration", "test")}
    solved: dict[str, Variant] = {
        name: _solved(name, variants, rows, params) for name in params.quantize.variants
    }
    verdicts = _verdicts(solved, rows["calibration"], params)
    facts = {name: read_json(measured / f"{name}.json") for name in solved}
    for name, verdict in verdicts.items():
        for refusal in verdict["refusals"]:
            print(f"judge: {name} refused: {refusal}")
    winner = choose(verdicts, {name: found["size_bytes"] for name, found in facts.items()}, params.judge)
    confirmed = _confirm(winner, solved, rows["test"], params)
    kept = {name: {key: part for key, part in fact.items() if key != "graph"} for name, fact in facts.items()}
    found = {name: kept[name] | {"gate": verdicts[name]} for name in solved}
    write_json(metrics, {"winner": winner, "variants": found, "test": confirmed})
    pictures.mkdir()
    draw_variants(pictures, solved[REFERENCE].calibration, solved[winner].calibration, verdicts[winner])
    print(f"judge: {winner} ships")


def choose(verdicts: dict[str, Any], sizes: dict[str, int], settings: Judge) -> str:
    """The variant that ships: the first that passes in a person's order, or else the smallest.

    Float32 is what the others are held against: it ships only where ``judge.prefer`` names it.

    Raises
    ------
    GateError
        Where none passes, with the first reasons of each; or where the order names none that there is.
    """
    smallest = sorted((name for name in verdicts if name != REFERENCE), key=lambda name: sizes[name])
    order = [name for name in (settings.prefer or smallest) if name in verdicts]
    if not order:
        found = f"names none of {', '.join(verdicts)}"
        raise GateError("judge.prefer", found, "Name one of them, or null for the smallest that passes.")
    passing = [name for name in order if not verdicts[name]["refusals"]]
    if passing:
        return passing[0]
    refusals = [f"{name} ({'; '.join(verdicts[name]['refusals'][:2])})" for name in order]
    remedy = "Mend what they lose, or name float32 last in judge.prefer to ship it instead."
    raise GateError("variants", f"none passes: {', '.join(refusals)}", remedy)


def _solved(name: str, variants: Path, rows: dict[str, Labelled], params: Params) -> Variant:
    """A variant as it decides; its stored rules have to be those that its own scores give."""
    content = (variants / f"{name}.tflite").read_bytes()
    found = solve_variant(name, content, rows, params.policy, params.evaluate.anomaly_reviews)
    check_rules(name, read_rules(variants / f"{name}.json"), found.rules)
    return found


def check_rules(name: str, stored: DecisionRules, solved: DecisionRules) -> None:
    """Refuse thresholds that were solved for other scores."""
    if stored != solved:
        raise GateError(
            name, "its rules were not solved on its own scores", f"Run `dvc repro --force quantize@{name}`."
        )


def _verdicts(solved: dict[str, Variant], rows: Labelled, params: Params) -> dict[str, dict[str, Any]]:
    """What the gate says of each variant, on calibration claims."""
    answers = {name: _answers(one.calibration, one.rules) for name, one in solved.items()}
    budget = _review_budget(solved[REFERENCE].calibration, params.policy)
    found = judge_variants(answers, rows.outcome, rows.slices, params.judge, budget, params.seed)
    for name, one in solved.items():
        second = _second_output(one, solved[REFERENCE], "calibration", params)
        found[name]["overall"] |= second
        found[name]["refusals"] += refusals_of("overall", second)
    return found


def _second_output(one: Variant, reference: Variant, split: str, params: Params) -> dict[str, Any]:
    """The verdict on the second output; nothing where there is none."""
    if one.anomaly is None or reference.anomaly is None:
        return {}
    mine, theirs = (part.scores[split] for part in (one.anomaly, reference.anomaly))
    limit = params.judge.anomaly_average_precision
    loss = measure_anomaly_loss(mine, theirs, one.anomaly.labels[split], limit, params.seed)
    return {"anomaly_average_precision": state(loss, judge_one(loss))}


def _answers(claims: ScoredClaims, rules: DecisionRules) -> Answers:
    return Answers(claims.scores, claims.decided_by(rules.policy))


def _review_budget(claims: ScoredClaims, policy: Policy) -> float:
    """Share of the claims that people have time for; all where that has no limit."""
    if policy.reviews_a_day is None:
        return 1.0
    return min(1.0, policy.reviews_a_day * claims.calendar_days / len(claims))


def _confirm(winner: str, solved: dict[str, Variant], rows: Labelled, params: Params) -> dict[str, Any]:
    """The winner's losses on test, looked at once: under the limits of all claims, or the run fails."""
    two = {name: _answers(solved[name].test, solved[name].rules) for name in (REFERENCE, winner)}
    budget = _review_budget(solved[REFERENCE].test, params.policy)
    losses = measure_losses(two, rows.outcome, params.judge.overall, budget, params.seed)[winner]
    found = {name: state(loss, judge_one(loss)) for name, loss in losses.items()}
    found |= _second_output(solved[winner], solved[REFERENCE], "test", params)
    if wrong := refusals_of("test", found):
        raise GateError(winner, f"not confirmed, {'; '.join(wrong)}", "Ship another variant: judge.prefer.")
    return found


if __name__ == "__main__":
    run(judge)
