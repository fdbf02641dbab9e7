"""Files written whole: the old content or the new one, whatever happens to the writer."""

import hashlib
import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path
from threading import Barrier, Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims.base.errors import WriteError
from claims.base.files import alone, replacing, sha256_of, write_whole
from workspaces import wait_until

HANGS = """
import sys, time
from pathlib import Path
from claims.base.files import replacing
with replacing(Path(sys.argv[1])) as new:
    if sys.argv[2] == "folder":
        new.mkdir()
        new = new / "half"
    new.write_text("half")
    print("begun", flush=True)
    time.sleep(60)
"""
LIMITED = """
import resource, sys
from pathlib import Path
from claims.base.errors import ClaimsError
from claims.base.files import write_whole
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
try:
    write_whole(Path(sys.argv[1]), b"x" * 5000)
except ClaimsError as error:
    print(error)
"""
UNPRIVILEGED = """
import os
from pathlib import Path
from claims.base.errors import ClaimsError
from claims.base.files import write_whole
if os.getuid() == 0:
    os.setuid(65534)
try:
    write_whole(Path("file"), "new")
except ClaimsError as error:
    print(error)
"""


@pytest.fixture
def target(tmp_path: Path) -> Path:
    path = tmp_path / "target"
    path.write_text("before")
    return path


def left_of(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("*.partial"))


def hanging(target: Path, kind: str) -> subprocess.Popen[str]:
    """A writer in the midst of its work."""
    writer = subprocess.Popen(
        [sys.executable, "-c", HANGS, str(target), kind], stdout=subprocess.PIPE, text=True
    )
    assert writer.stdout.readline() == "begun\n"
    return writer


@given(content=st.one_of(st.binary(max_size=2000), st.text(max_size=500)))
def test_what_was_written_is_what_lies_there(content: bytes | str, tmp_path_factory) -> None:
    path = tmp_path_factory.mktemp("some") / "deep" / "file"
    write_whole(path, content)
    assert path.read_bytes() == (content.encode() if isinstance(content, str) else content)
    assert [entry.name for entry in path.parent.iterdir()] == ["file"]


@pytest.mark.parametrize("kind", ["file", "folder"])
def test_a_killed_writer_leaves_the_old_content_and_the_next_one_sweeps(target: Path, kind: str) -> None:
    writer = hanging(target, kind)
    writer.send_signal(signal.SIGKILL)
    writer.wait()
    assert target.read_text() == "before"
    assert len(left_of(target.parent)) == 1
    write_whole(target, "after")
    assert target.read_text() == "after"
    assert left_of(target.parent) == []


def test_a_writer_at_work_is_not_swept_away_by_another(target: Path) -> None:
    writer = hanging(target, "file")
    write_whole(target, "after")
    assert len(left_of(target.parent)) == 1
    writer.kill()
    writer.wait()
    assert target.read_text() == "after"


@pytest.mark.parametrize("error", [KeyboardInterrupt, ValueError, OSError])
def test_a_failed_writer_leaves_the_old_content_and_nothing_else(target: Path, error) -> None:
    def fail() -> None:
        with replacing(target) as new:
            new.write_text("half")
            raise error

    with pytest.raises(error):
        fail()
    assert target.read_text() == "before"
    assert left_of(target.parent) == []


def test_of_many_writers_at_once_one_content_stays_whole(target: Path) -> None:
    contents = [str(number) * 100_000 for number in range(8)]
    start, failures = Barrier(len(contents)), []

    def write(content: str) -> None:
        start.wait()
        try:
            for _ in range(20):
                write_whole(target, content)
                assert target.read_text() in contents
        except BaseException as error:
            failures.append(error)

    threads = [Thread(target=write, args=(content,)) for content in contents]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert target.read_text() in contents
    assert left_of(target.parent) == []


@pytest.mark.parametrize("dangling", [False, True])
def test_a_link_in_the_targets_place_is_replaced_and_not_followed(tmp_path: Path, dangling: bool) -> None:
    elsewhere, target = tmp_path / "elsewhere", tmp_path / "target"
    if not dangling:
        elsewhere.write_text("another's")
    target.symlink_to(elsewhere)
    write_whole(target, "ours")
    assert not target.is_symlink()
    assert target.read_text() == "ours"
    assert elsewhere.exists() is not dangling
    assert dangling or elsewhere.read_text() == "another's"


def test_a_link_to_a_folder_is_replaced_by_a_folder(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "kept").write_text("another's")
    (tmp_path / "target").symlink_to(tmp_path / "elsewhere")
    with replacing(tmp_path / "target") as new:
        new.mkdir()
        (new / "file").write_text("ours")
    assert not (tmp_path / "target").is_symlink()
    assert [path.name for path in (tmp_path / "elsewhere").iterdir()] == ["kept"]


def test_a_second_name_of_the_old_file_keeps_its_content(target: Path) -> None:
    """As where DVC links a file of the workspace to its cache."""
    other = target.with_name("other")
    other.hardlink_to(target)
    write_whole(target, "after")
    assert (other.read_text(), target.read_text()) == ("before", "after")


@pytest.mark.parametrize("mask", [0o022, 0o077, 0o002])
def test_permissions_are_those_of_any_new_file(tmp_path: Path, mask: int) -> None:
    before = os.umask(mask)
    try:
        write_whole(tmp_path / "file", "new")
        with replacing(tmp_path / "folder") as new:
            new.mkdir()
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "file").stat().st_mode) == 0o666 & ~mask
    assert stat.S_IMODE((tmp_path / "folder").stat().st_mode) == 0o777 & ~mask


def test_a_protected_file_is_replaced(target: Path) -> None:
    target.chmod(0o444)
    write_whole(target, "after")
    assert target.read_text() == "after"


def test_a_folder_takes_the_place_of_another_with_all_in_it(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "old").write_text("old")
    with replacing(tmp_path / "folder") as new:
        new.mkdir()
        (new / "new").write_text("new")
    assert [path.name for path in (tmp_path / "folder").iterdir()] == ["new"]
    assert left_of(tmp_path) == []


def test_a_folder_that_cannot_take_its_place_leaves_the_old_one(tmp_path: Path, monkeypatch) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "old").write_text("old")
    rename, calls = Path.rename, []

    def refused_once(path: Path, target: Path) -> Path:
        calls.append(path)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", refused_once)
    with pytest.raises(KeyboardInterrupt), replacing(tmp_path / "folder") as new:
        new.mkdir()
    assert [path.name for path in (tmp_path / "folder").iterdir()] == ["old"]
    assert left_of(tmp_path) == []


def test_a_folder_is_not_given_up_for_a_file(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "kept").write_text("kept")
    with pytest.raises(WriteError, match=r"folder: cannot be written \(Is a directory\)"):
        write_whole(tmp_path / "folder", "file")
    assert (tmp_path / "folder" / "kept").read_text() == "kept"


def test_a_read_only_folder_is_said_in_one_line(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    folder.chmod(0o555)
    done = subprocess.run(
        [sys.executable, "-c", UNPRIVILEGED], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.stdout.startswith("file: cannot be written (Permission denied). Mend ")
    assert len(done.stdout.splitlines()) == 1
    assert done.stderr == ""


def test_a_file_in_the_folders_place_is_said_in_one_line(target: Path) -> None:
    with pytest.raises(WriteError, match=r"target/file: cannot be written \((File exists|Not a directory)\)"):
        write_whole(target / "file", "new")


def test_a_full_disk_leaves_the_old_file_and_is_said_in_one_line(target: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, str(target)], capture_output=True, text=True, check=False
    )
    assert done.stdout.startswith(f"{target}: cannot be written (File too large). Mend ")
    assert done.stderr == ""
    assert target.read_text() == "before"
    assert left_of(target.parent) == []


def test_a_name_as_long_as_names_can_be_is_written(tmp_path: Path) -> None:
    path = tmp_path / ("é" * 127)
    write_whole(path, "new")
    assert path.read_text() == "new"


def test_files_of_others_that_look_alike_stay(target: Path) -> None:
    for name in ("target.partial", "target.backup.partial", "target2.0123456789abcdef.partial"):
        target.with_name(name).mkdir()
    write_whole(target, "after")
    assert len(left_of(target.parent)) == 3


def test_a_reader_sees_the_old_or_the_new_content_alone(target: Path) -> None:
    writer = subprocess.Popen([sys.executable, "-c", ALTERNATES, str(target)])
    try:
        wait_until(lambda: target.read_text() != "before", "the first write")
        seen, until = set(), time.monotonic() + 0.5
        while time.monotonic() < until:
            seen.add(target.read_text())
    finally:
        writer.kill()
        writer.wait()
    assert seen == {"a" * 100_000, "b" * 100_000}


ALTERNATES = """
import sys
from pathlib import Path
from claims.base.files import write_whole
while True:
    for letter in "ab":
        write_whole(Path(sys.argv[1]), letter * 100_000)
"""


def test_a_files_hash_is_that_of_its_bytes(target: Path) -> None:
    assert sha256_of(target) == hashlib.sha256(b"before").hexdigest()


def test_only_one_at_a_time_is_alone(tmp_path: Path) -> None:
    counter, folder = tmp_path / "counter", tmp_path / "made" / "folder"
    counter.write_text("0")

    def count() -> None:
        for _ in range(50):
            with alone(folder):
                counter.write_text(str(int(counter.read_text()) + 1))

    threads = [Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counter.read_text() == "200"
    assert list(folder.iterdir()) == []
