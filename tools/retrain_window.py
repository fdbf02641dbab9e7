"""The windows of a training that reads newer claims: every date of params.yaml moved by the same days.

`python tools/retrain_window.py --until 2026-09-01` prints what `dvc exp run -S` takes, one override a line.
The windows keep their lengths: where params.yaml gives shares, their dates come from metrics/split.json. A
first day (`source.since`) and a last day of outcomes (`source.as_of`) move where they are given; null stays.
"""

import argparse
import datetime as dt
from pathlib import Path

from claims.config.params import Params, load_params
from claims.results.extract import ExtractMetrics
from claims.results.files import read_metrics
from claims.results.split import SplitMetrics
from commands import plainly, stop

METRICS = Path("metrics")
WINDOWS = ("validation", "calibration", "test")
DAY = dt.timedelta(days=1)


def day(text: str) -> dt.date:
    """Read a day as an option gives it; empty: the first of this month, UTC, for claims of whole months."""
    return dt.date.fromisoformat(text) if text else dt.datetime.now(dt.UTC).date().replace(day=1)


def add_until(parser: argparse.ArgumentParser) -> None:
    """Add the option of the scripts that move the windows."""
    said = "first day no longer read, such as 2026-09-01; the first of this month by default"
    parser.add_argument("--until", type=day, default="", help=said)


def current_starts(params: Params) -> dict[str, dt.date]:
    """Return the first day of each window after training."""
    given = {name: getattr(params.split, f"{name}_from") for name in WINDOWS}
    if None not in given.values():
        return given
    windows = read_metrics(SplitMetrics, METRICS / "split.json").windows()
    return {name: windows[name].first_event for name in WINDOWS}


def current_until(params: Params) -> dt.date:
    """Return the first day that is not read now."""
    return params.source.until or read_metrics(ExtractMetrics, METRICS / "extract.json").last_event + DAY


def moved(params: Params, until: dt.date) -> dict[str, dt.date]:
    """Move the dates of params.yaml for claims received before ``until``, by key."""
    before = current_until(params)
    if until <= before:
        stop("window", f"claims before {before} are read already", f"Give a day after it, not {until}.")
    dates = {"source.since": params.source.since, "source.as_of": params.source.as_of}
    dates |= {f"split.{name}_from": date for name, date in current_starts(params).items()}
    return {"source.until": until} | {key: date + (until - before) for key, date in dates.items() if date}


def refuse_beyond_the_demo(params: Params, until: dt.date) -> None:
    """Refuse a day after the demo's claims end."""
    end = params.simulate.start + params.simulate.days * DAY
    if params.source.is_demo and until > end:
        stop(
            "window",
            f"the demo's claims end before {end}",
            "Set source to claims of yours (docs/sources.md).",
        )


def overrides(until: dt.date) -> list[str]:
    """Return what `dvc exp run -S` takes."""
    params = load_params()
    refuse_beyond_the_demo(params, until)
    return [f"{key}={date}" for key, date in moved(params, until).items()]


def main() -> None:
    """Print the overrides."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add_until(parser)
    print("\n".join(overrides(parser.parse_args().until)))


if __name__ == "__main__":
    plainly(main)
