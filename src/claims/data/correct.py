"""Corrections that the contract declares, counted a rule: the same in training and in scoring."""

from collections.abc import Callable, Mapping
from functools import cache

import numpy as np

from claims.contract import Column
from claims.data.batch import ITEM, Batch, Categories, ColumnData, Frame, Numbers

Counts = dict[str, int]


def correct(columns: Mapping[str, Column], lines: Mapping[str, Column], batch: Batch) -> tuple[Batch, Counts]:
    """Mend a batch.

    Returns
    -------
    The mended batch, and for each rule that changed something (``plan_type.trim``, ``lines.units.clip``)
    the number of rows it changed.
    """
    claims, counts = _counted(columns, batch.claims)
    mended, line_counts = _counted(lines, batch.lines)
    counts.update({f"lines.{rule}": count for rule, count in line_counts.items()})
    return Batch(claims, mended, batch.owner), counts


def correct_frame(columns: Mapping[str, Column], frame: Frame) -> Frame:
    """Mend the columns that are given."""
    return _counted(columns, frame)[0]


def _counted(columns: Mapping[str, Column], frame: Frame) -> tuple[Frame, Counts]:
    data: dict[str, ColumnData] = dict(frame.columns)
    counts: Counts = {}
    for name in data.keys() & columns.keys():
        values, column = data[name], columns[name]
        if isinstance(values, Categories):
            data[name] = _correct_texts(name, column, values, counts)
        elif column.correct.clip is not None:
            data[name] = _clip(name, column, values, counts)
    return Frame(frame.size, data, frame.unreadable), dict(sorted(counts.items()))


def _correct_texts(name: str, column: Column, values: Categories, counts: Counts) -> Categories:
    for rule, mend in _text_rules(column):
        new = [mend(text) for text in values.levels]
        changed = np.array([*(a != b for a, b in zip(values.levels, new, strict=True)), False])
        if changed.any():
            touched = int(changed[values.codes].sum())
            if touched:
                counts[f"{name}.{rule}"] = touched
            values = values.recode([text or None for text in new])
    return values


def _text_rules(column: Column) -> list[tuple[str, Callable[[str], str]]]:
    rules: list[tuple[str, Callable[[str], str]]] = []
    correct = column.correct
    if correct.trim:
        rules.append(("trim", str.strip))
    if correct.case is not None:
        rules.append(("case", str.upper if correct.case == "upper" else str.lower))
    if correct.remove:
        unwanted = str.maketrans("", "", correct.remove)
        trim = str.strip if correct.trim else str  # a removed character may leave a space at the end
        rules.append(("remove", lambda text: trim(text.translate(unwanted))))
    if correct.alias:
        rules.append(("alias", lambda text: correct.alias.get(text, text)))
    return [(rule, _per_item(mend)) for rule, mend in rules] if column.type == "list" else rules


def _per_item(mend: Callable[[str], str]) -> Callable[[str], str]:
    once = cache(mend)  # lists are many, their items few

    def mend_items(text: str) -> str:
        return ITEM.join(filter(None, map(once, text.split(ITEM))))

    return mend_items


def _clip(name: str, column: Column, values: Numbers, counts: Counts) -> Numbers:
    low, high = (
        round(bound * 100) if bound is not None and column.type == "money" else bound
        for bound in column.correct.clip or (None, None)
    )
    clipped = np.clip(values, low, high)
    changed = int((clipped != values)[~np.isnan(values)].sum())
    if changed:
        counts[f"{name}.clip"] = changed
    return clipped
