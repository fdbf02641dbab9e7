"""No direct identifier passes extraction; pseudonyms depend on the key, and the key stays secret."""

import json
import shutil
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from claims.base.errors import DataError
from claims.base.stage import with_outputs
from claims.contract import load_contract
from claims.data.pseudonyms import KEY_VARIABLE, PUBLISHED_KEY, fingerprint, hash_key, pseudonym
from claims.pipeline.extract import extract
from claims.pipeline.validate import validate
from claims.sources.snapshot import Bounds, take_snapshot
from sources.raw_claims import RawClaims, furnish
from workspaces import ROOT

IDENTIFIERS = ("claim_id", "member_id", "member_name", "provider_npi")
OTHER_KEY = b"another key of this test"


@pytest.fixture
def written(demo, tmp_path, monkeypatch) -> Path:
    """A folder in which the demo claims were extracted and validated."""
    furnish(tmp_path)
    (tmp_path / "data/demo").mkdir(parents=True)
    shutil.copy(demo.database, tmp_path / "data/demo")
    monkeypatch.chdir(tmp_path)
    contract, data = Path("contracts/professional.yaml"), Path("found")
    with_outputs(
        extract,
        [contract, Path("contracts/tombstones"), data / "raw", data / "extract.json"],
    )
    with_outputs(validate, [contract, data / "raw", data / "valid", data / "validate.json"])
    return tmp_path / "found"


def words_of(folder: Path) -> set[str]:
    """Every distinct cell of every Parquet file, every column's name, and every JSON text."""
    tables = [pq.read_table(file) for file in folder.rglob("*.parquet")]
    assert len(tables) == 8
    cells = {str(cell) for table in tables for column in table for cell in column.unique().to_pylist()}
    names = {name for table in tables for name in table.column_names}
    return cells | names | {file.read_text() for file in folder.rglob("*.json")}


def test_no_direct_identifier_is_written(demo, written) -> None:
    claims = RawClaims.read(demo.url).claims
    text = "\n".join(words_of(written))
    assert "member_birth_date" in text
    assert "member_name" not in text
    for name in IDENTIFIERS:
        values = claims[name].unique()
        assert len(values) > 300
        assert not [value for value in values if value in text], name


def test_only_the_fingerprint_of_the_key_is_recorded(written) -> None:
    recorded = json.loads((written / "extract.json").read_text())["key_fingerprint"]
    assert recorded == fingerprint(PUBLISHED_KEY)


def test_claims_and_lines_are_joined_by_pseudonyms(demo, snapshot) -> None:
    raw = RawClaims.read(demo.url)
    dated = raw.claims[raw.claims["received_date"] >= "2000-01-01"]["claim_id"]
    expected = raw.lines["claim_id"][raw.lines["claim_id"].isin(dated)].map(
        lambda claim: pseudonym(PUBLISHED_KEY, claim)
    )
    owners = snapshot.lines["claim_id"].to_pandas().astype(str)
    assert owners.value_counts().to_dict() == expected.value_counts().to_dict()
    assert set(owners) == set(snapshot.claims["claim_id"].to_pylist())


def test_another_key_gives_other_pseudonyms_and_the_same_claims(contract, demo, snapshot) -> None:
    other = take_snapshot(contract, demo.url, None, Bounds(), OTHER_KEY)
    assert other.checksum != snapshot.checksum
    for name in ("claim_id", "member_id", "provider_npi"):
        ours, theirs = (set(taken.claims[name].to_pylist()) for taken in (snapshot, other))
        assert len(ours) == len(theirs)
        assert ours.isdisjoint(theirs)
    assert sorted(map(str, other.claims["total_charge"])) == sorted(map(str, snapshot.claims["total_charge"]))


@pytest.mark.parametrize(
    ("published", "is_demo", "secret", "key"),
    [
        ("demo", True, None, PUBLISHED_KEY),
        ("always", False, None, PUBLISHED_KEY),
        ("always", True, None, PUBLISHED_KEY),
        ("demo", True, OTHER_KEY.decode(), OTHER_KEY),
        ("demo", False, OTHER_KEY.decode(), OTHER_KEY),
        ("never", False, OTHER_KEY.decode(), OTHER_KEY),
    ],
)
def test_the_published_key_serves_public_claims_alone(
    contract, monkeypatch, published, is_demo, secret, key
) -> None:
    monkeypatch.setenv(KEY_VARIABLE, secret or "")
    contract = contract.model_copy(update={"published_key": published})
    assert hash_key(contract, is_demo=is_demo) == key


@pytest.mark.parametrize(
    ("published", "is_demo", "secret", "problem"),
    [
        ("demo", False, "", "not set, and these claims are not the demo's. Set it to a secret"),
        ("never", True, "", "not set"),
        ("never", False, "", "not set"),
        ("demo", True, "shibboleth", "10 bytes. Use a secret of at least 16 bytes"),
        ("never", False, "fifteen bytes!!", "15 bytes"),
    ],
)
def test_claims_that_are_not_public_need_a_secret(
    contract, monkeypatch, published, is_demo, secret, problem
) -> None:
    monkeypatch.setenv(KEY_VARIABLE, secret)
    contract = contract.model_copy(update={"published_key": published})
    with pytest.raises(DataError, match=f"^{KEY_VARIABLE}: {problem}") as refused:
        hash_key(contract, is_demo=is_demo)
    assert not secret or secret not in str(refused.value)


def test_a_key_may_be_any_bytes(contract, monkeypatch) -> None:
    """Python keeps bytes of the environment that are not UTF-8 as halves of characters."""
    monkeypatch.setenv(KEY_VARIABLE, "\udcff" * 16)
    assert hash_key(contract, is_demo=False) == b"\xff" * 16


def test_extraction_of_a_source_of_ones_own_needs_a_secret(demo, tmp_path, monkeypatch) -> None:
    furnish(tmp_path, source={"url": demo.url, "watch": str(demo.database)})
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv(KEY_VARIABLE, raising=False)
    stage = ["contracts/professional.yaml", "contracts/tombstones", "raw", "extract.json"]
    with pytest.raises(DataError, match=KEY_VARIABLE):
        with_outputs(extract, [Path(argument) for argument in stage])
    assert not Path("raw").exists()


def test_the_real_public_claims_need_no_secret(monkeypatch) -> None:
    monkeypatch.delenv(KEY_VARIABLE, raising=False)
    assert hash_key(load_contract(ROOT / "contracts" / "tsa.yaml"), is_demo=False) == PUBLISHED_KEY


def test_a_fingerprint_tells_keys_apart_and_gives_nothing_away() -> None:
    ours, theirs = fingerprint(PUBLISHED_KEY), fingerprint(OTHER_KEY)
    assert ours != theirs
    assert len(bytes.fromhex(ours)) == 8
    for key in (PUBLISHED_KEY, OTHER_KEY):
        assert not {fingerprint(key), pseudonym(key, "1")} & {key.decode(), key.hex()[:16]}


def test_pseudonyms_are_the_published_hmac() -> None:
    key, message = b"\x0b" * 20, "Hi There"  # RFC 4231, test case 1
    assert pseudonym(key, message) == "b0344c61d8db38535ca8afceaf0bf12b"
