"""What the figures take: arrays, what `assess` returns, plain tables and frames of any kind.

One reader for all figures: columns by name from a mapping or a frame, checked to be of one length;
a reader's own patients from a study with several; names of subjects in the order of people.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from nettumor._arrays import Bools, Codes, Floats, as_days, as_flags, as_numbers
from nettumor.criteria._load import as_criteria
from nettumor.errors import InputError, InputTypeError, did_you_mean
from nettumor.summaries.rates import as_best
from nettumor.terminology import Response, labels

Texts = npt.NDArray[np.str_]


def is_assessment(source: object) -> bool:
    """Whether it is what `nettumor.assess` returns."""
    return hasattr(source, "judgement") and hasattr(source, "subjects")


def is_table(source: object) -> bool:
    """Whether it has columns with names: a mapping, a Table, or a frame of pandas, Polars or Arrow."""
    return isinstance(source, Mapping) or (
        hasattr(source, "columns") and hasattr(source, "__getitem__")
    )


def column_names(source: Any) -> list[str]:
    """The names of the columns of a table."""
    if isinstance(source, Mapping):
        return [str(name) for name in source]
    names = getattr(source, "column_names", None)  # of Arrow, whose `columns` are the columns
    return [str(name) for name in (source.columns if names is None else names)]


def column(source: Any, name: str, needed_by: str = "") -> Any:
    """A column of a table, None where it has none; ``needed_by``: an error instead, naming who
    needs it.
    """
    known = column_names(source)
    if name not in known:
        if not needed_by:
            return None
        raise InputError(
            f"`source` must have a column {name!r} for {needed_by}; it has {', '.join(known)}. "
            f"{did_you_mean(name, known)}",
            argument="source",
        )
    values = source[name]
    return values.to_numpy(zero_copy_only=False) if hasattr(values, "combine_chunks") else values


def of_evaluator(done: Any, table: Any, evaluator: str | None) -> Bools:
    """Which rows of a table of an `Assessment` are those of one evaluator; evaluators are never
    mixed.
    """
    known = list(dict.fromkeys(texts(done.subjects["evaluator"]).tolist()))
    return _of_one(texts(table["evaluator"]), known, evaluator)


def of_one_reader(source: Any, evaluator: str | None) -> Any:
    """A plain table with the rows of one evaluator, where it has a column of them."""
    found = column(source, "evaluator")
    if found is None:
        return source
    written = texts(found)
    rows = _of_one(written, list(dict.fromkeys(written.tolist())), evaluator)
    return {name: np.asarray(column(source, name))[rows] for name in column_names(source)}


def _of_one(written: Texts, known: list[str], evaluator: str | None) -> Bools:
    """Which rows are those of one evaluator, of those that are known."""
    if evaluator is None and len(known) > 1:
        raise InputError(
            f"`evaluator` must be given: there are {', '.join(known)}. Evaluators are never mixed.",
            argument="evaluator",
        )
    if evaluator is not None and evaluator not in known:
        raise InputError(
            f"`evaluator` names none of those assessed: {evaluator!r}. "
            f"{did_you_mean(evaluator, known)}",
            argument="evaluator",
        )
    return np.ones(written.shape, np.bool_) if evaluator is None else written == evaluator


def texts(values: Any) -> Texts:
    """Values as texts, "" for what is missing."""
    array = np.asarray(values)
    if array.dtype.kind in "US":
        return array.astype(np.str_)
    if array.dtype.kind == "M":
        return np.where(np.isnat(array), "", np.datetime_as_string(array.astype("datetime64[D]")))
    written = [
        "" if v is None or v != v or type(v).__name__ == "NAType" else f"{v}"
        for v in array.ravel().tolist()
    ]
    return np.array(written, dtype=np.str_).reshape(array.shape)


def names_of(table: Any) -> Texts:
    """Who each row of a table of an `Assessment` is of: the subject, with the lesion where lesions are
    judged.
    """
    subject = texts(table["subject"])
    if "lesion" not in table:
        return subject
    lesion = texts(table["lesion"])
    return np.array(
        [f"{s} {one}" for s, one in zip(subject.tolist(), lesion.tolist(), strict=True)], np.str_
    )


def subjects_of(values: Any, n: int, argument: str = "subject") -> Texts:
    """Names of ``n`` subjects: those given, else 1, 2, 3."""
    if values is None:
        return np.array([str(i + 1) for i in range(n)], dtype=np.str_)
    found = texts(values)
    same_length(n, **{argument: found})
    return found


def same_length(n: int, **given: Any) -> None:
    """Refuse columns that do not have ``n`` elements, one for each patient (or row)."""
    for name, values in given.items():
        if values is not None and np.shape(values) != (n,):
            raise InputError(
                f"`{name}` must have one value for each of the {n} rows; got shape "
                f"{np.shape(values)}. Give columns of one length.",
                argument=name,
            )


def numbers_of(values: Any, argument: str, n: int) -> Floats:
    """Numbers, one a row; NaN throughout where the column is not there."""
    if values is None:
        return np.full(n, np.nan)
    found = as_numbers(values, argument)
    same_length(n, **{argument: found})
    return found


def days_of(values: Any, argument: str, n: int) -> Floats:
    """Days, one a row; NaN throughout where the column is not there."""
    if values is None:
        return np.full(n, np.nan)
    found = as_days(values, argument)
    if found.ndim == 0:
        return np.full(n, float(found))
    same_length(n, **{argument: found})
    return found


def flags_of(values: Any, argument: str, n: int) -> Bools:
    """Flags, one a row; False throughout where the column is not there."""
    if values is None:
        return np.zeros(n, dtype=np.bool_)
    found = as_flags(values, argument)
    same_length(n, **{argument: found})
    return found


def codes_of(values: Any, argument: str, n: int) -> Codes:
    """Response codes from codes or labels, one a row; MISSING where the column is not there."""
    if values is None:
        return np.zeros(n, dtype=np.int8)
    found = as_best(values, argument)
    same_length(n, **{argument: found})
    return found


def edition_of(criteria: Any) -> Any:
    """An edition from its name; itself, or None."""
    return None if criteria is None else as_criteria(criteria)


def end_of_axis(value: Any, argument: str = "highest") -> float:
    """The upper end of an axis in percent, above 0."""
    end = as_one_number(value, argument)
    if not end > 0:
        raise InputError(
            f"`{argument}` must be above 0 %, the end of the axis; got {value!r}. Write 100.",
            argument=argument,
        )
    return end


def as_one_number(value: Any, argument: str) -> float:
    """One finite number."""
    is_number = isinstance(value, (int, float, np.integer, np.floating))
    if not is_number or isinstance(value, bool) or not np.isfinite(value):
        raise InputTypeError(
            f"`{argument}` must be a finite number; got {value!r:.60}.", argument=argument
        )
    return float(value)


def left_out(what: str, **given: Any) -> None:
    """Refuse arguments that stand beside a source which has them of its own."""
    for name, value in given.items():
        if value is not None:
            raise InputError(
                f"`{name}` must be left out for {what}, which has its own. Leave it out, or pass "
                "arrays.",
                argument=name,
            )


def natural(name: str) -> tuple[Any, ...]:
    """A key that puts subject 2 before subject 10."""
    return tuple((0, int(p), "") if p.isdecimal() else (1, 0, p) for p in re.split(r"(\d+)", name))


def in_order(names: Sequence[str]) -> npt.NDArray[np.int64]:
    """The rank of each name in natural order; equal names by their place."""
    order = sorted(range(len(names)), key=lambda i: (natural(names[i]), i))
    rank = np.empty(len(names), dtype=np.int64)
    rank[order] = np.arange(len(names))
    return rank


def label_of(code: int, criteria: Any = None) -> str:
    """The label of a response, with the "i" under iRECIST."""
    return str(labels([code], criteria if hasattr(criteria, "kind") else None)[0])


RESPONDERS = (Response.PR, Response.CR)
"""What an objective response is (RECIST 1.1, 4.7)."""
