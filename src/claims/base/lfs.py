"""Git LFS's pointer: the short text that lies in a file's place until the file itself is fetched.

Source: https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md
"""

from pathlib import Path

_START = b"version https://git-lfs"


def is_pointer(content: bytes) -> bool:
    """Say whether a file's content, or its beginning, is that of a pointer."""
    return content.startswith(_START)


def is_pointer_file(path: Path) -> bool:
    """Say whether a pointer lies in a file's place."""
    with path.open("rb") as file:
        return is_pointer(file.read(len(_START)))
