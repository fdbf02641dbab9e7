"""Whether the claims in the workspace are those that a commit recorded."""

from claims.base.errors import DataError
from claims.history.datasets import RAW, WORKSPACE, Dataset, dataset_at, list_datasets
from claims.history.stored import Cache, files_of, reading, stored_checksum
from claims.repository.git import Git
from claims.results.extract import ExtractedClaims


def recognise(git: Git) -> tuple[Dataset, ExtractedClaims]:
    """Find the version in Git's history that recorded the claims in the workspace, and what it recorded.

    Raises
    ------
    DataError
        No commit recorded their checksum, computed again, or a file cannot be read.
    HistoryError
        There are none in the workspace.
    """
    here = dataset_at(git, WORKSPACE)
    files = files_of(here, git.folder, Cache.of(git.folder))
    with reading():
        checksum = stored_checksum(files)
    recorded = [(version, version.recorded) for version in list_datasets(git, everywhere=True)]
    same = [(version, facts) for version, facts in recorded if facts and facts.checksum == checksum]
    if not same:
        unknown = f"claims with the checksum {checksum[:12]}, which no commit recorded"
        raise DataError(RAW, unknown, "Commit dvc.lock with metrics/extract.json, or run `dvc checkout`.")
    return next((match for match in same if match[0].tree == here.tree), same[0])
