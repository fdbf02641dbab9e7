"""The base of everything that is read from a file: immutable, and an unknown key is an error."""

from pydantic import BaseModel, ConfigDict


class Strict(BaseModel):
    """Immutable, and an unknown key is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)
