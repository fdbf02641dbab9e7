"""What `claims forget` says: where a subject's rows lie, and what has to be made anew."""

from collections.abc import Iterator, Sequence

from claims.erasure.search import Findings, Release


def describe(findings: Findings) -> Iterator[str]:
    """Describe the findings in lines for a person; no identifier is in them."""
    yield "datasets in the history of git:"
    for searched in findings.datasets:
        rows = f"unknown: {searched.why}" if searched.rows is None else f"{searched.rows:,} claims"
        yield f"  {searched.dataset.name} {searched.dataset.date}  {rows}"
    if not findings.datasets:
        yield "  none"
    yield from _listed(
        "files of DVC's cache that hold rows or name the subject (and of each remote that has them):",
        [f"{path}  {name or 'of no commit'}" for path, name in findings.cached.items()],
    )
    yield from _listed("files of the workspace that hold rows or name the subject:", findings.workspace)
    yield from _listed("objects of Git LFS that name the subject (and of each server):", findings.lfs)
    yield from _listed("files that could not be read, and so not searched:", findings.damaged)
    yield from _to_retrain(findings)
    if findings.nowhere:
        yield "no stored row is of this subject; check that the identifier is written as in the source"


def _listed(heading: str, lines: Sequence[object]) -> Iterator[str]:
    if lines:
        yield heading
        yield from (f"  {line}" for line in lines)


def _to_retrain(findings: Findings) -> Iterator[str]:
    releases = findings.releases
    held = [release for release in releases if release.holds]
    parts = {
        "releases made from them, to be retrained and replaced": held,
        "releases whose model file names the subject": [release for release in releases if release.names],
        "releases whose data could not be searched": [
            release for release in releases if release.holds is None
        ],
        "releases whose model file is not here, or damaged (`git lfs pull`)": [
            release for release in releases if release.names is None
        ],
    }
    yield from (f"{what}: {_numbers(those)}" for what, those in parts.items() if those)
    if findings.derived:
        yield f"models made from them, in DVC's cache: {', '.join(findings.derived)}"
    if findings.current or findings.workspace:
        yield "to be retrained: run `dvc repro`, commit, and release the new model"
    elif held:
        yield "the claims that dvc.lock names are without the subject: put a release of these in their place"


def _numbers(releases: list[Release]) -> str:
    return ", ".join(str(release.number) for release in releases)
