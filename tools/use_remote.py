"""Say which DVC remote this checkout pulls from and pushes to, without a change that Git sees.

`python tools/use_remote.py s3` takes one of the remotes that .dvc/config names; with an empty name everything
stays as it is. `--shared` refuses what another machine cannot reach: no remote, or a folder of this machine.
"""

import argparse
import re

from commands import plainly, run, stop


def settings() -> dict[str, str]:
    """Read DVC's settings as they hold here: ``core.remote``, ``remote.NAME.url``."""
    return dict(line.split("=", 1) for line in run("dvc", "config", "--list").splitlines())


def remotes(config: dict[str, str]) -> dict[str, str]:
    """Return the URLs of the remotes by name."""
    return {key.split(".")[1]: url for key, url in config.items() if re.fullmatch(r"remote\..+\.url", key)}


def is_here(url: str) -> bool:
    """Say whether a remote is a folder of this machine."""
    return "://" not in url or url.startswith("file://")


def main() -> None:
    """Choose the remote, then say which one holds."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("name", help="of a remote in .dvc/config; empty: the default")
    parser.add_argument("--shared", action="store_true", help="refuse a remote that is this machine's own")
    given = parser.parse_args()
    config = settings()
    urls = remotes(config)
    if given.name and given.name not in urls:
        stop("remotes", f"no {given.name!r} in .dvc/config", f"There: {', '.join(urls) or 'none'}.")
    if given.name:
        run("dvc", "remote", "default", "--local", given.name)
    used = given.name or config.get("core.remote", "")
    if used and used not in urls:
        stop(f"remote {used}", "the default, has no url", "Add it: `dvc remote add`.")
    if given.shared and (not used or is_here(urls[used])):
        remedy = "Name one that others reach: on GitHub, set the repository variable DVC_REMOTE."
        stop(f"remote {used or '(none)'}", "what is pushed there stays on this machine", remedy)
    print(f"remote: {used or 'none'}")


if __name__ == "__main__":
    plainly(main)
