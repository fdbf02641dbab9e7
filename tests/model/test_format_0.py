"""Files of format 0: what they hold is found again in the members of the next format."""

import json

import pytest

from claims.base.errors import ModelError
from claims.model.container import join_members
from claims.model.formats import translate
from claims.model.package import unpack_file
from claims.model.packed_file import PackedFile, parse_packed_file, read_packed_file
from keep_format import FORMATS, PACKED


@pytest.fixture(scope="module")
def packed() -> PackedFile:
    return read_packed_file(FORMATS / "0" / PACKED)


def test_costs_get_names_of_their_own(packed: PackedFile) -> None:
    old = json.loads(packed.members["rules.json"])
    new = json.loads(translate(packed.members, 0)["decision_rules.json"])
    settings, policy = old["policy"].pop("settings"), new["policy"]
    assert policy.pop("costs") == {
        "review": settings["review"],
        "wrong_rejection": settings["wrong_rejection"],
        "wrong_approval_share": settings["wrong_approval_share"],
        "wrong_approval_without_amount": settings["wrong_approval"],
    }
    assert policy.pop("reviews_a_day") == settings["reviews_a_day"] == 0.5
    assert policy.pop("auto_reject") is settings["auto_reject"] is False
    assert old == new


def test_the_keys_fingerprint_leaves_the_seal(packed: PackedFile) -> None:
    fingerprint = json.loads(packed.members["seal.json"])["key_fingerprint"]
    assert unpack_file(packed).key_fingerprint == fingerprint != ""


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("rules.json", lambda rules: rules["policy"]["settings"].pop("review")),
        ("rules.json", lambda rules: rules["policy"]["settings"].update(more=1)),
        ("rules.json", lambda rules: rules.update(policy=None)),
        ("seal.json", lambda seal: seal.pop("key_fingerprint")),
        ("seal.json", lambda seal: seal.update(more=1)),
    ],
    ids=["a cost less", "a setting more", "no policy", "no fingerprint", "more in the seal"],
)
def test_an_illegal_member_is_named(packed: PackedFile, name: str, change) -> None:
    fields = json.loads(packed.members[name])
    change(fields)
    members = {**packed.members, name: json.dumps(fields).encode()}
    with pytest.raises(ModelError, match=f"model: an illegal member, {name}"):
        unpack_file(parse_packed_file(join_members(packed.flatbuffer, members), "model"))
