"""Losses say which limits do not hold, and why."""

from claims.results.losses import BoundedLoss, Losses, SliceLosses

HELD = BoundedLoss(value=0.001, upper=0.002, limit=0.01, passes=True)
LOST = BoundedLoss(value=0.0165, upper=0.0196, limit=0.01, passes=False)


def test_a_limit_that_does_not_hold_is_named_with_value_bound_and_limit() -> None:
    losses = Losses(average_precision=LOST, flips=HELD, swaps=LOST)
    assert losses.refusals("overall") == [
        "overall: average precision 0.0165 (bound 0.0196, limit 0.01)",
        "overall: swaps 0.0165 (bound 0.0196, limit 0.01)",
    ]


def test_claims_too_few_to_prove_a_limit_are_told_how_many_it_takes() -> None:
    few = BoundedLoss(value=0.0, upper=0.006, limit=0.001, passes=False, needs=2995)
    (refusal,) = Losses(flips=HELD, swaps=few).refusals("test")
    assert refusal == "test: swaps 0.0000 (bound 0.0060, limit 0.001, which takes 2,995 claims to prove)"


def test_what_another_loss_held_back_has_no_reason_of_its_own() -> None:
    held_back = LOST.model_copy(update={"held_back": True})
    assert Losses(flips=held_back, swaps=HELD).refusals("payer_id P01") == []


def test_losses_that_claims_cannot_tell_are_not_there() -> None:
    losses = SliceLosses(rows=600, calibration_error=HELD, flips=HELD, swaps=HELD)
    assert [name for name, _ in losses.losses()] == ["calibration_error", "flips", "swaps"]
