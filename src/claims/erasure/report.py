"""What `claims forget` says: where a subject's rows lie, and what has to be made anew."""

from collections.abc import Iterator

from claims.erasure.search import Findings, Release


def describe(found: Findings) -> Iterator[str]:
    """Lines for a person; no identifier is in them."""
    yield "datasets in the history of git:"
    for each in found.datasets:
        rows = f"unknown: {each.why}" if each.rows is None else f"{each.rows:,} claims"
        yield f"  {each.dataset.name} {each.dataset.date}  {rows}"
    if not found.datasets:
        yield "  none"
    if found.cached:
        yield "files of DVC's cache that hold rows (and of each remote that they were pushed to):"
        yield from (f"  {path}  {name or 'of no commit'}" for path, name in found.cached.items())
    if found.workspace:
        yield "files of the workspace that hold rows:"
        yield from (f"  {path}" for path in found.workspace)
    yield from _to_retrain(found)
    if found.nowhere:
        yield "no stored row is of this subject; check that the identifier is written as in the source"


def _to_retrain(found: Findings) -> Iterator[str]:
    held = [release for release in found.releases if release.holds]
    unknown = [release for release in found.releases if release.holds is None]
    if held:
        yield f"releases made from them, to be retrained and replaced: {_numbers(held)}"
    if unknown:
        yield f"releases whose data could not be searched: {_numbers(unknown)}"
    if found.derived:
        yield f"models made from them, in DVC's cache: {', '.join(found.derived)}"
    if held or found.derived or found.workspace:
        yield "to be retrained: run `dvc repro`, commit, and release the new model"


def _numbers(releases: list[Release]) -> str:
    return ", ".join(release.number for release in releases)
