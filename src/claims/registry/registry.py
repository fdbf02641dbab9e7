"""Where releases lie, and which of them is live where: what the log says, checked against the pointers."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from claims.base.errors import ReleaseError
from claims.base.files import alone, write_whole
from claims.model.record import Record, read_record
from claims.registry.log import FIRST, RESTORE, Action, Entry, read_log, text_of
from claims.registry.state import ENVIRONMENTS, RegistryState

_HEAD = "head"  # the pointer to the last entry of all
_POINTERS = (*ENVIRONMENTS, _HEAD)  # in the order in which they are set
_NUMBER = re.compile(r"[1-9][0-9]*", re.ASCII)


@dataclass(frozen=True)
class Registry:
    """The releases of one checkout.

    Attributes
    ----------
    root
        Of the checkout.
    """

    root: Path = Path()

    @property
    def records(self) -> Path:
        """Folder of records, signatures, cards, pointers and the log."""
        return self.root / "models" / "releases"

    @property
    def log(self) -> Path:
        """The log; see `claims.registry.log`."""
        return self.records / "log.jsonl"

    @property
    def public_key(self) -> Path:
        """Public key of whoever signs releases; where there is one, no unsigned release goes live."""
        return self.records / "public_key.pem"

    def pointer_path(self, name: str) -> Path:
        """Return the pointer of an environment, or of the log's last entry."""
        return self.records / name

    def record_path(self, number: int) -> Path:
        """Return the file of a release's record."""
        return self.records / f"{number}.json"

    def signature_path(self, number: int) -> Path:
        """Return the file of a release's detached signature."""
        return self.records / f"{number}.sig"

    def card_path(self, number: int, kind: str) -> Path:
        """Return the file of a release's model card, whose kind is ``md`` or ``html``."""
        return self.records / f"{number}.{kind}"

    def model_path(self, number: int) -> Path:
        """Return the file of a released model, in Git LFS."""
        return self.root / "models" / "tflite_models" / "claims_model" / f"{number}.tflite"

    def saved_model_path(self, number: int) -> Path:
        """Return the folder of the network's SavedModel, in Git LFS."""
        return self.root / "models" / "saved_model" / "claims_model" / str(number)

    def numbers(self) -> list[int]:
        """Return the numbers of all releases, ascending."""
        return sorted(int(path.stem) for path in self.records.glob("*.json") if _NUMBER.fullmatch(path.stem))

    def record(self, number: int) -> Record:
        """Read the record of a release, which is that number's and the one that the log names.

        Raises
        ------
        ReleaseError
            Where there is none, or it was altered or exchanged.
        """
        record = read_record(self.record_path(number))
        made = self.state().made.get(number)
        if record.number != number or made is None or made.identity != record.identity:
            problem = "not the record that was released, by the log"
            raise ReleaseError(str(self.record_path(number)), problem, "Restore it from Git.")
        return record

    def state(self) -> RegistryState:
        """Return the state that the whole log leads to; the entries that pointers name are in it.

        Raises
        ------
        ReleaseError
            Where an entry was altered, entries that a pointer names are gone, or a pointer was moved.
        """
        state = RegistryState(read_log(self.log))
        pointers = {name: _read_pointer(self.pointer_path(name)) for name in _POINTERS}
        right, before = _pointers_of(state), _pointers_of(state.without_last())
        killed = pointers[_HEAD] == before[_HEAD]  # between the log and its pointers
        for name, pointer in pointers.items():
            if pointer == right[name] or (killed and pointer == before[name]):
                continue
            if pointer is not None and pointer.get("entry") not in {entry.digest for entry in state.entries}:
                gone = f"the entry of release {pointer.get('release')} that {name} names is gone"
                raise ReleaseError(str(self.log), gone, RESTORE)
            raise ReleaseError(str(self.pointer_path(name)), "not where the log's entries lead", RESTORE)
        return state

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Allow one writer at a time."""
        with alone(self.records):
            yield

    def note(
        self,
        action: Action,
        record: Record,
        who: str,
        why: str,
        environment: str | None = None,
        gates: dict[str, Any] | None = None,
    ) -> Entry:
        """Add an entry to the log, then set the pointers; call it while `writing`.

        A kill between the two leaves pointers that lag: the log counts, and the next entry sets them right.

        Raises
        ------
        ReleaseError
            Where the log is not whole, or there is no reason.
        """
        check_reason("--why", why)
        state, now = self.state(), datetime.now(UTC)
        before = state.live(environment) if environment else None
        entry = Entry(
            at=max(now, state.last.at) if state.last else now,  # another machine's clock may be ahead
            who=who,
            action=action,
            release=record.number,
            identity=record.identity,
            environment=environment,
            replaced=before.release if before else None,
            why=why,
            gates=gates or {},
            previous=state.last.digest if state.last else FIRST,
        )
        state = state.followed_by(entry)
        write_whole(self.log, text_of(state.entries))
        self._point(state)
        return entry

    def _point(self, state: RegistryState) -> None:
        for name, pointer in _pointers_of(state).items():
            if pointer is not None and pointer != _read_pointer(self.pointer_path(name)):
                write_whole(self.pointer_path(name), json.dumps(pointer, sort_keys=True) + "\n")

    def noted(self) -> list[Path]:
        """Return the files that `note` writes."""
        return [self.log, *(self.pointer_path(name) for name in _POINTERS)]


def check_environment(environment: str) -> None:
    """Refuse an environment that there is not."""
    if environment not in ENVIRONMENTS:
        remedy = f"Environments: {', '.join(ENVIRONMENTS)}."
        raise ReleaseError(environment, "no such environment", remedy)


def check_reason(option: str, reason: str) -> None:
    """Refuse an empty reason: the log is for people."""
    if not reason.strip():
        raise ReleaseError(option, "empty", "Say why, for whoever reads the log.")


def _pointers_of(state: RegistryState) -> dict[str, dict[str, Any] | None]:
    """Say where a log leads: by environment the entry that is live there, and the last entry of all."""
    named = {environment: state.live(environment) for environment in ENVIRONMENTS} | {_HEAD: state.last}
    return {name: None if entry is None else _pointer_to(entry) for name, entry in named.items()}


def _pointer_to(entry: Entry) -> dict[str, Any]:
    return {"release": entry.release, "identity": entry.identity, "entry": entry.digest}


def _read_pointer(path: Path) -> dict[str, Any] | None:
    if not path.exists():
        return None
    try:
        pointer: dict[str, Any] = dict(json.loads(path.read_text(encoding="utf-8")))
    except (ValueError, TypeError):
        raise ReleaseError(str(path), "no pointer", "Restore it from Git.") from None
    return pointer
