"""The mirror of the releases on an MLflow server: Git is the source of truth, the mirror follows its log."""

import os
import sys
from collections.abc import Iterator

from claims.base.errors import ClaimsError, TrackingError, first_line
from claims.base.urls import mask_url, mask_urls
from claims.mirrors.versions import as_run, read_state
from claims.registry.registry import Registry

VARIABLE = "MLFLOW_TRACKING_URI"


def mirror(registry: Registry, *, force: bool = False) -> Iterator[str]:
    """Bring the mirror in step with the log, from wherever it is.

    Parameters
    ----------
    registry
        Of the checkout.
    force
        Even if the mirror followed entries that the log does not have.

    Yields
    ------
    A line for each thing that was changed, and a last one.

    Raises
    ------
    TrackingError
        Where no mirror is named, it cannot be reached, or it has followed a longer log.
    ReleaseError, ModelError
        Where a release's files are not those that were released.
    """
    uri = os.environ.get(VARIABLE)
    if not uri:
        raise TrackingError(VARIABLE, "not set", "Set it to the address of an MLflow server.")
    with registry.writing():
        yield from _follow(registry, uri, force=force)
    yield f"mlflow: {mask_url(uri)} is in step with {registry.log}"


def follow(registry: Registry) -> None:
    """Bring the mirror in step after something was done in Git; call it while `writing`.

    What was done stands whatever becomes of the mirror: a failure is a line on standard error. Without
    ``MLFLOW_TRACKING_URI`` nothing is done, and nothing of MLflow imported.
    """
    uri = os.environ.get(VARIABLE)
    if not uri:
        return
    try:
        for line in _follow(registry, uri, force=False):
            print(f"mirror: {line}", file=sys.stderr)
    except Exception as error:  # of any kind: what stands in Git must not look undone
        known = isinstance(error, ClaimsError)
        problem = str(error) if known else mask_urls(first_line(error), uri) + "."
        print(f"claims: done, but not mirrored: {problem} Then run `claims mirror`.", file=sys.stderr)


def _follow(registry: Registry, uri: str, *, force: bool) -> Iterator[str]:
    state = read_state(registry)
    try:
        from claims.mirrors.mlflow import ModelRegistry
    except ModuleNotFoundError as error:
        remedy = f"Install the extra mlflow of pyproject.toml, or unset {VARIABLE}."
        raise TrackingError(f"mirror: {error.name}", "its package is not installed", remedy) from None
    mirrored = ModelRegistry(uri)
    yield from mirrored.bring_in_step(state, lambda version: as_run(registry, version), force=force)
