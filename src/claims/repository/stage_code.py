"""Hold dvc.yaml against the code: a stage depends on all that it imports, and on no code that it does not.

DVC hashes what dvc.yaml names and never looks into imports, so a change in a module that no stage names
would leave stale results. A stage names its own module of ``claims.pipeline``, and of the other rooms the
package or single modules.
"""

import ast
import re
from collections.abc import Iterator, Set
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from claims.base.errors import PipelineError
from claims.base.imports import closure, module_file
from claims.base.own_code import SOURCE, check_own_code

DAG = Path("dvc.yaml")
_COMMAND = re.compile(r"PYTHONPATH=src python -m (claims\.pipeline\.\w+)(?: |$)")
_PARAMS = Path("claims", "config", "params.py")
_TAKES_PARAMS = re.compile(r"\b(load_params|params: Params)\b")
_RUN = "PYTHONPATH=src python -m claims.pipeline.NAME"


class Stage(NamedTuple):
    """A stage as dvc.yaml has it."""

    name: str
    module: str
    deps: tuple[str, ...]
    outs: tuple[str, ...]
    sections: frozenset[str] | None  # of params.yaml; None: all of it


def check_stage_code(root: Path = Path()) -> None:
    """Refuse a dvc.yaml whose stages depend on other code than they import, and another checkout's code.

    Parameters
    ----------
    root
        Of the checkout.

    Raises
    ------
    PipelineError
        With all problems, the first one in front.
    """
    check_own_code(root)
    problems = stage_problems(root)
    if problems:
        others = "".join(f"\n  {problem}" for problem in problems[1:])
        remedy = f"Mend it, and run `claims check` again.{others}"
        raise PipelineError("dvc.yaml", problems[0], remedy)


def stage_problems(root: Path = Path()) -> list[str]:
    """List, a sentence each, what is wrong with the stages' dependencies."""
    stages = yaml.safe_load((root / DAG).read_text(encoding="utf-8"))["stages"]
    known = yaml.safe_load((root / "params.yaml").read_text(encoding="utf-8")).keys()
    return [problem for name, keys in stages.items() for problem in _problems(root, name, keys, known)]


def _problems(root: Path, name: str, keys: dict[str, Any], known: Set[str]) -> Iterator[str]:
    """The stage's, where ``known`` are the sections of params.yaml."""
    command = _COMMAND.match(keys["cmd"])
    if command is None or module_file(root / SOURCE, command[1]) is None:
        yield f"{name} does not run a stage of its own checkout: `{_RUN} …`"
        return
    stage = _parse(name, command[1], keys)
    files = closure(root / SOURCE, stage.module)
    yield from _code_problems(root, stage, {file.relative_to(root) for file in files})
    yield from _folder_problems(stage)
    if stage.sections is not None and (unnamed := (_sections_read(root, files) & known) - stage.sections):
        yield f"{name} reads {', '.join(sorted(unnamed))} of params.yaml, which its params do not name"


def _parse(name: str, module: str, keys: dict[str, Any]) -> Stage:
    written = (entry for kind in ("outs", "metrics", "plots") for entry in keys.get(kind, []))
    params = [param for param in keys.get("params", []) if isinstance(param, str)]
    outs = tuple(entry if isinstance(entry, str) else next(iter(entry)) for entry in written)
    sections = frozenset(param.split(".")[0] for param in params)
    reads_all = len(params) < len(keys.get("params", []))  # the file as a whole
    return Stage(name, module, tuple(keys["deps"]), outs, None if reads_all else sections)


def _code_problems(root: Path, stage: Stage, files: Set[Path]) -> Iterator[str]:
    """What the stage imports and does not name, and the other way round."""
    named = [Path(dep) for dep in stage.deps if Path(dep).is_relative_to(SOURCE)]
    for file in sorted(files):
        if not any(file.is_relative_to(path) for path in named):
            yield f"{stage.name} imports {file}, which none of its deps covers"
    for path in named:
        if not (root / path).exists():
            yield f"{stage.name} depends on {path}, which is not there"
        elif not any(file.is_relative_to(path) for file in files):
            yield f"{stage.name} depends on {path} and imports nothing of it"
        elif path == SOURCE / "claims" / "pipeline":
            yield f"{stage.name} depends on the whole of {path}: name its own module"


def _folder_problems(stage: Stage) -> Iterator[str]:
    """A folder that a stage reads and writes: DVC would hash it before its own outputs lie there."""
    for dep in map(Path, stage.deps):
        for out in map(Path, stage.outs):
            if out.is_relative_to(dep) or dep.is_relative_to(out):
                yield f"{stage.name} depends on {dep} and writes {out}"


def _sections_read(root: Path, files: Set[Path]) -> set[str]:
    """Names that a stage reads of `Params`, in its own module or in one that it hands them to."""
    return {name for file in files - {root / SOURCE / _PARAMS} for name in _attributes_of_params(file)}


@cache
def _attributes_of_params(file: Path) -> frozenset[str]:
    text = file.read_text(encoding="utf-8") if file.suffix == ".py" else ""
    if not _TAKES_PARAMS.search(text):
        return frozenset()
    nodes = (node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Attribute))
    return frozenset(node.attr.rstrip("_") for node in nodes if _owner(node) in ("params", "load_params"))


def _owner(node: ast.Attribute) -> str:
    value = node.value.func if isinstance(node.value, ast.Call) else node.value
    return value.id if isinstance(value, ast.Name) else ""
