"""A cohort beside the studies of the review: its rate, theirs, and theirs pooled.

Only rows of one treatment class and one category enter, and only those whose count and denominator
are printed and tied (column ``poolable`` of the tables). Where two studies may share patients the
larger is kept. The review prints no study's criteria: rows that cannot have been judged as the
cohort was are marked. Survival stands beside Table 4, and is not pooled.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from attrs import evolve, frozen

from nettumor import criteria as editions
from nettumor._arrays import Bools, Codes, as_codes
from nettumor.criteria._parts import Rules
from nettumor.errors import InputError, choose, did_you_mean
from nettumor.evidence import tables
from nettumor.evidence._data import numbers_in, take
from nettumor.evidence.heterogeneity import Heterogeneity
from nettumor.evidence.pooling import Estimate, Pooling, no_estimate, pool
from nettumor.evidence.survival import SurvivalRate, beside_table_4, survival_rate
from nettumor.summaries import Rate, objective_response_rate
from nettumor.summaries.rates import as_best
from nettumor.tables import Table
from nettumor.terminology import Response, parse_responses

_GROUPS = {
    1: {"response": "symptomatic response"},
    2: {"response": "biological response (grade not stated)"},
    3: {
        "OR": "morphological OR",
        "CR": "morphological CR",
        "PR": "morphological PR",
        "SD": "morphological SD",
        "PD": "morphological PD",
    },
    4: {"survival": ""},
}
"""Endpoints of each table, the default first, and the group to pool within (``poolable_as``)."""

_GRADED = ("CR", "PR", "OR")
"""Categories of Tables 1 and 2 that stand beside an ungraded response, and are not pooled with it."""

ROWS = ("poolable", "counted")
"""Which rows enter: those whose denominator is printed and tied, or all that have one."""

_ENTERS = {
    "poolable": "Pooled within '{group}' and {treatment} alone; a row enters where its count and "
    "denominator are printed and tied.",
    "counted": "Pooled within '{group}' and {treatment} alone; at your request rows enter whose "
    "denominator or count is inferred, or does not fit the printed percent.",
}

_COUNTED = {"OR": (Response.PR, Response.CR), "response": (Response.PR, Response.CR)}

_FIRST_RECIST = 2000
"""RECIST 1.0 was published in 2000 (doi 10.1093/jnci/92.3.205): no earlier study can have used it."""


@frozen
class _Asked:
    """What is compared: the table, the class of treatment, the endpoint, which rows may enter."""

    table: int
    treatment: str
    endpoint: str
    rows: str


@frozen(eq=False, repr=False)
class Comparison:
    """A cohort beside the review's studies, as returned by `compare`.

    Attributes
    ----------
    cohort : Rate
        ``.estimate``, ``.low``, ``.high`` (exact interval), ``.count``, ``.total``; of Table 4 the
        cohort's survival at ``.years``.
    studies : Table
        Every row of the treatment class and category: ``id``, ``study``, ``reference_no``,
        ``count``, ``total``, ``estimate``, ``low``, ``high`` (exact), ``used`` with the ``reason``
        where it is not, ``criteria`` (whether it was judged as the cohort), ``weight_fixed``,
        ``weight_random``.
    fixed, random : Estimate
        The studies that are used, pooled.
    heterogeneity : Heterogeneity
        ``.tau2``, ``.q``, ``.i2``.
    prediction : Estimate
        Where the true rate of a further study is expected; ``.place`` is the cohort's place in it.
    pooling : Pooling
        The same in whole, with every estimator beside the others (``.methods``).
    survival : Table or None
        The cohort's survival beside Table 4, by treatment.
    place : str
        "within", "below" or "above" the prediction interval, or why there is none.
    table : int
        Table of the review.
    treatment, endpoint : str
        What is compared.
    choices : tuple of str
        Every choice made, a sentence each.

    Examples
    --------
    >>> from nettumor import evidence
    >>> found = evidence.compare([8, 7, 7, 5, 5, 3], table=3, treatment="TACE")
    >>> found.studies["study"][found.studies["used"]].tolist()
    ['Dominguez et al.', 'Skinazi et al.']
    >>> found.place
    'no prediction interval: fewer than three studies'
    """

    cohort: Rate | SurvivalRate
    studies: Table
    pooling: Pooling
    survival: Table | None
    place: str
    table: int
    treatment: str
    endpoint: str
    choices: tuple[str, ...]

    @property
    def fixed(self) -> Estimate:
        """The fixed effect estimate."""
        return self.pooling.fixed

    @property
    def random(self) -> Estimate:
        """The random effects estimate."""
        return self.pooling.random

    @property
    def heterogeneity(self) -> Heterogeneity:
        """How far the studies differ."""
        return self.pooling.heterogeneity

    @property
    def prediction(self) -> Estimate:
        """Where the true rate of a further study is expected."""
        return self.pooling.prediction

    def explain(self) -> str:
        """What was compared and pooled, and every choice, a line each.

        Returns
        -------
        str

        Examples
        --------
        >>> from nettumor import evidence
        >>> found = evidence.compare({"SD": 3}, table=3, treatment="RFA")
        >>> print(found.explain().splitlines()[1])
        No pooled estimate: fewer than two studies.
        """
        lines = [f"{tables.TITLES[self.table]}, {self.treatment}: {self.cohort}."]
        lines.append(self.pooling.explain())
        if self.table != 4:
            lines.append(f"The cohort's place: {self.place}.")
        return "\n".join([*lines, *self.choices])

    def __repr__(self) -> str:
        n = int(np.count_nonzero(self.studies["used"]))
        return (
            f"Comparison(Table {self.table}, {self.treatment}, {self.endpoint}: {self.cohort}; "
            f"{n} of {self.studies.n_rows} rows pooled)"
        )


def compare(
    best_or_counts: Any,
    *,
    table: int = 3,
    treatment: str = "TACE",
    endpoint: str | None = None,
    criteria: Any = None,
    survival: Any = None,
    rows: str = "poolable",
    method: str | None = None,
    level: float = 0.95,
) -> Comparison:
    """Set a cohort beside the review's studies of one treatment, and pool those that can be pooled.

    Parameters
    ----------
    best_or_counts : array_like of int or str, shape (patient,), mapping, pair, or Rate
        Best response of each patient (codes or labels; NE and MISSING stay in the denominator); or
        counts by label, ``{"CR": 1, "PR": 8, "SD": 20, "NE": 2}``; or the tuple ``(count, total)``;
        or a rate of `nettumor.summaries`. For Tables 1 and 2 leave out who had no symptom or no
        raised marker before therapy, as the studies do. None with ``survival`` and Table 4.
    table : {1, 2, 3, 4}
        1 symptoms, 2 markers, 3 size, 4 survival.
    treatment : str
        A class of the table: "TACE", "TAE", "TAE_or_TACE", "TACE_plus_systemic", ... Classes are
        never mixed.
    endpoint : str, optional
        Of Table 3: "OR" (default; CR and PR), "CR", "PR", "SD", "PD"; of Tables 1 and 2
        "response" (CR and PR; the studies do not state the grade); of Table 4 "survival".
    criteria : Rules or str, optional
        By which the cohort was judged, so that rows judged otherwise can be marked.
    survival : (time, event) or object with ``.time`` and ``.event``, optional
        The cohort's survival in days, for the table beside Table 4.
    rows : {"poolable", "counted"}
        "counted" lets rows in that have count and denominator in patients, though one of them is
        inferred or does not fit the printed percent; never lesions, second prints of another row,
        or categories by reading.
    method : {"DL", "PM", "REML", "binomial-normal"}, optional
        As in `nettumor.evidence.pool`.
    level : float
        Level of all intervals.

    Returns
    -------
    Comparison

    Raises
    ------
    InputError
        For a table, treatment or endpoint that is none, a response that is none, or a Table 4
        without ``survival``.

    References
    ----------
    Vogl et al. 2008, Tables 1 to 4, doi 10.1016/j.ejrad.2008.08.008; for the pooling see `pool`.

    Examples
    --------
    >>> found = compare((12, 20), table=1, treatment="TACE")
    >>> print(found.cohort)
    response rate 60.0 % (12 of 20), 95 % interval 36.1 to 80.9 % (Clopper-Pearson)
    >>> found.studies["study"][found.studies["used"]].tolist()
    ['Perry et al.', 'Dominguez et al.', 'Ruszniewski et al.', 'Diamandidou et al.', 'Kress et al.']
    """
    number = tables.which(table, "table")
    treatment = _treatment(number, treatment)
    endpoint = next(iter(_GROUPS[number])) if endpoint is None else endpoint
    choose("endpoint", endpoint, _GROUPS[number])
    choose("rows", rows, ROWS)
    edition = _edition(criteria)
    cohort, chosen = _cohort(best_or_counts, number, endpoint, survival, level)
    studies, why = _studies(_Asked(number, treatment, endpoint, rows), edition, level)
    used = studies["used"]
    pooling = pool(studies["count"][used], studies["total"][used], method=method, level=level)
    if number == 4:
        reason = "survival is not pooled by counts: no row prints its events and its origin"
        nothing = no_estimate(reason)
        pooling = evolve(pooling, fixed=nothing, random=nothing, prediction=nothing)
    weights = {}
    for name in ("fixed", "random"):
        weights[f"weight_{name}"] = np.zeros(used.shape)
        weights[f"weight_{name}"][used] = getattr(pooling, f"weights_{name}")
    return Comparison(
        cohort=cohort,
        studies=Table({**studies, **weights}),
        pooling=pooling,
        survival=None if survival is None else beside_table_4(*_times(survival), level),
        place=_place(cohort, pooling.prediction),
        table=number,
        treatment=treatment,
        endpoint=endpoint,
        choices=(*chosen, *why),
    )


def _treatment(number: int, treatment: str) -> str:
    """A treatment class of the table, by its name in any case, with blanks for underscores."""
    known = sorted({str(name) for name in tables.table(number)["treatment_class"]})
    asked = str(treatment).strip().replace(" ", "_").casefold()
    for name in known:
        if name.casefold() == asked:
            return name
    raise InputError(
        f"`treatment` must be a treatment class of Table {number}; got {treatment!r}. "
        f"{did_you_mean(treatment, known)} Classes are never pooled together.",
        argument="treatment",
    )


def _edition(criteria: Any) -> Rules | None:
    if criteria is None or isinstance(criteria, Rules):
        return criteria
    return editions.get(criteria, argument="criteria")


def _times(survival: Any) -> tuple[Any, Any]:
    """The times and events of a pair or of an object that has them."""
    if hasattr(survival, "time") and hasattr(survival, "event"):
        return survival.time, survival.event
    if isinstance(survival, (tuple, list)) and len(survival) == 2:
        return survival[0], survival[1]
    raise InputError(
        f"`survival` must be a pair (time, event) or an object with both; got "
        f"{type(survival).__name__}. Pass what overall_survival returns.",
        argument="survival",
    )


def _cohort(
    best_or_counts: Any, number: int, endpoint: str, survival: Any, level: float
) -> tuple[Rate | SurvivalRate, list[str]]:
    """The cohort's rate, and what is to be said of it."""
    if number == 4:
        if survival is None:
            raise InputError(
                "`survival` must be given for Table 4; got None. Pass (time, event) in days.",
                argument="survival",
            )
        return survival_rate(*_times(survival), 5, level), ["Times are days; a year is 365.25."]
    said: list[str] = []
    if isinstance(best_or_counts, Rate):
        count, total = best_or_counts.count, best_or_counts.total
    elif isinstance(best_or_counts, tuple) and _is_pair(best_or_counts):
        count, total = (int(v) for v in best_or_counts)
    else:
        codes = _codes(best_or_counts)
        counted = np.isin(codes, _COUNTED.get(endpoint) or (Response[endpoint],))
        count, total = int(np.count_nonzero(counted)), int(codes.size)
        unjudged = int(np.count_nonzero(codes <= Response.NE))
        if unjudged and number in (1, 2):
            said.append(
                f"{unjudged} of the cohort are NE or MISSING and stay in the denominator; the "
                "studies count patients with the symptom or the raised marker before therapy."
            )
    name = {"OR": "objective response rate", "response": "response rate"}.get(
        endpoint, f"rate of {endpoint}"
    )
    return evolve(exact_rate(count, total, level), name=name), said


def exact_rate(count: int, total: int, level: float) -> Rate:
    """``count`` of ``total`` patients with the exact interval."""
    codes = np.full(total, Response.PD, dtype=np.int8)
    codes[:count] = Response.CR
    return objective_response_rate(codes, level=level)


def _is_pair(pair: tuple[Any, ...]) -> bool:
    """Whether a tuple is (count, total), checked."""
    whole = len(pair) == 2 and all(
        isinstance(v, (int, np.integer)) and not isinstance(v, (bool, Response)) for v in pair
    )
    if whole and not 0 <= pair[0] <= pair[1]:
        raise InputError(
            f"`best_or_counts` must be a pair (count, total) with count at most total; got {pair}. "
            "Pass the responses of the patients as a list or an array.",
            argument="best_or_counts",
        )
    return whole


def _codes(best: Any) -> Codes:
    """Codes of patients from codes, labels or counts by label."""
    if isinstance(best, Mapping) and not isinstance(best, Table):
        names = list(best)
        counts = np.array([best[name] for name in names])
        if counts.size and (counts.dtype.kind not in "iu" or (counts < 0).any()):
            raise InputError(
                f"`best_or_counts` must count patients by label in whole numbers; got {best}. "
                'Write {"CR": 1, "PR": 8, "SD": 20, "NE": 2}.',
                argument="best_or_counts",
            )
        return np.repeat(parse_responses(np.array(names, dtype=object)), counts.astype(np.intp))
    if hasattr(best, "subjects"):
        return as_best(best, "best_or_counts")
    array = np.asarray(best)
    if array.dtype.kind in "UOS" or hasattr(best, "cat"):
        array = np.asarray(parse_responses(best))
    codes = as_codes(array, "best_or_counts")
    if codes.ndim != 1:
        raise InputError(
            "`best_or_counts` must be one-dimensional, one response for each patient; got shape "
            f"{codes.shape}. Take one cohort at a time.",
            argument="best_or_counts",
        )
    return codes


def _studies(asked: _Asked, edition: Rules | None, level: float) -> tuple[Table, list[str]]:
    """The rows of the class and category, which of them are used, and why the others are not."""
    rows, enters = _rows_of(asked)
    reasons = [
        "" if ok else f"not poolable: {why.replace(';', ', ')}"
        for ok, why in zip(enters.tolist(), rows["poolable_reason"].tolist(), strict=True)
    ]
    choices = [] if asked.table == 4 else [_ENTERS[asked.rows].format(**_names_of(asked))]
    choices += _without_overlap(rows, enters, reasons)
    marks = [_mark(row, edition) for row in rows.rows()]
    if asked.table != 4:
        pooled_marks = [m for m, ok in zip(marks, enters, strict=True) if ok]
        choices += [*_arms(rows, enters), *_said_of_criteria(edition, pooled_marks)]
    columns = {n: rows[n] for n in ("id", "study", "year", "reference_no", "tumour_subgroup")}
    columns |= {
        "category": rows["response_category"],
        "count": rows["count"],
        "total": rows["denominator"],
    }
    columns |= _exact(rows, level) | {"percent": rows["percent"], "used": enters}
    columns["reason"] = np.array(reasons, dtype=np.str_)
    columns["criteria"] = np.array(marks, dtype=np.str_)
    columns["possible_overlap"] = rows["possible_overlap"]
    return Table(columns), choices


def _rows_of(asked: _Asked) -> tuple[Table, Bools]:
    """The rows of a treatment class and category, and which of them enter the pooling."""
    rows = tables.table(asked.table)
    of_class = rows["treatment_class"] == asked.treatment
    if asked.table == 4:
        rows = take(rows, of_class)
        return rows, np.zeros(rows.n_rows, dtype=np.bool_)
    group = _GROUPS[asked.table][asked.endpoint]
    category = rows["response_category"]
    if asked.endpoint == "response":
        of_kind = np.char.startswith(category, "response_") | np.isin(category, _GRADED)
    else:
        of_kind = category == asked.endpoint
    rows = take(rows, of_class & of_kind)
    poolable = (rows["poolable"] == "true") & (rows["poolable_as"] == group)
    if asked.rows == "poolable":
        return rows, poolable
    # Counted: in patients, in the very category, no second print of another row, no reading of it.
    counted = ~np.isnan(rows["count"] + rows["denominator"]) & (rows["unit"] == "patients")
    counted &= ~np.isin(rows["response_category"], _GRADED) | (asked.endpoint != "response")
    counted &= (rows["category_reading"] == "") & (
        np.char.find(rows["poolable_reason"], "duplicate") < 0
    )
    return rows, poolable | counted


def _names_of(asked: _Asked) -> dict[str, str]:
    return {"group": _GROUPS[asked.table][asked.endpoint], "treatment": asked.treatment}


def _exact(rows: Table, level: float) -> dict[str, Any]:
    """Each row's share with its exact interval; NaN where it has no count or denominator."""
    pairs = zip(rows["count"].tolist(), rows["denominator"].tolist(), strict=True)
    rates = [exact_rate(int(c), int(n), level) if c == c and n == n else None for c, n in pairs]
    return {
        name: np.array([getattr(r, name) if r else np.nan for r in rates], dtype=np.float64)
        for name in ("estimate", "low", "high")
    }


def _without_overlap(rows: Table, poolable: Bools, reasons: list[str]) -> list[str]:
    """Leave the smaller of two studies that may share patients out of ``poolable``, and say so.

    Arms of one study are different patients. The larger is that with the larger denominator; of two
    alike the first of the table is kept.
    """
    said: list[str] = []
    kept: list[int] = []
    by_size = sorted(np.flatnonzero(poolable).tolist(), key=lambda i: -rows["denominator"][i])
    for i in by_size:
        for j in kept:
            suspected = rows["reference_no"][j] in numbers_in(rows["possible_overlap"][i]) or rows[
                "reference_no"
            ][i] in numbers_in(rows["possible_overlap"][j])
            if suspected and rows["reference_no"][i] != rows["reference_no"][j]:
                names = [f"{rows['study'][n]} [{rows['reference_no'][n]}]" for n in (i, j)]
                reasons[i] = f"may share patients with {names[1]}, which is kept"
                said.append(
                    f"{names[0]} may share patients with {names[1]} (authors in common): the "
                    "larger study is kept."
                )
                poolable[i] = False
                break
        else:
            kept.append(i)
    return said


def _arms(rows: Table, poolable: Bools) -> list[str]:
    """A sentence for each study with more than one row that is pooled."""
    studies, times = np.unique(rows["study"][poolable], return_counts=True)
    return [
        f"{study}: {n} groups of patients of one study, pooled as {n} studies."
        for study, n in zip(studies.tolist(), times.tolist(), strict=True)
        if n > 1
    ]


def _mark(row: dict[str, Any], edition: Rules | None) -> str:
    """Whether a row was judged as the cohort, as far as the review tells."""
    if row["domain"] == "survival":
        return "none needed"
    printed = 50.0 if row["response_category"] == "response_gt50" else None
    limit = _limit(edition)
    if limit is None:
        return "criteria of the cohort not given"
    if printed is not None:
        return (
            "same limit printed (more than 50 %)" if limit == printed else "differs: more than 50 %"
        )
    recist = row["domain"] == "morphological" and limit == 30
    if recist and row["year"] < _FIRST_RECIST:
        return f"differs: published in {row['year']:.0f}, before RECIST (2000)"
    return "not printed: cannot be told"


def _limit(edition: Rules | None) -> float | None:
    """The decrease in percent that makes a PR, where the criteria have one."""
    found = getattr(getattr(edition, "pr", None), "value", None)
    return None if found is None else abs(float(found))


def _said_of_criteria(edition: Rules | None, marks: list[str]) -> list[str]:
    if edition is None:
        return [
            "The cohort's criteria are not given: no row is marked (a PR of 50 % by WHO and one of "
            "30 % by RECIST are not one outcome)."
        ]
    differ = sum(mark.startswith("differs") for mark in marks)
    return [
        f"The cohort is judged by {edition.title}; {differ} of {len(marks)} pooled rows differ, of "
        "the others the review does not print the criteria."
    ]


def _place(cohort: Rate | SurvivalRate, prediction: Estimate) -> str:
    """Where the cohort's rate lies in the prediction interval."""
    if prediction.reason:
        return f"no prediction interval: {prediction.reason}"
    if np.isnan(cohort.estimate):
        return "the cohort's rate is not known"
    if cohort.estimate < prediction.low:
        return "below the prediction interval"
    return (
        "above the prediction interval"
        if cohort.estimate > prediction.high
        else "within the prediction interval"
    )
