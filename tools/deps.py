"""Hold dvc.yaml against the code: each stage depends on the modules it imports and the params it reads.

`python tools/deps.py` checks and exits 1 where they differ; `--write` mends the deps inside src/.
DVC itself never looks into imports, so without this a change in a shared module would leave stale results.
"""

import ast
import sys
from pathlib import Path

from ruamel.yaml import YAML

SOURCE, DAG = Path("src"), Path("dvc.yaml")


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


def params_read(file: Path) -> set[str]:
    """Sections of params.yaml that a stage reads, as attributes of what `load_params` returns."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    read = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name | ast.Call):
            owner = node.value.id if isinstance(node.value, ast.Name) else getattr(node.value.func, "id", "")
            if owner in ("params", "load_params"):
                read.add(node.attr.rstrip("_"))
    return read


def main() -> int:
    """Check every stage, or mend dvc.yaml."""
    yaml = YAML()
    yaml.width, yaml.preserve_quotes = 120, True
    yaml.indent(mapping=2, sequence=4, offset=2)
    dag = yaml.load(DAG.read_text(encoding="utf-8"))
    problems = []
    for name, stage in dag["stages"].items():
        module = stage["cmd"].split("python -m ")[1].split()[0]
        wanted = sorted(file.as_posix() for file in closure(module))
        deps = stage.get("deps", [])
        if [dep for dep in deps if dep.startswith("src/")] != wanted:
            problems.append(f"{name}: deps inside src/ are not its import closure; run `make deps`")
            stage["deps"] = [dep for dep in deps if not dep.startswith("src/")] + wanted
        declared = {param.split(".")[0] for param in stage.get("params", [])}
        if missing := params_read(module_file(module)) - declared:
            problems.append(
                f"{name}: reads {', '.join(sorted(missing))} of params.yaml but does not declare it"
            )
    if "--write" in sys.argv:
        with DAG.open("w", encoding="utf-8") as file:
            yaml.dump(dag, file)
        return 0
    print("\n".join(problems) or "dvc.yaml: every stage depends on what it imports")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
