"""What `claims forget` says: where a subject's rows lie, and what has to be made anew."""

from collections.abc import Iterator, Sequence

from claims.erasure.search import Findings, Release


def describe(found: Findings) -> Iterator[str]:
    """Lines for a person; no identifier is in them."""
    yield "datasets in the history of git:"
    for each in found.datasets:
        rows = f"unknown: {each.why}" if each.rows is None else f"{each.rows:,} claims"
        yield f"  {each.dataset.name} {each.dataset.date}  {rows}"
    if not found.datasets:
        yield "  none"
    yield from _listed(
        "files of DVC's cache that hold rows or name the subject (and of each remote that has them):",
        [f"{path}  {name or 'of no commit'}" for path, name in found.cached.items()],
    )
    yield from _listed("files of the workspace that hold rows or name the subject:", found.workspace)
    yield from _listed("objects of Git LFS that name the subject (and of each server):", found.lfs)
    yield from _listed("files that could not be read, and so not searched:", found.damaged)
    yield from _to_retrain(found)
    if found.nowhere:
        yield "no stored row is of this subject; check that the identifier is written as in the source"


def _listed(heading: str, lines: Sequence[object]) -> Iterator[str]:
    if lines:
        yield heading
        yield from (f"  {line}" for line in lines)


def _to_retrain(found: Findings) -> Iterator[str]:
    releases = found.releases
    held = [release for release in releases if release.holds]
    parts = {
        "releases made from them, to be retrained and replaced": held,
        "releases whose model file names the subject": [each for each in releases if each.names],
        "releases whose data could not be searched": [each for each in releases if each.holds is None],
        "releases whose model file is not here, or damaged (`git lfs pull`)": [
            each for each in releases if each.names is None
        ],
    }
    yield from (f"{what}: {_numbers(those)}" for what, those in parts.items() if those)
    if found.derived:
        yield f"models made from them, in DVC's cache: {', '.join(found.derived)}"
    if found.current or found.workspace:
        yield "to be retrained: run `dvc repro`, commit, and release the new model"
    elif held:
        yield "the claims that dvc.lock names are without the subject: put a release of these in their place"


def _numbers(releases: list[Release]) -> str:
    return ", ".join(str(release.number) for release in releases)
