"""Hold dvc.yaml against the code: each stage depends on the modules it imports and the params it reads.

DVC never looks into imports, so a change in a shared module would leave stale results; and it takes
milliseconds for every dependency. So each stage depends on one folder, stages/NAME, of links to the modules
that importing the stage executes: DVC follows the links, and a change of one module concerns those stages
alone. `python tools/deps.py` checks and exits 1 where anything differs; `--write` mends the links.
"""

import ast
import os
import shutil
import sys
from pathlib import Path
from typing import Any

import yaml

SOURCE, DAG, LINKS = Path("src"), Path("dvc.yaml"), Path("stages")


def module_file(name: str) -> Path | None:
    """The file of a dotted module name inside src/, if it is one."""
    base = SOURCE.joinpath(*name.split("."))
    return next((file for file in (base.with_suffix(".py"), base / "__init__.py") if file.is_file()), None)


def imported(file: Path) -> set[str]:
    """Dotted names that a file imports, with their parents; names of attributes drop out later."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.update((node.module, *(f"{node.module}.{alias.name}" for alias in node.names)))
    parents = {".".join(name.split(".")[:depth]) for name in names for depth in range(1, name.count(".") + 1)}
    return names | parents


def closure(module: str) -> set[Path]:
    """Files inside src/ that importing a module executes."""
    found: set[Path] = set()
    waiting = [module, *(module.rsplit(".", depth)[0] for depth in range(1, module.count(".") + 1))]
    while waiting:
        file = module_file(waiting.pop())
        if file is not None and file not in found:
            found.add(file)
            waiting.extend(imported(file))
    return found


def wanted_links(folder: Path, module: str) -> dict[str, str]:
    """Names and targets of a stage's links: such as ``claims.data.batch.py``."""
    return {
        ".".join(file.relative_to(SOURCE).parts): os.path.relpath(file, folder) for file in closure(module)
    }


def found_links(folder: Path) -> dict[str, str]:
    """Names and targets of the links that are there."""
    return {link.name: str(link.readlink()) for link in folder.glob("*") if link.is_symlink()}


def params_read(file: Path) -> set[str]:
    """Sections of params.yaml that a stage reads, as attributes of what `load_params` returns."""
    read = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name | ast.Call):
            owner = node.value.id if isinstance(node.value, ast.Name) else getattr(node.value.func, "id", "")
            if owner in ("params", "load_params"):
                read.add(node.attr.rstrip("_"))
    return read


def problems_of(name: str, stage: dict[str, Any], module: str) -> list[str]:
    """What is wrong with a stage's dependencies."""
    folder = LINKS / name
    problems = []
    if found_links(folder) != wanted_links(folder, module):
        problems.append(f"{folder} does not link the modules that the stage imports; run `make deps`")
    if [dep for dep in stage["deps"] if dep.startswith(("src", "stages"))] != [folder.as_posix()]:
        problems.append(f"dvc.yaml: of all code, {name} must depend on {folder} and nothing else")
    given = stage.get("params", [])
    declared = {param.split(".")[0] for param in given if isinstance(param, str)}  # a file counts whole
    if missing := params_read(module_file(module) or DAG) - declared:
        problems.append(f"dvc.yaml: {name} reads {', '.join(sorted(missing))} of params.yaml, undeclared")
    return problems


def write_links(name: str, module: str) -> None:
    """Make a stage's links anew."""
    folder = LINKS / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for link, target in wanted_links(folder, module).items():
        (folder / link).symlink_to(target)


def main() -> int:
    """Check every stage, or mend its links."""
    stages = yaml.safe_load(DAG.read_text(encoding="utf-8"))["stages"]
    modules = {name: stage["cmd"].split("python -m ")[1].split()[0] for name, stage in stages.items()}
    if "--write" in sys.argv:
        for name, module in modules.items():
            write_links(name, module)
    problems = [problem for name in stages for problem in problems_of(name, stages[name], modules[name])]
    print("\n".join(problems) or "dvc.yaml: every stage depends on what it imports")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
