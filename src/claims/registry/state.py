"""What a log comes to: which releases there are, which is live where, and what a rollback puts back."""

import datetime as dt
from dataclasses import dataclass
from functools import cached_property

from claims.registry.log import Entry

ENVIRONMENTS = ("staging", "production")
CHAMPION = "production"  # the environment whose release is the champion


@dataclass(frozen=True)
class RegistryState:
    """The state to which the entries of a log lead.

    Attributes
    ----------
    entries
        Of the log, oldest first.
    """

    entries: tuple[Entry, ...] = ()

    def followed_by(self, entry: Entry) -> "RegistryState":
        """Return the state after one entry more."""
        return RegistryState((*self.entries, entry))

    def without_last(self) -> "RegistryState":
        """Return the state before the last entry."""
        return RegistryState(self.entries[:-1])

    @property
    def last(self) -> Entry | None:
        """The last entry of all; None in an empty log."""
        return self.entries[-1] if self.entries else None

    @cached_property
    def made(self) -> dict[int, Entry]:
        """The entry that made each release, by number, in the order of the log; the first counts."""
        made: dict[int, Entry] = {}
        for entry in self.entries:
            if entry.action == "release":
                made.setdefault(entry.release, entry)
        return made

    @cached_property
    def archived(self) -> frozenset[int]:
        """Numbers of releases that may not go live again."""
        return frozenset(entry.release for entry in self.entries if entry.action == "archive")

    def live(self, environment: str, at: dt.datetime | None = None) -> Entry | None:
        """Return the entry that put in an environment what was live there.

        Parameters
        ----------
        environment
            One of `ENVIRONMENTS`.
        at
            The moment; None: after the last entry.

        Returns
        -------
        Entry or None
            None where nothing was live.
        """
        there = (entry for entry in reversed(self.entries) if entry.environment == environment)
        return next((entry for entry in there if at is None or entry.at <= at), None)

    def environments_of(self, number: int) -> list[str]:
        """Return the environments in which a release is live."""
        live = {environment: self.live(environment) for environment in ENVIRONMENTS}
        return [environment for environment, entry in live.items() if entry and entry.release == number]

    def previous(self, environment: str) -> int | None:
        """Return the release that a rollback puts back; None where there is none.

        It is the one that was live before, archived ones and what is live itself passed over. A rollback
        gives up what followed the release that it put back.
        """
        *before, live = self._promoted(environment) or [0]
        fit = (number for number in reversed(before) if number != live and number not in self.archived)
        return next(fit, None)

    def _promoted(self, environment: str) -> list[int]:
        """Return the releases promoted to an environment and not given up, in that order."""
        numbers: list[int] = []
        for entry in self.entries:
            if entry.environment == environment and entry.action == "promote":
                numbers.append(entry.release)
            elif entry.environment == environment and entry.action == "rollback":
                del numbers[-1:]
                while numbers[-1:] != [entry.release]:
                    del numbers[-1]
        return numbers
