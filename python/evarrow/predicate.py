# SPDX-License-Identifier: Apache-2.0
"""The part of a Polars predicate that the decoder can do: a box in t, x, y and polarity.

Polars hands a source its predicate as an expression, of which the JSON form can be walked. All
conjuncts that bound one column by constants go into the box. If anything else is left, the whole
predicate is applied again to the rows that came out of the box, so that the answer is the same
whatever was understood. Columns have no nulls, so that a comparison is true or false.
"""

from __future__ import annotations

import io
import json
import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import polars as pl

from evarrow.times import I64_MAX, I64_MIN

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Box", "Pushdown", "about", "split"]

COLUMNS = ("x", "y", "t", "polarity")

_FLIPPED = {"Lt": "Gt", "LtEq": "GtEq", "Gt": "Lt", "GtEq": "LtEq"}
_EQUAL = ("Eq", "EqValidity")
# Integers up to here are exact as floats, and so are comparisons with them.
_EXACT_FLOAT = 2**52
_INTEGERS = {f"{sign}Int{bits}" for sign in ("", "U") for bits in (8, 16, 32, 64, 128)}
# Casts that keep every value of the column.
_KEEPING = {
    "t": {"Int64", "Float64"},
    "x": {"Int16", "Int32", "Int64", "Float32", "Float64"},
    "y": {"Int16", "Int32", "Int64", "Float32", "Float64"},
    "polarity": {"Int8", "Int16", "Int32", "Int64", "Float32", "Float64"},
}
_UNITS = {"Nanoseconds", "Microseconds", "Milliseconds"}


class _NotUnderstoodError(Exception):
    """A part of a predicate that stays with Polars."""


@dataclass
class Box:
    """Bounds of columns, all inclusive; a column without bounds is not there.

    Attributes
    ----------
    low, high : dict of str to int
        The least and the greatest value of a column.
    excluded : set of int
        Polarities that are not wanted.
    never : bool
        Whether no row at all is wanted.
    """

    low: dict[str, int] = field(default_factory=dict)
    high: dict[str, int] = field(default_factory=dict)
    excluded: set[int] = field(default_factory=set)
    never: bool = False

    def at_least(self, column: str, value: int) -> None:
        """Want only values from `value` on."""
        self.low[column] = max(self.low.get(column, I64_MIN), value)

    def at_most(self, column: str, value: int) -> None:
        """Want only values up to `value`."""
        self.high[column] = min(self.high.get(column, I64_MAX), value)

    def is_all(self) -> bool:
        """Return whether every row is wanted."""
        return not (self.low or self.high or self.excluded or self.never)

    def is_empty(self) -> bool:
        """Return whether no value can be in the bounds."""
        return self.never or any(
            self.low.get(c, I64_MIN) > self.high.get(c, I64_MAX) for c in COLUMNS
        )


@dataclass
class Pushdown:
    """What becomes of a predicate.

    Attributes
    ----------
    box : Box
        What the decoder does. It keeps all rows that the predicate keeps.
    residue : polars.Expr or None
        What is to be applied to the rows of the box; None if the box says it all.
    """

    box: Box
    residue: pl.Expr | None


def split(predicate: pl.Expr) -> Pushdown:
    """Take the box out of a predicate."""
    try:
        tree = json.loads(predicate.meta.serialize(format="json"))
    except Exception:
        return Pushdown(Box(), predicate)
    box = Box()
    left_over = []
    dynamic = False
    for part in _conjuncts(tree):
        if _is_dynamic(part):
            dynamic = True
            continue
        try:
            exact = _push(part, box)
        except (_NotUnderstoodError, KeyError, TypeError, ValueError, AttributeError, IndexError):
            exact = False
        if not exact:
            left_over.append(part)
    if not left_over:
        return Pushdown(box, None)
    return Pushdown(box, _rebuild(left_over) if dynamic else predicate)


def about(predicate: pl.Expr, column: str) -> pl.Expr | None:
    """Return what a predicate asks of one column alone; None if that is nothing."""
    try:
        tree = json.loads(predicate.meta.serialize(format="json"))
        parts = [part for part in _conjuncts(tree) if not _is_dynamic(part)]
        alone = [part for part in parts if set(_rebuild([part]).meta.root_names()) == {column}]
    except Exception:
        return None
    return _rebuild(alone) if alone else None


def _conjuncts(node: Any) -> Iterator[Any]:
    """Give the parts that must all be true."""
    if isinstance(node, dict) and "BinaryExpr" in node:
        inner = node["BinaryExpr"]
        if inner.get("op") in ("And", "LogicalAnd"):
            yield from _conjuncts(inner["left"])
            yield from _conjuncts(inner["right"])
            return
    yield node


def _is_dynamic(node: Any) -> bool:
    """Return whether this is a hint of Polars' own that cannot be evaluated, nor need be."""
    display = node.get("Display") if isinstance(node, dict) else None
    return isinstance(display, dict) and str(display.get("fmt_str", "")).startswith("dynamic_pred")


def _rebuild(parts: list[Any]) -> pl.Expr:
    expressions = [
        pl.Expr.deserialize(io.BytesIO(json.dumps(part).encode()), format="json") for part in parts
    ]
    return pl.all_horizontal(expressions) if len(expressions) > 1 else expressions[0]


def _push(node: Any, box: Box) -> bool:
    """Put one conjunct into the box. False: the box is wider than the conjunct."""
    [(kind, inner)] = node.items()
    if kind == "BinaryExpr":
        return _push_comparison(inner, box)
    if kind == "Function":
        return _push_between(inner, box)
    if kind == "Ternary":
        return _push_constant(_truth_of(inner), box)
    if kind == "Literal":
        return _push_constant(_boolean(node), box)
    raise _NotUnderstoodError


def _push_comparison(inner: Any, box: Box) -> bool:
    left, op, right = inner["left"], inner["op"], inner["right"]
    if "Literal" in _unaliased(left):
        left, op, right = right, _FLIPPED.get(op, op), left
    column = _column(left)
    value = _literal(right, column)
    exact = not (isinstance(value, float) and column == "t")
    if op == "NotEq":
        if column != "polarity" or isinstance(value, float):
            raise _NotUnderstoodError
        box.excluded.add(value)
        return True
    if op in ("Gt", "GtEq") or op in _EQUAL:
        box.at_least(column, _first(value, open_end=op == "Gt"))
    if op in ("Lt", "LtEq") or op in _EQUAL:
        box.at_most(column, _last(value, open_end=op == "Lt"))
    if op not in _FLIPPED and op not in _EQUAL:
        raise _NotUnderstoodError
    return exact


def _push_between(inner: Any, box: Box) -> bool:
    closed = inner["function"]["Boolean"]["IsBetween"]["closed"]
    if closed not in ("Both", "Left", "Right", "None"):
        raise _NotUnderstoodError
    column = _column(inner["input"][0])
    low, high = (_literal(node, column) for node in inner["input"][1:])
    box.at_least(column, _first(low, open_end=closed in ("Right", "None")))
    box.at_most(column, _last(high, open_end=closed in ("Left", "None")))
    return not (column == "t" and (isinstance(low, float) or isinstance(high, float)))


def _push_constant(value: bool, box: Box) -> bool:
    if not value:
        box.never = True
    return True


def _truth_of(ternary: Any) -> bool:
    """Return what Polars makes of a literal that the column's type cannot hold."""
    test = ternary["predicate"]["Function"]
    if test["function"] != {"Boolean": "IsNotNull"} or "Column" not in test["input"][0]:
        raise _NotUnderstoodError
    return _boolean(ternary["truthy"])


def _boolean(node: Any) -> bool:
    value = node["Literal"]["Scalar"]["Boolean"]
    if not isinstance(value, bool):
        raise _NotUnderstoodError
    return value


def _first(value: float, *, open_end: bool) -> int:
    """Return the least integer that is at least, or more than, `value`."""
    if isinstance(value, int):
        return value + open_end
    return math.floor(value) + 1 if open_end else math.ceil(value)


def _last(value: float, *, open_end: bool) -> int:
    """Return the greatest integer that is at most, or less than, `value`."""
    if isinstance(value, int):
        return value - open_end
    return math.ceil(value) - 1 if open_end else math.floor(value)


def _unaliased(node: Any) -> Any:
    # pl.duration() inside is_between arrives with an alias.
    while "Alias" in node:
        node = node["Alias"][0]
    return node


def _column(node: Any) -> str:
    """Return the column that `node` is, as it is or in a form that keeps its values."""
    node = _unaliased(node)
    if "Cast" in node:
        name = _column(node["Cast"]["expr"])
        if node["Cast"]["dtype"].get("Literal") not in _KEEPING[name]:
            raise _NotUnderstoodError
        return name
    if "Function" in node:
        name = _column(node["Function"]["input"][0])
        function = node["Function"]["function"]
        whole = {"TemporalExpr": {"TotalMicroseconds": {"fractional": False}}}
        if name != "t" or function not in ("ToPhysical", whole):
            raise _NotUnderstoodError
        return name
    name = node["Column"]
    if name not in COLUMNS:
        raise _NotUnderstoodError
    return str(name)


def _literal(node: Any, column: str) -> int | float:
    """Return the value of a literal in the column's own unit, microseconds for t."""
    value = _unaliased(node)["Literal"]
    kind, value = _only(value)
    if kind not in ("Dyn", "Scalar"):
        raise _NotUnderstoodError
    if isinstance(value, dict) and "value" in value:
        value = value["value"]
    kind, value = _only(value)
    if kind in ("Duration", "Datetime"):
        return _time(value, column)
    if isinstance(value, bool):
        raise _NotUnderstoodError
    if kind == "Int" or kind in _INTEGERS:
        if not I64_MIN <= int(value) <= I64_MAX:
            raise _NotUnderstoodError
        return int(value)
    if kind in ("Float", "Float32", "Float64"):
        # Infinity and not-a-number are null in JSON.
        if not isinstance(value, (int, float)) or not abs(value) <= _EXACT_FLOAT:
            raise _NotUnderstoodError
        return float(value)
    raise _NotUnderstoodError


def _only(node: Any) -> tuple[str, Any]:
    [(kind, value)] = node.items()
    return kind, value


def _time(value: Any, column: str) -> int:
    count, unit = value[0], value[1]
    if column != "t" or unit not in _UNITS or any(part is not None for part in value[2:]):
        raise _NotUnderstoodError
    if unit == "Milliseconds":
        return int(count) * 1_000
    if unit == "Nanoseconds":
        whole, rest = divmod(int(count), 1_000)
        if rest:
            raise _NotUnderstoodError
        return whole
    return int(count)
