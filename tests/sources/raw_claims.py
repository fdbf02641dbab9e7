"""Raw demo claims with their lines, and the places they can be put: databases, schemas, files."""

import datetime as dt
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4

import pandas as pd
import yaml
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.types import TypeEngine

from claims.contract import Contract
from workspaces import ROOT

CLAIMS, LINES = "claims_production", "claim_line_items"
SINCE, UNTIL = dt.date(2025, 1, 10), dt.date(2025, 3, 10)  # a window of the demo claims


class Place(NamedTuple):
    """Where claims lie, as `take_snapshot` takes it."""

    url: str
    lines_url: str | None = None


@dataclass(frozen=True)
class RawClaims:
    """The two tables of the demo source, untyped."""

    claims: pd.DataFrame
    lines: pd.DataFrame

    @classmethod
    def read(cls, url: str) -> "RawClaims":
        return cls(pd.read_sql(CLAIMS, url), pd.read_sql(LINES, url))

    def shuffled(self) -> "RawClaims":
        claims, lines = (frame.sample(frac=1, random_state=0) for frame in (self.claims, self.lines))
        return RawClaims(claims, lines)

    def to_database(
        self, url: str, schema: str | None = None, types: Mapping[str, TypeEngine[Any]] | None = None
    ) -> Place:
        with create_engine(url).begin() as connection:
            if schema:
                connection.execute(text(f"CREATE SCHEMA {schema}"))
            for name, frame in ((CLAIMS, self.claims), (LINES, self.lines)):
                known = {column: kind for column, kind in (types or {}).items() if column in frame}
                frame.to_sql(name, connection, schema=schema, index=False, dtype=known)
        return Place(url)

    def to_csv(self, folder: Path) -> Place:
        return self._to_files(folder, "csv", pd.DataFrame.to_csv)

    def to_parquet(self, folder: Path) -> Place:
        return self._to_files(folder, "parquet", pd.DataFrame.to_parquet)

    def _to_files(self, folder: Path, suffix: str, write: Callable[..., None]) -> Place:
        place = Place(f"{folder}/claims.{suffix}", f"{folder}/lines.{suffix}")
        write(self.claims, place.url, index=False)
        write(self.lines, place.lines_url, index=False)
        return place


def new_database(server: str) -> str:
    """The URL of a fresh, empty database of a server."""
    name = f"test_{uuid4().hex}"
    execute(server, f"CREATE DATABASE {name}")
    return make_url(server).set(database=name).render_as_string(hide_password=False)


def execute(url: str, *statements: str) -> None:
    """Execute statements, each in a transaction of its own."""
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


def in_schema(contract: Contract, schema: str) -> Contract:
    """The contract with its tables in a schema."""
    assert contract.lines is not None
    claims = contract.claims.model_copy(update={"table": f"{schema}.{CLAIMS}"})
    lines = contract.lines.model_copy(update={"table": f"{schema}.{LINES}"})
    return contract.model_copy(update={"claims": claims, "lines": lines})


def furnish(folder: Path, **sections: Mapping[str, Any]) -> None:
    """Make a folder in which stages run: the contracts, and params.yaml with some values changed."""
    params = yaml.safe_load((ROOT / "params.yaml").read_text(encoding="utf-8"))
    for section, values in sections.items():
        params[section] |= values
    (folder / "params.yaml").write_text(yaml.safe_dump(params), encoding="utf-8")
    shutil.copytree(ROOT / "contracts", folder / "contracts", dirs_exist_ok=True)
