"""A release made: checked, recorded, signed, written whole, committed and tagged."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from claims.base.errors import ReleaseError
from claims.base.files import replacing, write_whole
from claims.config.params import Params, load_params
from claims.mirrors.mirror import follow
from claims.model.packed_file import append_record
from claims.model.record import Record
from claims.model.signing import check_pair, public_of, sign
from claims.registry.acts import acting, whole
from claims.registry.checkout import check_clean, check_lfs, commit_files, person
from claims.registry.intact import check_model
from claims.registry.registry import Registry, check_reason
from claims.registry.state import CHAMPION
from claims.registry.tags import follow_log, tagged_numbers
from claims.releases.cards import CARDS, make_cards
from claims.releases.champion import check_not_worse, compare
from claims.releases.contest import score_both
from claims.releases.evidence import gather
from claims.releases.pipeline_state import check_up_to_date
from claims.repository.stage_code import check_stage_code
from claims.results.champion import Compared, Comparison, NotCompared
from claims.results.files import as_json

SAVED_MODEL = Path("models/candidate/saved_model")


class Request(NamedTuple):
    """Release that a person asks for.

    Attributes
    ----------
    why
        The reason, for the log.
    key
        File of the private key that signs; None leaves the release unsigned.
    override
        Reason to release a model that may be worse than the champion, or cannot be compared with it.
    number
        Of the release; None: the next one.
    """

    why: str
    key: Path | None
    override: str | None = None
    number: int | None = None


def release(registry: Registry, request: Request, say: Callable[[str], None]) -> Record:
    """Make a release of the commit that is checked out.

    Parameters
    ----------
    registry
        Of the checkout.
    request
        What a person asks for.
    say
        Told of each step.

    Raises
    ------
    GateError, ModelError, ReleaseError
        A dirty tree, a stale lock, a number that is taken, a model worse than the champion, no Git LFS.
    """
    check_reason("--why", request.why)
    if request.override is not None:
        check_reason("--override", request.override)
    with acting(registry):
        return _release(registry, request, say)


def _release(registry: Registry, request: Request, say: Callable[[str], None]) -> Record:
    root, who = registry.root, person(registry.root)
    number = _next_number(registry, request.number)
    _check_key(registry, request.key)
    check_lfs(root, registry.model_path(number))
    check_clean(root)
    check_stage_code(root)
    check_up_to_date(root)
    params = load_params(root / "params.yaml")
    record = gather(root, number)
    say(f"release {record.number} of commit {record.code.commit[:12]}")
    compared = _compare(registry, params, request.override)
    verdict = None if compared is None else as_json(compared)
    record = record.model_copy(update={"gates": record.gates | {"champion": verdict}})
    say("no champion yet" if compared is None else f"compared with release {compared.release}")
    verdicts = {"champion": verdict, "override": request.override}
    paths = _files(registry, number)
    with whole(registry, [*paths, *registry.noted()]):
        _write(registry, record, request.key)
        registry.note("release", record, who, request.why, gates=verdicts)
        commit_files(root, [*paths, *registry.noted()], f"Release {number}: {request.why}")
    follow_log(registry)
    follow(registry)
    return record


def _next_number(registry: Registry, wanted: int | None) -> int:
    """Return the number wanted, or the one after all that were ever taken, on other branches too."""
    taken = {*registry.numbers(), *tagged_numbers(registry.root)}
    number = wanted or max(taken, default=0) + 1
    if number in taken:
        raise ReleaseError(f"release {number}", "the number is taken", "Leave --number out, or give another.")
    for path in _files(registry, number):
        if path.exists() and path != registry.public_key:
            raise ReleaseError(str(path), "there already, though no release has the number", "Remove it.")
    return number


def _compare(registry: Registry, params: Params, override: str | None) -> Comparison:
    """Compare with the champion; None where there is none."""
    live = registry.state().live(CHAMPION)
    if live is None:
        return None
    champion = registry.record(live.release)
    check_model(registry, champion)  # one that was altered is not overridden
    try:
        contest = score_both(registry, champion)
        measured = compare(contest, params.release, params.seed)
    except ReleaseError as error:
        if override is None:
            raise
        return NotCompared(release=live.release, not_compared=error.found)
    if override is None:
        check_not_worse(measured, f"the champion, release {live.release}")
    return Compared(release=live.release, **dict(measured))


def _check_key(registry: Registry, key: Path | None) -> None:
    """Refuse a key that signs nothing, or not what the public key confirms; or none where there is that."""
    if key is not None:
        _check_key_file(registry.root, key)
    if key is None and registry.public_key.exists():
        problem = "holds the key of whoever signs, and this release would not be signed"
        raise ReleaseError(str(registry.public_key), problem, "Give the private key: --key.")
    if key is not None and registry.public_key.exists():
        check_pair(key, registry.public_key)
    elif key is not None:
        public_of(key)


def _check_key_file(root: Path, key: Path) -> None:
    if not key.is_file():
        remedy = "Name another, or make one: openssl genpkey -algorithm ed25519 -out ~/release-key.pem"
        raise ReleaseError(str(key), "no such file", remedy)
    if key.resolve().is_relative_to(root.resolve()):
        raise ReleaseError(str(key), "lies in the repository, where a commit would hold it", "Move it out.")
    if b"ENCRYPTED" in key.read_bytes():
        remedy = "Give an unlocked copy: openssl pkey -in KEY -out COPY"
        raise ReleaseError(str(key), "locked by a passphrase", remedy)


def _files(registry: Registry, number: int) -> list[Path]:
    """List all files and folders of a release, and the public key."""
    cards = [registry.card_path(number, kind) for kind in CARDS]
    models = [registry.model_path(number), registry.saved_model_path(number)]
    proofs = [registry.public_key, registry.signature_path(number), registry.record_path(number)]
    return [*models, *cards, *proofs]


def _write(registry: Registry, record: Record, key: Path | None) -> None:
    """Write the files of the release, each whole and the record last."""
    root, number = registry.root, record.number
    packed = (root / "models" / "claims_model.tflite").read_bytes()
    write_whole(registry.model_path(number), append_record(packed, record))
    with replacing(registry.saved_model_path(number)) as folder:
        shutil.copytree(root / SAVED_MODEL, folder)
    for kind, text in make_cards(root, record).items():
        write_whole(registry.card_path(number, kind), text)
    if key is not None:
        write_whole(registry.signature_path(number), sign(record, key))
    if key is not None and not registry.public_key.exists():
        write_whole(registry.public_key, public_of(key))
    write_whole(registry.record_path(number), record.canonical())
