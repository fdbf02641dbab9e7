"""Whether the claims in the workspace are those that a commit recorded."""

from claims.base.errors import DataError
from claims.history.datasets import RAW, WORKSPACE, Dataset, dataset_at, list_datasets
from claims.history.stored import Cache, files_of, reading, stored_checksum
from claims.repository.git import Git


def recognise(git: Git) -> Dataset:
    """The version in git's history that recorded the claims which lie in the workspace.

    Raises
    ------
    DataError
        Their checksum, computed again, was never recorded; a file cannot be read.
    HistoryError
        There are none in the workspace.
    """
    here = dataset_at(git, WORKSPACE)
    files = files_of(here, git.folder, Cache.of(git.folder))
    with reading():
        checksum = stored_checksum(files)
    known = [each for each in list_datasets(git, everywhere=True) if each.recorded]
    same = [each for each in known if each.recorded and each.recorded.checksum == checksum]
    if not same:
        found = f"claims with the checksum {checksum[:12]}, which no commit recorded"
        raise DataError(RAW, found, "Commit dvc.lock with metrics/extract.json, or run `dvc checkout`.")
    return next((each for each in same if each.tree == here.tree), same[0])
