"""Whether a model file is of a release, signed by the holder of a key: what serving can ask for."""

from pathlib import Path

from claims.base.errors import ReleaseError
from claims.model.packed_file import PackedFile
from claims.model.record import Record
from claims.model.signing import check_signature


def check_origin(path: Path, file: PackedFile, key: Path) -> Record:
    """Refuse a model that no release made, or whose record the key's holder did not sign.

    Parameters
    ----------
    path
        Of the model; its signature lies beside it, ``3.sig`` beside ``3.tflite``, or in the folder of
        records of the checkout that it lies in.
    file
        What was read there.
    key
        PEM file of the public key.

    Raises
    ------
    ReleaseError
        Where it holds no record, or its signature is absent or another's.
    """
    record = released_record(file)
    signature = find_signature(path)
    if signature is None:
        problem = f"no signature beside it ({path.stem}.sig)"
        raise ReleaseError(
            str(path), problem, "Put it there, from models/releases; or release it with --key."
        )
    check_signature(record, signature.read_bytes(), key)
    return record


def released_record(file: PackedFile) -> Record:
    """Return the record of a released model.

    Raises
    ------
    ReleaseError
        Where it was not released.
    """
    if file.record is None:
        raise ReleaseError(file.name, "not a released model: it holds no record", "Give one of a release.")
    return file.record


def find_signature(path: Path) -> Path | None:
    """Find the signature's file: beside a model, else where a checkout keeps it."""
    real = path.resolve()  # the path may be a link to the release that is live
    places = [path.with_suffix(".sig"), real.with_suffix(".sig")]
    if real.parts[-3:-1] == ("tflite_models", "claims_model"):
        places.append(real.parents[2] / "releases" / f"{real.stem}.sig")
    return next((place for place in places if place.is_file()), None)
