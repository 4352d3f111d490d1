"""The review's complications as a table, and a cohort's rates beside them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from nettumor._arrays import GUARD
from nettumor.errors import InputError, did_you_mean
from nettumor.evidence._data import NOTICE, read
from nettumor.evidence.comparison import exact_rate
from nettumor.tables import Table

_COVERS = {
    "resection": ("resection or transplantation",),
    "transplantation": ("resection or transplantation",),
    "TACE": ("TAE and TACE",),
    "TAE": ("TAE and TACE",),
}
"""Rows that speak of two treatments at once, and so of each."""


def table() -> Table:
    """The complications the review names, with its figures.

    Returns
    -------
    Table
        A row for each of 60: ``treatment``, ``complication`` (the controlled term), ``group``
        (mortality, morbidity, major, side effect, outcome, discontinuation), ``severity``,
        ``figure_low``, ``figure_high``, ``unit``, ``bound``, ``denominator`` with its source,
        ``frequency_word``, ``duration``, ``management``, ``section``, ``reference_no``, ``place``
        (the printed words), ``note``, ``notice``. NaN: no figure is printed.

    References
    ----------
    Vogl et al. 2008, doi 10.1016/j.ejrad.2008.08.008.

    Examples
    --------
    >>> rows = table()
    >>> rows.n_rows, rows.rows()[24]["complication"], rows.rows()[24]["figure_low"]
    (60, 'any morbidity', 28.0)
    """
    rows = read("complications", "nettumor.complications", "")
    return Table({**rows, "notice": np.repeat(np.array([NOTICE]), rows.n_rows)})


def rates(
    counts: Mapping[str, int], total: int | Mapping[str, int], treatment: str | None = None
) -> Table:
    """A cohort's complications with exact intervals, beside the review's figures.

    Parameters
    ----------
    counts : mapping of str to int
        Patients with each complication, by the controlled terms of `table`; a complication that was
        not looked for is left out, and one that did not occur is 0.
    total : int, or mapping of str to int
        Patients observed, for all or for each complication.
    treatment : str, optional
        "TACE", "TAE", "RFA", "LITT", "resection", ...: rows on this treatment alone, or on it
        together with another. Default: every row that names the complication.

    Returns
    -------
    Table
        A row for each complication and each row of the review that names it: ``complication``,
        ``treatment`` (as in the review), ``group``, ``severity``, ``count``, ``total``,
        ``estimate``, ``low``, ``high`` (shares, exact 95 % interval), ``review_low``,
        ``review_high`` (percent), ``bound``, ``beside`` ("inside the interval", "above the
        interval": the review's figure, "below the interval", "no figure"), ``frequency_word``,
        ``section``, ``reference_no``, ``id``, ``notice``.

    Raises
    ------
    InputError
        For a complication or treatment the review does not name, a count that is no whole number
        from 0 to its total.

    References
    ----------
    Vogl et al. 2008, sections 2.1, 3.1.4, 3.2; Clopper and Pearson 1934, doi
    10.1093/biomet/26.4.404.

    Examples
    --------
    >>> found = rates({"post-embolization syndrome": 52, "liver abscess": 0}, 60, treatment="TACE")
    >>> found["complication"].tolist(), found["beside"].tolist()
    (['post-embolization syndrome', 'liver abscess'], ['inside the interval', 'no figure'])
    """
    if not isinstance(counts, Mapping):
        raise InputError(
            f"`counts` must be a mapping of complication to patients; got {type(counts).__name__}. "
            'Write {"liver abscess": 1}.',
            argument="counts",
        )
    rows = [r for r in table().rows() if treatment is None or _speaks_of(r, _checked(treatment))]
    known = dict.fromkeys(row["complication"] for row in rows)
    found = []
    for complication, count in counts.items():
        if complication not in known:
            of = f" of {treatment}" if treatment else ""
            raise InputError(
                f"`counts` must name complications{of} as the review does; got {complication!r}. "
                f"{did_you_mean(complication, known)} All names are in complications.table().",
                argument="counts",
            )
        n = total.get(complication) if isinstance(total, Mapping) else total
        rate = exact_rate(*_pair(complication, count, n), 0.95)
        found += [_beside(row, rate) for row in rows if row["complication"] == complication]
    columns = _beside(table().rows()[0], exact_rate(0, 1, 0.95))
    return Table({name: [row[name] for row in found] for name in columns})


def _checked(treatment: str) -> str:
    known = dict.fromkeys([*table()["treatment"].tolist(), *_COVERS])
    if treatment not in list(known):
        raise InputError(
            f"`treatment` must be one of the review; got {treatment!r}. "
            f"{did_you_mean(treatment, known)}",
            argument="treatment",
        )
    return treatment


def _speaks_of(row: dict[str, Any], treatment: str) -> bool:
    return row["treatment"] == treatment or row["treatment"] in _COVERS.get(treatment, ())


def _pair(complication: str, count: Any, total: Any) -> tuple[int, int]:
    """Count and total, checked."""
    for argument, value in (("counts", count), ("total", total)):
        whole = isinstance(value, (int, np.integer)) and not isinstance(value, bool)
        if not whole or value < 0:
            raise InputError(
                f"`{argument}` must be whole numbers of patients; got {value!r} for "
                f"{complication!r}. Leave out what was not looked for.",
                argument=argument,
            )
    if count > total:
        raise InputError(
            f"`counts` must be at most the total; got {count} of {total} for {complication!r}. "
            "Count patients, not events.",
            argument="counts",
        )
    return int(count), int(total)


def _beside(row: dict[str, Any], rate: Any) -> dict[str, Any]:
    """A row of the review with the cohort's rate."""
    percent = row["unit"] == "percent"
    low, high = (row[f"figure_{end}"] if percent else float("nan") for end in ("low", "high"))
    return {
        "complication": row["complication"],
        "treatment": row["treatment"],
        "group": row["group"],
        "severity": row["severity"],
        "count": rate.count,
        "total": rate.total,
        "estimate": rate.estimate,
        "low": rate.low,
        "high": rate.high,
        "review_low": low,
        "review_high": high,
        "bound": row["bound"],
        "beside": _place(low, high, rate),
        "frequency_word": row["frequency_word"],
        "section": row["section"],
        "reference_no": row["reference_no"],
        "id": row["id"],
        "notice": row["notice"],
    }


def _place(low: float, high: float, rate: Any) -> str:
    """Where the review's figure lies beside the cohort's interval.

    An open end ("5 % or less") reaches as far as it can.
    """
    if low != low and high != high:
        return "no figure"
    low, high = (0.0 if low != low else low / 100), (1.0 if high != high else high / 100)
    if low > rate.high + GUARD:
        return "above the interval"
    return "below the interval" if high < rate.low - GUARD else "inside the interval"
