"""Forest: studies beside each other with their intervals, pooled estimates and a cohort below.

Studies whose count or denominator the review does not print keep their row and say so; an interval
that reaches beyond the axis is cut there and has an arrow.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from nettumor._arrays import as_numbers
from nettumor.errors import InputError, refuse, text
from nettumor.plots.data.figure_table import FigureTable
from nettumor.plots.data.sources import (
    as_one_number,
    column,
    is_table,
    left_out,
    numbers_of,
    subjects_of,
    texts,
)

KINDS = ("study", "not pooled", "fixed", "random", "prediction", "cohort")
"""What a row of the forest can be."""


def forest(
    source: Any,
    *,
    treatment: str = "TACE",
    endpoint: str | None = None,
    lowest: float = 0,
    highest: float = 100,
    title: str | None = None,
) -> FigureTable:
    """A row for each study, each pooled estimate and the cohort: percent with its interval.

    Parameters
    ----------
    source : Comparison, table, or {1, 2, 3, 4}
        What `nettumor.evidence.compare` returns; the number of a table of the review; or a mapping or
        frame with columns ``label``, ``estimate``, ``low``, ``high`` (shares from 0 to 1, NaN where
        not known) and, where there are, ``kind``, ``count``, ``total``.
    treatment, endpoint : str
        With the number of a table: as in `nettumor.evidence.compare`.
    lowest, highest : float
        Ends of the axis, percent: intervals are cut there.
    title : str, optional
        In place of the table's title.

    Returns
    -------
    FigureTable
        row (0 at the top), kind ("study", "not pooled", "fixed", "random", "prediction", "cohort"),
        label, count, total, estimate, low, high (percent, NaN where not known), drawn_low,
        drawn_high (cut to the axis), cut_low, cut_high, weight (percent of the random effects
        weights).

    Raises
    ------
    InputError
        For another source, columns that are missing, and an axis that ends before it begins.

    References
    ----------
    Vogl et al. 2008, Tables 1 to 4; Lewis and Clarke 2001, BMJ 322:1479, doi
    10.1136/bmj.322.7300.1479.

    Examples
    --------
    >>> studies = forest(3, treatment="TACE", highest=80)
    >>> studies["kind"].tolist(), studies["label"].tolist()[1]
    (['study', 'study', 'fixed', 'random'], 'Skinazi et al., digestive endocrine')
    >>> studies["high"].round(1).tolist()[1], studies["drawn_high"].tolist()[1]
    (81.6, 80.0)
    """
    lowest, highest = as_one_number(lowest, "lowest"), as_one_number(highest, "highest")
    if not lowest < highest:
        raise InputError(
            f"`lowest` must be below `highest`; got {lowest!r} and {highest!r}. Give the ends of the "
            "axis in percent.",
            argument="lowest",
        )
    text("treatment", treatment)
    if isinstance(source, (int, np.integer)) and not isinstance(source, bool):
        from nettumor.evidence import compare

        nobody = (np.zeros(0), np.zeros(0, np.bool_)) if source == 4 else None
        source = compare(
            (0, 0), table=int(source), treatment=treatment, endpoint=endpoint, survival=nobody
        )
    else:
        left_out("studies that are given", endpoint=endpoint)
    if hasattr(source, "studies") and hasattr(source, "pooling"):
        rows, notes, name = _of_comparison(source)
    elif is_table(source):
        rows, notes, name = _of_table(source), [], "Studies"
    else:
        raise InputError(
            f"`source` must be a comparison, a table, or the number of a table of the review; got "
            f"{type(source).__name__}. Pass what nettumor.evidence.compare returns.",
            argument="source",
        )
    columns = {
        key: np.array([row[key] for row in rows], dtype=kind) for key, kind in _TYPES.items()
    }
    low, high = columns["low"], columns["high"]
    columns |= {
        "row": np.arange(len(rows)),
        "drawn_low": np.clip(low, lowest, highest),
        "drawn_high": np.clip(high, lowest, highest),
        "cut_low": low < lowest,
        "cut_high": high > highest,
    }
    order = ("row", *_TYPES, "drawn_low", "drawn_high", "cut_low", "cut_high")
    cut = bool(columns["cut_low"].any() or columns["cut_high"].any())
    notes += ["An arrow: the interval goes on beyond the axis."] if cut else []
    missing = "" if rows else "No studies: there is nothing to draw."
    if rows and np.isnan(columns["estimate"]).all():
        missing = "No estimates: no row has a count and a denominator."
    return FigureTable(
        {name: columns[name] for name in order},
        figure="forest",
        title=name if title is None else title,
        notes=notes,
        missing=missing,
        facts={"lowest": float(lowest), "highest": float(highest)},
    )


_TYPES: dict[str, Any] = {
    "kind": np.str_, "label": np.str_, "count": np.float64, "total": np.float64,
    "estimate": np.float64, "low": np.float64, "high": np.float64, "weight": np.float64,
}  # fmt: skip


def _row(kind: str, label: str, found: Any, weight: float = float("nan")) -> dict[str, Any]:
    """A row from an object or a mapping with estimate, low and high as shares."""

    def value(name: str) -> float:
        part = found.get(name) if isinstance(found, dict) else getattr(found, name, None)
        return float("nan") if part is None else float(part)

    shares = {name: 100 * value(name) for name in ("estimate", "low", "high")}
    if kind == "prediction":
        shares["estimate"] = (shares["low"] + shares["high"]) / 2
    return {
        "kind": kind,
        "label": label,
        "count": value("count"),
        "total": value("total"),
        "weight": 100 * weight,
        **shares,
    }


def _of_comparison(found: Any) -> tuple[list[dict[str, Any]], list[str], str]:
    """The rows of a comparison: studies as printed, pooled ones, the cohort."""
    rows = []
    for study in found.studies.rows():
        label = study["study"]
        if study["tumour_subgroup"]:
            label = f"{label}, {study['tumour_subgroup'].replace('_', ' ')}"
        kind = "study" if study["used"] else "not pooled"
        weight = study["weight_random"] if study["used"] else float("nan")
        rows.append(_row(kind, label, study, weight))
    rows.sort(key=lambda row: row["kind"] == "study")
    for kind in ("fixed", "random", "prediction"):
        estimate = getattr(found, kind)
        if not estimate.reason:
            words = {"fixed": "Fixed effect", "random": "Random effects"}
            rows.append(_row(kind, words.get(kind, "Prediction for a further study"), estimate))
    if np.isfinite(found.cohort.estimate):
        rows.append(_row("cohort", "Your cohort", found.cohort))
    notes = [f"Pooled, as shares: {found.pooling.explain()}"] if found.table != 4 else []
    unknown = sum(np.isnan(row["estimate"]) for row in rows)
    if unknown:
        notes.append(f"Of {unknown} rows the review prints no count with its denominator.")
    from nettumor.evidence.tables import TITLES

    treatment = found.treatment.replace("_", " ")
    return rows, notes, f"{TITLES[found.table]}: {found.endpoint} after {treatment}"


def _of_table(source: Any) -> list[dict[str, Any]]:
    label = column(source, "label", "the rows")
    n = len(label)
    labels = subjects_of(label, n, "label")
    kinds = column(source, "kind")
    kinds = np.full(n, "study") if kinds is None else texts(kinds)
    strange = [k for k in kinds.tolist() if k not in KINDS]
    if strange:
        raise InputError(
            f"`kind` must be one of {', '.join(KINDS)}; got {strange[0]!r}.", argument="kind"
        )
    numbers = {
        name: as_numbers(column(source, name, "the intervals"), name)
        for name in ("estimate", "low", "high")
    }
    for name, shares in numbers.items():
        outside = (shares < 0) | (shares > 1)
        refuse(name, "shares from 0 to 1", shares, outside, "Divide percents by 100.")
    numbers |= {name: numbers_of(column(source, name), name, n) for name in ("count", "total")}
    return [
        _row(str(kinds[i]), str(labels[i]), {k: v[i] for k, v in numbers.items()}) for i in range(n)
    ]
