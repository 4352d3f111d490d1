"""Agreement: how often two readers, or two criteria, give the same response, as a matrix of counts.

The diagonal is where they agree; what lies off it says which way they differ, which no kappa does.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from nettumor._arrays import Codes
from nettumor.errors import InputError, text
from nettumor.plots.data.bars import NO_PATIENTS
from nettumor.plots.data.figure_table import FigureTable
from nettumor.plots.data.sources import column, is_assessment, is_table, same_length, texts
from nettumor.profile import cohens_kappa
from nettumor.summaries.rates import as_best
from nettumor.terminology import labels


def agreement(
    source: Any,
    other: Any = None,
    *,
    first: str | None = None,
    second: str | None = None,
    title: str | None = None,
) -> FigureTable:
    """A row for each pair of responses: how many patients have it.

    Parameters
    ----------
    source : array_like of int or str, shape (patient,), Assessment, Crosswalk or table
        Responses of the first judgement, codes or labels, with ``other``; what `nettumor.assess`
        returns with two evaluators (best responses); what `nettumor.evidence.crosswalk` returns
        (best responses by two criteria); or a table with a column of responses for each.
    other : array_like of int or str, shape (patient,), optional
        Responses of the second judgement of the same patients.
    first, second : str, optional
        The evaluators, criteria or columns; for arrays what they are called. Needed where there are
        more than two.
    title : str, optional
        In place of "Agreement".

    Returns
    -------
    FigureTable
        first, second (labels, the best response first), count, share (of all patients), agree. Every
        response that occurs in either stands on both sides, so that the counts add up to all.
        ``.facts``: kappa, agree, count, excluded (NE or not assessed on one side).

    Raises
    ------
    InputError
        For unequal lengths, or names that are not there or are not given where they are needed.

    References
    ----------
    Cohen 1960, doi 10.1177/001316446002000104.

    Examples
    --------
    >>> cells = agreement(["PR", "PR", "SD"], ["PR", "SD", "SD"], first="site", second="central")
    >>> [(r["first"], r["second"], r["count"]) for r in cells.rows() if r["count"]]
    [('PR', 'PR', 1), ('PR', 'SD', 1), ('SD', 'SD', 1)]
    >>> print(cells.caption)
    site and central agree in 2 of 3 patients judged by both (66.7 %), kappa 0.40.
    """
    names, a, b = _two(source, other, first, second)
    occurring = np.unique(np.concatenate([a, b]))[::-1]
    pairs = np.zeros((occurring.size, occurring.size), dtype=np.int64)
    place = np.zeros(int(occurring.max(initial=0)) + 1, dtype=np.int64)
    place[occurring] = np.arange(occurring.size)
    np.add.at(pairs, (place[a], place[b]), 1)
    words = labels(occurring)
    kappa = cohens_kappa(a, b)
    agree = round(kappa.observed * kappa.count) if kappa.count else 0
    n = a.size
    columns = {
        "first": np.repeat(words, words.size),
        "second": np.tile(words, words.size),
        "count": pairs.ravel(),
        "share": pairs.ravel() / max(n, 1),
        "agree": np.eye(words.size, dtype=np.bool_).ravel(),
    }
    notes = []
    if kappa.count:
        estimate = "not defined" if np.isnan(kappa.estimate) else f"{kappa.estimate:.2f}"
        notes.append(
            f"{names[0]} and {names[1]} agree in {agree} of {kappa.count} patients judged by both "
            f"({100 * kappa.observed:.1f} %), kappa {estimate}."
        )
    elif n:
        notes.append("No patient is judged by both: there is no kappa.")
    if kappa.excluded:
        notes.append(f"{kappa.excluded} not judged by both stand in the matrix, not in the kappa.")
    return FigureTable(
        columns,
        figure="agreement",
        title="Agreement" if title is None else title,
        notes=notes,
        missing="" if n else NO_PATIENTS,
        facts={
            "first": names[0],
            "second": names[1],
            "patients": n,
            "kappa": kappa.estimate,
            "agree": agree,
            "count": kappa.count,
            "excluded": kappa.excluded,
        },
    )


def _two(
    source: Any, other: Any, first: str | None, second: str | None
) -> tuple[tuple[str, str], Codes, Codes]:
    """The two judgements and their names."""
    for argument, name in (("first", first), ("second", second)):
        if name is not None:
            text(argument, name)
    if other is not None:
        a, b = as_best(source, "source"), as_best(other, "other")
        same_length(a.size, other=b)
        return (first or "first", second or "second"), a, b
    if is_assessment(source):
        return _of_readers(source, first, second)
    if hasattr(source, "editions") and hasattr(source, "subjects"):
        names = _named(source.editions, first, second, "criteria")
        source = source.subjects
    elif is_table(source):
        columns = [name for name in source if name not in ("subject", "evaluator")]
        names = _named(columns, first, second, "columns")
    else:
        raise InputError(
            "`other` must be given with responses: those of the second judgement of the same "
            "patients.",
            argument="other",
        )
    a, b = (as_best(column(source, name, "the matrix"), name) for name in names)
    return names, a, b


def _of_readers(
    done: Any, first: str | None, second: str | None
) -> tuple[tuple[str, str], Codes, Codes]:
    evaluator = texts(done.subjects["evaluator"])
    known = list(dict.fromkeys(evaluator.tolist()))
    names = _named(known, first, second, "evaluators")
    best = np.asarray(done.outcome.best.response)
    return names, best[evaluator == names[0]], best[evaluator == names[1]]


def _named(known: Any, first: str | None, second: str | None, what: str) -> tuple[str, str]:
    """The two that are meant, of those that are there."""
    there = [str(name) for name in known]
    if first is None and second is None and len(there) == 2:
        return there[0], there[1]
    if first is None or second is None:
        raise InputError(
            f"`first` and `second` must be given: the {what} are {', '.join(there)}. Name two.",
            argument="first",
        )
    for name in (first, second):
        if name not in there:
            raise InputError(
                f"`first` and `second` must be of the {what} {', '.join(there)}; got {name!r}.",
                argument="first",
            )
    return first, second
