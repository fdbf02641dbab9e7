"""A runner of workflows: each step's own script, in a fresh clone, as GitHub's would run it.

It knows of GitHub what the steps use: files for outputs, paths and the summary, expressions by their values,
`actions/checkout`, and this repository's own actions. GitHub's program `gh` is stood in for by a script that
keeps what it was told, since it needs GitHub.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import yaml

from workspaces import Workspace

GH = """\
#!/bin/sh
printf '%s\\n' "$*" >> "{told}"
case "$*" in *"--body-file -") cat > "{body}" ;; esac
"""
_EXPRESSION = re.compile(r"\$\{\{\s*(.*?)\s*\}\}")
_CONDITION = re.compile(r"(\S+) (==|!=) '(.*)'")
_ENTRY = re.compile(r"^(\w+)<<(\w+)\n(.*?)\n\2\n", re.MULTILINE | re.DOTALL)


@dataclass
class Runner:
    """A machine that has Git and Python, and knows nobody.

    Attributes
    ----------
    folder
        New, and the runner's own.
    origin
        Address of the repository.
    values
        What expressions of workflows stand for.
    environment
        Of the environment of tests: caches, the interpreter, credentials of servers.
    """

    folder: Path
    origin: str
    values: Mapping[str, str]
    environment: Mapping[str, str]
    outputs: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        (self.folder / "bin").mkdir(parents=True)
        (self.folder / "home").mkdir()
        gh = self.folder / "bin" / "gh"
        gh.write_text(GH.format(told=self.told_path, body=self.body_path))
        gh.chmod(0o755)

    @property
    def told_path(self) -> Path:
        """What `gh` was told, a call a line."""
        return self.folder / "told"

    @property
    def body_path(self) -> Path:
        """The last text that `gh` read from standard input."""
        return self.folder / "body"

    @property
    def summary(self) -> Path:
        """The job's summary."""
        return self.folder / "summary"

    @property
    def checkout(self) -> Workspace:
        """What `actions/checkout` made."""
        return Workspace(self.folder / "checkout")

    def run_job(self, workflow: Path, job: str, revision: str = "main") -> None:
        """Run all steps of a job on a revision; each must succeed.

        Its outputs are what the jobs after it read.
        """
        definition = yaml.safe_load(workflow.read_text(encoding="utf-8"))["jobs"][job]
        variables = self._filled(definition.get("env", {}), {})
        for step in definition["steps"]:
            self._run_step(step, variables, {}, revision)
        self.outputs |= {
            f"needs.{job}.outputs.{name}": self._fill(text, {})
            for name, text in definition.get("outputs", {}).items()
        }

    def _run_step(
        self, step: Mapping[str, Any], variables: Mapping[str, str], given: Mapping[str, str], revision: str
    ) -> None:
        if not self._holds(step.get("if", ""), given):
            return
        action, options = step.get("uses", ""), self._filled(step.get("with", {}), given)
        if action.startswith("actions/checkout@"):
            self._check_out(revision, with_lfs=options.get("lfs") == "true")
        elif action.startswith("./"):
            for inner in self._steps_of(action, options):
                self._run_step(inner, variables, options, revision)
        elif not action.startswith("actions/setup-python@"):
            assert not action, f"a runner that knows no {action}"
            self._run_script(step, {**variables, **self._filled(step.get("env", {}), given)})

    def _steps_of(self, action: str, options: dict[str, str]) -> Iterator[dict[str, Any]]:
        """Steps of an action of the repository's own; what was not given is its default."""
        definition = yaml.safe_load(self.checkout.path(f"{action}/action.yml").read_text(encoding="utf-8"))
        for name, described in definition["inputs"].items():
            options.setdefault(name, str(described["default"]))
        yield from definition["runs"]["steps"]

    def _check_out(self, revision: str, *, with_lfs: bool) -> None:
        shutil.rmtree(self.checkout.root, ignore_errors=True)
        self._git("clone", "-q", "--no-checkout", self.origin, str(self.checkout.root), at=self.folder)
        if with_lfs:
            self._git("lfs", "install", "--local")
        self._git("checkout", "-q", revision)
        for name in ("requirements.txt", "pyproject.toml"):  # older than what they installed
            os.utime(self.checkout.path(name), (0, 0))

    def _git(self, *arguments: str, at: Path | None = None) -> None:
        subprocess.run(
            ["git", *arguments], cwd=at or self.checkout.root, env=self._variables({}), check=True, timeout=60
        )

    def _run_script(self, step: Mapping[str, Any], variables: Mapping[str, str]) -> None:
        files = {name: self.folder / name.lower() for name in ("GITHUB_OUTPUT", "GITHUB_PATH")}
        for file in files.values():
            file.write_text("")
        named = {name: str(file) for name, file in files.items()}
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
            cwd=self.checkout.root if self.checkout.root.exists() else self.folder,
            env=self._variables({**variables, **named}),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{step['run']}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}"
        for name, _, value in _ENTRY.findall(files["GITHUB_OUTPUT"].read_text()):
            self.outputs[f"steps.{step['id']}.outputs.{name}"] = value
        if added := files["GITHUB_PATH"].read_text().split():
            path = os.pathsep.join([*added, self.environment["PATH"]])
            self.environment = {**self.environment, "PATH": path}

    def _variables(self, more: Mapping[str, str]) -> dict[str, str]:
        """Of a script: no identity of Git's, no home of anybody's; the clone's own modules first."""
        plain = {name: value for name, value in self.environment.items() if not name.startswith("GIT_")}
        own = {
            "HOME": str(self.folder / "home"),
            "PATH": f"{self.folder / 'bin'}{os.pathsep}{plain['PATH']}",
            "PYTHONPATH": str(self.checkout.root / "src"),
            "RUNNER_TEMP": str(self.folder),
            "GITHUB_STEP_SUMMARY": str(self.summary),
        }
        return {**plain, **own, **more}

    def _holds(self, condition: str, given: Mapping[str, str]) -> bool:
        if not condition:
            return True
        match = _CONDITION.fullmatch(condition)
        assert match, f"a runner that cannot read {condition}"
        name, operator, value = match.groups()
        return (self._value(name, given) == value) is (operator == "==")

    def _filled(self, texts: Mapping[str, Any], given: Mapping[str, str]) -> dict[str, str]:
        return {name: self._fill(_as_text(value), given) for name, value in texts.items()}

    def _fill(self, text: str, given: Mapping[str, str]) -> str:
        return _EXPRESSION.sub(lambda match: self._value(match[1], given), text)

    def _value(self, expression: str, given: Mapping[str, str]) -> str:
        inputs = {f"inputs.{name}": value for name, value in given.items()}
        return {**self.values, **self.outputs, **inputs}[expression]


def _as_text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def runner(folder: Path, origin: Path, values: Mapping[str, str], workspace: Workspace) -> Runner:
    """A runner beside a workspace, with its environment."""
    elsewhere = replace(workspace, root=folder / "checkout")
    return Runner(folder, origin.as_uri(), values, elsewhere.variables())
