"""YAML that people write, checked against a model: errors name the line, what was found and what is legal."""

import re
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from claims.base.errors import ClaimsError
from claims.base.strict import PLACED

Model = TypeVar("Model", bound=BaseModel)
_CODE = re.compile(r"0\d+|yes|no|on|off|true|false", re.IGNORECASE)  # what YAML 1.1 would not leave a text
_DATE = re.compile(r"\d{4}-\d\d?-\d\d?")


class _Loader(yaml.SafeLoader):
    """Codes stay as written: ``NO`` is a state and ``01`` a code; the model turns ``true`` into a boolean."""

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        if isinstance(node, yaml.ScalarNode) and _CODE.fullmatch(node.value):
            return node.value
        try:
            return super().construct_object(node, deep)
        except ValueError as error:  # a date that no calendar has
            raise yaml.constructor.ConstructorError(None, None, str(error), node.start_mark) from None


def parse_document(model: type[Model], text: str, name: str, refuse: type[ClaimsError]) -> Model:
    """Check a YAML text against a model.

    Parameters
    ----------
    model
        What the text must hold.
    text
        YAML.
    name
        The file's name, for messages.
    refuse
        The error to raise.

    Raises
    ------
    ClaimsError
        As ``refuse``: names the file with its line, what was found there and what is legal.
    """
    try:
        root = yaml.compose(text, Loader=_Loader)
        document = yaml.load(text, Loader=_Loader)  # noqa: S506 - a SafeLoader
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise refuse(f"{name}:{line}", f"not YAML ({error.reason})", "Mend the line.") from None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise refuse(f"{name}:{line}", f"not YAML ({error.problem})", "Mend the line.") from None
    _refuse_duplicates(root, name, refuse)
    try:
        return model.model_validate(document)
    except ValidationError as error:
        raise _explain(model, error, root, name, refuse) from None


def read_document(model: type[Model], path: Path, refuse: type[ClaimsError]) -> Model:
    """Check a YAML file against a model; see `parse_document`."""
    try:
        return parse_document(model, path.read_text(encoding="utf-8"), str(path), refuse)
    except UnicodeDecodeError:
        raise refuse(str(path), "not UTF-8", "Save it as UTF-8.") from None


def refuse_bare_dates(text: str, name: str, refuse: type[ClaimsError]) -> None:
    """Refuse dates without quotes: DVC reads the same file and takes texts only."""
    for token in yaml.scan(text, Loader=yaml.SafeLoader):
        if isinstance(token, yaml.ScalarToken) and token.plain and _DATE.fullmatch(token.value):
            thing = f"{name}:{token.start_mark.line + 1}"
            raise refuse(thing, f"a date without quotes, {token.value}", f'Write "{token.value}".')


def _refuse_duplicates(node: yaml.Node | None, name: str, refuse: type[ClaimsError]) -> None:
    """YAML keeps the last of two equal keys without a word; what a person writes must not."""
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if key.value in seen:
                thing = f"{name}:{key.start_mark.line + 1}"
                raise refuse(thing, f"{key.value!r} stands twice", "Remove or rename one of them.")
            seen.add(key.value)
            _refuse_duplicates(value, name, refuse)
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            _refuse_duplicates(item, name, refuse)


def _explain(
    model: type[BaseModel],
    error: ValidationError,
    root: yaml.Node | None,
    name: str,
    refuse: type[ClaimsError],
) -> ClaimsError:
    """Say what is wrong first: where, what was found and what is legal."""
    first = min(error.errors(), key=lambda e: e["type"] != "extra_forbidden")  # a typo, not what it displaced
    path = _path(first)
    place = ".".join(str(part) for part in path) or "the file"
    return refuse(f"{name}:{_line(root, path)}: {place}", _message(first), _remedy(model, first))


def _path(first: Any) -> list[Any]:
    """The keys that lead to the place of an error."""
    if first["type"] == PLACED:
        return list(first["ctx"]["place"].split("."))
    path = list(first["loc"])
    if path[:1] == ["features"] and len(path) > 2:
        del path[2]  # the feature's kind, which pydantic puts between its name and its keys
    return path


def _message(first: Any) -> str:
    """What is wrong at that place."""
    kind, message = first["type"], first["msg"].removeprefix("Value error, ")
    if kind == "extra_forbidden":
        return f"unknown key {first['loc'][-1]!r}"
    if kind == "union_tag_invalid":
        return f"{first['ctx']['tag']!r} is no kind of feature"
    if kind == "union_tag_not_found":
        return "no kind is given"
    if kind == PLACED:
        return str(first["ctx"]["problem"])
    if kind == "value_error" or isinstance(first.get("input"), dict):
        return str(message)
    return f"{message} (found {first['input']!r})"


def _remedy(model: type[BaseModel], first: Any) -> str:
    """What is legal at this place."""
    if first["type"] == "union_tag_invalid":
        return f"Legal kinds: {first['ctx']['expected_tags']}."
    if first["type"] == "extra_forbidden":
        return f"Legal keys: {', '.join(_legal_keys(model, first['loc'][:-1]))}."
    if first["type"] in ("missing", "union_tag_not_found"):
        return "Add it."
    return f"Mend the line; {model.__name__.lower().removesuffix('s')}s are explained under docs/."


def _legal_keys(model: type[BaseModel], path: tuple[Any, ...]) -> list[str]:
    """Field names of the model that the path leads to."""
    schema = model.model_json_schema()
    node: Any = schema
    for part in path:
        node = _resolve(schema, node)
        options = node.get("discriminator", {}).get("mapping", {})
        if part in options:
            node = {"$ref": options[part]}
        else:
            node = node.get("properties", {}).get(part) or node.get("additionalProperties") or {}
    return sorted(_resolve(schema, node).get("properties", {}))


def _resolve(schema: dict[str, Any], node: Any) -> dict[str, Any]:
    for option in node.get("anyOf", ()):
        if "$ref" in option:
            node = option
    reference = node.get("$ref", "")
    return schema["$defs"][reference.rsplit("/", 1)[-1]] if reference else node


def _line(root: yaml.Node | None, path: list[Any]) -> int:
    """The line (from 1) of the deepest node on the path that the file holds."""
    node, line = root, 1
    for part in path:
        if isinstance(node, yaml.MappingNode):
            pairs = {key.value: (key, value) for key, value in node.value}
            if str(part) in pairs:
                key, node = pairs[str(part)]
                line = key.start_mark.line + 1
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            node = node.value[part]
            line = node.start_mark.line + 1
    return line
