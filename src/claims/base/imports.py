"""The modules that importing a module executes, read from the source and never run.

DVC does not look into imports: what a stage depends on has to be told to it, and this is what is told.
"""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from claims.base.errors import PipelineError

_HIDING = {"import_module", "__import__", "run_module", "run_path", "exec", "eval"}  # hide what they import
_SOURCE = "importlib", "runpy", "imp", "pkgutil"
_HARMLESS = {"importlib.metadata", "importlib.resources"}


def closure(source: Path, module: str) -> set[Path]:
    """Find the files that importing a module executes.

    Parameters
    ----------
    source
        The folder that packages lie in: ``src``.
    module
        Dotted name: ``claims.pipeline.train``.

    Returns
    -------
    Files below ``source``: modules, the packages on the way to them, and the other files of those packages,
    such as templates.

    Raises
    ------
    PipelineError
        Where a file imports by a name that is only known when it runs.
    """
    seen: set[Path] = set()
    named, waiting = set[str](), {module, *_parents(module)}
    while waiting:
        named |= waiting
        files = {file for name in waiting if (file := module_file(source, name)) is not None} - seen
        seen |= files
        waiting = {name for file in files for name in _imported(source, file)} - named
    return seen | {data for file in seen if file.name == "__init__.py" for data in _data_files(file.parent)}


def module_file(source: Path, name: str) -> Path | None:
    """Return the file of a dotted module name; None where there is no such module below the source."""
    base = source.joinpath(*name.split("."))
    return next((file for file in (base.with_suffix(".py"), base / "__init__.py") if file.is_file()), None)


@cache
def _imported(source: Path, file: Path) -> frozenset[str]:
    """List the dotted names that a file imports, with their parents; names of attributes drop out later."""
    tree = ast.parse(file.read_text(encoding="utf-8"), str(file))
    package = file.relative_to(source).parts[:-1]
    names: set[str] = set()
    for node in ast.walk(tree):
        _refuse_hidden(file, node)
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(_base(package, node))
            names.update((base, *(f"{base}.{alias.name}" for alias in node.names)))
    return frozenset(names | {parent for name in names for parent in _parents(name)})


def _base(package: tuple[str, ...], node: ast.ImportFrom) -> tuple[str, ...]:
    """Resolve the module that ``from … import`` names; a relative one against the file's package."""
    named = tuple(node.module.split(".")) if node.module else ()
    return (*package[: len(package) - node.level + 1], *named) if node.level else named


def _parents(name: str) -> Iterator[str]:
    parts = name.split(".")
    return (".".join(parts[:depth]) for depth in range(1, len(parts)))


def _data_files(package: Path) -> Iterator[Path]:
    """Templates and the like, which a package reads without importing them."""
    files = (path for path in package.iterdir() if path.is_file())
    return (path for path in files if path.suffix not in (".py", ".pyc"))


def _refuse_hidden(file: Path, node: ast.AST) -> None:
    if isinstance(node, ast.Import):
        names = {alias.name for alias in node.names}
    elif isinstance(node, ast.ImportFrom) and not node.level:
        names = {f"{node.module}.{alias.name}" for alias in node.names}
    elif isinstance(node, ast.Call):
        names = {getattr(node.func, "id", getattr(node.func, "attr", ""))} & _HIDING
    else:
        return
    hidden = sorted(name for name in names if name in _HIDING or _imports_by_name(name))
    if hidden:
        remedy = "Import modules by statements, so that stages can depend on them."
        raise PipelineError(f"{file}:{node.lineno}", f"{hidden[0]} hides what is imported", remedy)


def _imports_by_name(name: str) -> bool:
    inside = name.split(".", maxsplit=1)[0] in _SOURCE
    return inside and not any(name == known or name.startswith(f"{known}.") for known in _HARMLESS)
