"""Pointers of Git LFS are told from the files that they stand for."""

from pathlib import Path

import pytest

from claims.base.lfs import is_pointer, is_pointer_file

POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 262957\n"


@pytest.mark.parametrize(
    ("content", "expected"),
    [(POINTER, True), (POINTER[:30], True), (b"", False), (b"version 1", False), (b"\x1c\0\0\0TFL3", False)],
)
def test_a_pointer_is_known_by_its_beginning(tmp_path: Path, content: bytes, expected: bool) -> None:
    (tmp_path / "file").write_bytes(content)
    assert is_pointer(content) is expected
    assert is_pointer_file(tmp_path / "file") is expected
