"""What can go wrong, said once: the thing, what was found, and the remedy.

ClaimsError
├── ContractError     a contracts/*.yaml that does not say something legal
├── ParamsError       a params.yaml with an unknown key or an illegal value
├── PipelineError     a dvc.yaml that does not say what its stages run and read
├── SourceError       claims that cannot be reached or read
├── DataError         claims that were read and are not what the contract says
├── ModelError        a model file that is missing, damaged or of another contract
├── GateError         a gate that stops the run
├── ResultsError      a metrics file that is missing, or not what its stage writes
├── ReleaseError      a release that cannot be made, found, trusted or put live
├── HistoryError      a revision, or what was stored at it, that is not there
├── TrackingError     a tracker that cannot be reached or does not answer as it should
├── StorageError      a cache or a remote that does not hold what dvc.lock names
├── CommandError      another program that is not installed, or fails
└── WriteError        a file that cannot be written
"""


def first_line(error: BaseException) -> str:
    """Return what an error says as part of a line; its kind where it says nothing."""
    said = str(error).strip() or type(error).__name__
    return said.splitlines()[0].rstrip(".")


class ClaimsError(Exception):
    """A failure that a person can mend; shown without a traceback.

    Parameters
    ----------
    thing
        What the message is about: a file with its line, a column, a stage.
    found
        What was found there.
    remedy
        What to do about it.
    """

    def __init__(self, thing: str, found: str, remedy: str) -> None:
        super().__init__(f"{thing}: {found}. {remedy}")
        self.thing, self.found, self.remedy = thing, found, remedy


class ContractError(ClaimsError):
    """A contract that does not say something legal."""


class ParamsError(ClaimsError):
    """A params.yaml with an unknown key or an illegal value."""


class PipelineError(ClaimsError):
    """A dvc.yaml that does not say what its stages run and read."""


class SourceError(ClaimsError):
    """Claims that cannot be reached or read."""


class DataError(ClaimsError):
    """Claims that were read and are not what the contract says."""


class ModelError(ClaimsError):
    """A model file that is missing, damaged or made for another contract."""


class GateError(ClaimsError):
    """A gate that stops the run."""


class ResultsError(ClaimsError):
    """A metrics file that is missing, or not what its stage writes."""


class HistoryError(ClaimsError):
    """A revision of git's, or what DVC stored at it, that is not there."""


class TrackingError(ClaimsError):
    """A tracker that cannot be reached or does not answer as it should."""


class ReleaseError(ClaimsError):
    """A release that cannot be made, found, trusted or put live."""


class StorageError(ClaimsError):
    """A cache or a remote that cannot be reached, or does not hold what ``dvc.lock`` names."""


class WriteError(ClaimsError):
    """A file that cannot be written: a forbidden folder, a full disk."""


class CommandError(ClaimsError):
    """Another program that is not installed, or fails."""
