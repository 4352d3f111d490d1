"""Kappa of two readers, plain and weighted, and of several; the cross-table behind it.

Sources: Cohen 1960 (kappa), Cohen 1968 (weights), Fleiss, Cohen and Everitt 1969 (error of a
weighted kappa), Fleiss 1971 (several readers), Gwet 2008 (its error). The order of responses is that
of `Response`, never that of their names.
"""

from __future__ import annotations

from collections.abc import Iterable
from statistics import NormalDist
from typing import Any

import numpy as np
import numpy.typing as npt
from attrs import field, frozen

from nettumor._arrays import Codes, Floats
from nettumor._labels import by_label, is_frame_without, same_labels
from nettumor._levels import plain
from nettumor.errors import InputError, choose
from nettumor.tables import Table
from nettumor.terminology import Response, codes_or_labels, labels

Counts = npt.NDArray[np.int64]

_WEIGHTS = ("linear", "quadratic")

_SCALE = (Response.PD, Response.SD, Response.PR, Response.CR)
"""Steps of the scale that are there whether or not anybody was judged so (RECIST 1.1, Table 1)."""


def comparable(value: Any) -> Any:
    """What equality goes by: an array by its shape and bytes."""
    return (value.shape, value.tobytes()) if isinstance(value, np.ndarray) else value


@frozen(repr=False)
class Kappa:
    """Agreement of two or more judgements beyond chance, as returned by `cohens_kappa`,
    `weighted_kappa` and `fleiss_kappa`.

    Attributes
    ----------
    estimate : float, or ndarray of float, shape (...)
        Kappa: 1 perfect agreement, 0 what chance gives; NaN where nobody was judged twice, or where
        chance alone gives perfect agreement (one category only).
    observed, expected : float, or ndarray of float, shape (...)
        Agreement of the patients, and that which chance gives: the share with the same response,
        with weights the mean weight, of several readers the share of pairs of readers.
    count : int, or ndarray of int, shape (...)
        Patients judged by all.
    excluded : int, or ndarray of int, shape (...)
        Patients with NE or MISSING by one of them, left out.
    low, high : float, or ndarray of float, shape (...)
        Ends of the interval; NaN where kappa is, and with fewer than two patients.
    level : float
        Level of the interval.
    weights : str
        "none", "linear" or "quadratic".
    readers : int
        How many judged.

    Examples
    --------
    >>> from nettumor import cohens_kappa
    >>> cohens_kappa([7, 7, 5, 3], [7, 5, 5, 1])
    Kappa(0.40: 2 of 3 agree, 1 not judged on both)
    """

    estimate: Any = field(eq=comparable)
    observed: Any = field(eq=comparable)
    expected: Any = field(eq=comparable)
    count: Any = field(eq=comparable)
    excluded: Any = field(eq=comparable)
    low: Any = field(eq=comparable, default=float("nan"), kw_only=True)
    high: Any = field(eq=comparable, default=float("nan"), kw_only=True)
    level: float = field(default=0.95, kw_only=True)
    weights: str = field(default="none", kw_only=True)
    readers: int = field(default=2, kw_only=True)

    def __repr__(self) -> str:
        if isinstance(self.estimate, np.ndarray):
            patients = int(np.max(self.count + self.excluded, initial=0))
            known = self.estimate[~np.isnan(self.estimate)]
            middle = f"middle {np.median(known):.2f}" if known.size else "not defined in any"
            return f"Kappa({self.estimate.size:,} trials of {patients:,} patients: {middle})"
        if self.weights == "none" and self.readers == 2:
            agree = round(self.observed * self.count) if self.count else 0
            return (
                f"Kappa({self.estimate:.2f}: {agree} of {self.count} agree, {self.excluded} not "
                "judged on both)"
            )
        how = f"{self.readers} readers" if self.readers > 2 else f"{self.weights} weights"
        return (
            f"Kappa({self.estimate:.2f}, {100 * self.level:g} % interval {self.low:.2f} to "
            f"{self.high:.2f}: {how}, {self.count} patients, {self.excluded} not judged by all)"
        )


def as_level(level: Any) -> float:
    """The level of an interval, checked."""
    if isinstance(level, bool) or not isinstance(level, (int, float)) or not 0 < level < 1:
        raise InputError(
            f"`level` must be between 0 and 1; got {level!r}. Write 0.95 for 95 %.",
            argument="level",
        )
    return float(level)


def _two(a: npt.ArrayLike, b: npt.ArrayLike) -> tuple[Codes, Codes]:
    """Two judgements of the same patients, with an axis of patients and one shape."""
    first, second = codes_or_labels(a, "a"), codes_or_labels(b, "b")
    if first.ndim == 0 or first.shape != second.shape:
        raise InputError(
            "`a` and `b` must have an axis of patients and one shape, a response for each patient; "
            f"got shapes {first.shape} and {second.shape}. Write MISSING where a patient was not "
            "judged.",
            argument="a",
        )
    return first, second


@by_label(a="patient", b="patient")
def cross_table(a: npt.ArrayLike, b: npt.ArrayLike) -> Table:
    """How many patients have each pair of responses.

    Parameters
    ----------
    a, b : array_like of int, shape (patient,)
        Codes of `Response` of the same patients, judged twice, or labels.

    Returns
    -------
    Table
        A row for each response that occurs in ``a`` or ``b`` (column ``response``), the best first,
        and a column of counts for each of the same responses in ``b``. NE and MISSING are shown
        where they occur, so that the counts add up to the number of patients.

    Raises
    ------
    InputError
        For a code or label that is none, more than one dimension, or unequal lengths.

    References
    ----------
    Vogl et al. 2008, section 4 (the axes of response).

    Examples
    --------
    >>> print(cross_table([7, 7, 5], [7, 5, 5]).to_csv(), end="")
    response,PR,SD
    PR,1,1
    SD,0,1
    """
    first, second = codes_or_labels(a, "a"), codes_or_labels(b, "b")
    if first.ndim != 1 or first.shape != second.shape:
        raise InputError(
            "`a` and `b` must be one-dimensional and of one length, a response for each patient; "
            "got shapes "
            f"{first.shape} and {second.shape}. Write MISSING where a patient was not judged.",
            argument="a",
        )
    counts = tables_of(first, second)
    occurring = np.flatnonzero(counts.sum(axis=0) + counts.sum(axis=1))[::-1]
    names = labels(occurring)
    columns = {
        str(name): counts[occurring, code] for name, code in zip(names, occurring, strict=True)
    }
    return Table({"response": names, **columns})


def tables_of(first: Codes, second: Codes) -> Counts:
    """Counts of each pair of codes over the last axis, (..., code of first, code of second)."""
    lead, size = first.shape[:-1], len(Response)
    trials = int(np.prod(lead, dtype=np.int64))
    pairs = first.astype(np.int64).reshape(trials, first.shape[-1]) * size
    pairs += second.reshape(pairs.shape)
    pairs += np.arange(trials)[:, None] * size**2
    counts = np.bincount(pairs.ravel(), minlength=trials * size**2)
    return np.asarray(counts.reshape(*lead, size, size), dtype=np.int64)


@by_label(a="patient", b="patient")
def cohens_kappa(a: npt.ArrayLike, b: npt.ArrayLike, *, level: float = 0.95) -> Kappa:
    """Cohen's kappa of two judgements of the same patients, unweighted.

    Patients with NE or MISSING on one of the two are left out and counted.

    Parameters
    ----------
    a, b : array_like of int, shape (..., patient)
        Codes of `Response` of the same patients, or labels. Axes before the last are trials, each with a kappa
        of its own.
    level : float
        Level of the interval, between 0 and 1.

    Returns
    -------
    Kappa
        With ``.estimate``, ``.low``, ``.high``, ``.observed``, ``.expected``, ``.count`` and
        ``.excluded``, each of the shape of the trials.

    Raises
    ------
    InputError
        For a code or label that is none, a single code, or unequal shapes.

    References
    ----------
    Cohen 1960, doi 10.1177/001316446002000104; Fleiss, Cohen and Everitt 1969, doi
    10.1037/h0028106 (the error).

    Examples
    --------
    >>> round(cohens_kappa([7, 7, 5, 3], [7, 5, 5, 1]).estimate, 3)
    0.4
    >>> cohens_kappa([[7, 7, 5, 3], [7, 5, 5, 5]], [[7, 5, 5, 1], [7, 5, 5, 7]]).estimate.round(2).tolist()
    [0.4, 0.5]
    """
    level = as_level(level)
    counts = _judged(tables_of(*_two(a, b)))
    return _kappa(counts, np.eye(counts[0].shape[-1], dtype=np.int64), level, "none")


@by_label(a="patient", b="patient")
def weighted_kappa(
    a: npt.ArrayLike, b: npt.ArrayLike, *, weights: str = "linear", level: float = 0.95
) -> Kappa:
    """Cohen's kappa of two judgements where a near miss counts for more than a far one.

    The responses stand on a scale in the order of `Response`: PD, SD, PR, CR, and any other that
    occurs among ``a`` and ``b`` at its place (iUPD below PD, NON-CR/NON-PD below SD, MR above it).
    Patients with NE or MISSING on one of the two are left out and counted.

    Parameters
    ----------
    a, b : array_like of int, shape (..., patient)
        Codes of `Response` of the same patients, or labels. Axes before the last are trials, each with a kappa
        of its own; the scale is one for all.
    weights : {"linear", "quadratic"}
        What a disagreement by d of k - 1 steps still counts: 1 - d / (k - 1), or one less the
        square of it.
    level : float
        Level of the interval, between 0 and 1.

    Returns
    -------
    Kappa
        With ``.estimate``, ``.low``, ``.high``, ``.observed``, ``.expected``, ``.count`` and
        ``.excluded``, each of the shape of the trials.

    Raises
    ------
    InputError
        For a code or label that is none, a single code, unequal shapes, or other weights.

    References
    ----------
    Cohen 1968, doi 10.1037/h0026256; Fleiss, Cohen and Everitt 1969, doi 10.1037/h0028106 (the
    error; the interval is the normal one, as in SAS and in R's psych). RECIST 1.1, Table 1 (the
    scale).

    Examples
    --------
    >>> a, b = [8, 7, 7, 5, 5, 5, 3, 3, 1], [8, 7, 5, 5, 5, 3, 3, 3, 3]
    >>> weighted_kappa(a, b)
    Kappa(0.77, 95 % interval 0.47 to 1.00: linear weights, 8 patients, 1 not judged by all)
    """
    choose("weights", weights, _WEIGHTS)
    level = as_level(level)
    counts, excluded = _judged(tables_of(*_two(a, b)))
    total = counts.reshape(-1, *counts.shape[-2:]).sum(axis=0)
    on_scale = np.flatnonzero(total.sum(axis=0) + total.sum(axis=1))
    scale = np.union1d(on_scale, np.array(_SCALE) - Response.IUPD)
    steps = np.abs(np.subtract.outer(np.arange(scale.size), np.arange(scale.size)))
    last = scale.size - 1
    # In whole numbers: weights times (k - 1), or times its square.
    kept = last - steps if weights == "linear" else last**2 - steps**2
    return _kappa((counts[..., scale[:, None], scale], excluded), kept, level, weights)


def _judged(counts: Counts) -> tuple[Counts, Counts]:
    """The tables from iUPD on, without NE and MISSING, and how many patients that leaves out."""
    held = counts[..., Response.IUPD :, Response.IUPD :]
    return held, counts.sum(axis=(-2, -1)) - held.sum(axis=(-2, -1))


def _kappa(tables: tuple[Counts, Counts], weights: Counts, level: float, name: str) -> Kappa:
    """Kappa of tables (..., k, k) with whole weights of agreement, the largest for full agreement."""
    counts, excluded = tables
    full = int(weights.max())
    n = counts.sum(axis=(-2, -1))
    rows, columns = counts.sum(axis=-1), counts.sum(axis=-2)
    agree = (counts * weights).sum(axis=(-2, -1))
    chance = ((rows @ weights) * columns).sum(axis=-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        # In whole numbers: (agree / n - chance / n^2) / (1 - chance / n^2).
        estimate = np.asarray((agree * n - chance) / (full * n * n - chance))
        estimate = np.where(chance == full * n * n, np.nan, estimate)
        observed, expected = agree / (full * n), chance / (full * n * n)
        error = _error(counts / n[..., None, None], weights / full, estimate, expected, n)
    margin = NormalDist().inv_cdf((1 + level) / 2) * np.where(n < 2, np.nan, error)
    low, high = estimate - margin, np.minimum(estimate + margin, 1)
    parts = [estimate, observed, expected, n, excluded]
    return Kappa(
        *(plain(np.asarray(part)) for part in parts),
        low=plain(np.asarray(low)),
        high=plain(np.asarray(high)),
        level=level,
        weights=name,
    )


def _error(shares: Floats, weights: Floats, kappa: Floats, chance: Floats, n: Counts) -> Floats:
    """The standard error of kappa (Fleiss, Cohen and Everitt 1969, equation 13)."""
    of_row = shares.sum(axis=-2) @ weights.T  # mean weight of each response of the first reader
    of_column = shares.sum(axis=-1) @ weights
    means = of_row[..., :, None] + of_column[..., None, :]
    left = weights - means * (1 - kappa)[..., None, None]
    spread = (shares * left**2).sum(axis=(-2, -1)) - (kappa - chance * (1 - kappa)) ** 2
    # Rounding can leave a spread of 0 slightly below it.
    return np.asarray(np.sqrt(np.maximum(spread, 0) / n) / (1 - chance))


@by_label(responses="reader patient")
def fleiss_kappa(responses: npt.ArrayLike, *, level: float = 0.95) -> Kappa:
    """Fleiss' kappa of two or more readers of the same patients, unweighted.

    The readers stand for any readers: with two it is not Cohen's kappa, which asks how each of them
    judges. Patients with NE or MISSING by any reader are left out and counted.

    Parameters
    ----------
    responses : array_like of int, shape (..., reader, patient), or a mapping of reader to codes
        Codes of `Response`, or labels. Axes before the last two are trials, each with a kappa of its own; of a
        mapping each value is (..., patient).
    level : float
        Level of the interval, between 0 and 1.

    Returns
    -------
    Kappa
        With ``.estimate``, ``.low``, ``.high``, ``.observed``, ``.expected``, ``.count``,
        ``.excluded`` and ``.readers``.

    Raises
    ------
    InputError
        For a code or label that is none, fewer than two readers, or unequal shapes.

    References
    ----------
    Fleiss 1971, doi 10.1037/h0031619; Gwet 2008, doi 10.1348/000711006X126600 (the error, with the
    t distribution, as in R's irrCAC).

    Examples
    --------
    >>> fleiss_kappa([[8, 7, 5, 3], [8, 7, 5, 5], [8, 7, 3, 3]])
    Kappa(0.56, 95 % interval -0.26 to 1.00: 3 readers, 4 patients, 0 not judged by all)
    """
    level = as_level(level)
    codes = codes_or_labels(stacked(responses, "responses"), "responses")
    if codes.ndim < 2 or codes.shape[-2] < 2:
        raise InputError(
            "`responses` must have the axes (..., reader, patient) with two readers or more; got "
            f"shape {codes.shape}. Give a row for each reader.",
            argument="responses",
        )
    readers = codes.shape[-2]
    judged = np.asarray((codes > Response.NE).all(axis=-2))
    n = np.count_nonzero(judged, axis=-1)
    categories = [r for r in Response if r > Response.NE]
    # Readers who gave each response, (..., patient, category), of patients judged by all.
    votes = np.stack([np.count_nonzero(codes == r, axis=-2) for r in categories], axis=-1)
    votes = np.where(judged[..., None], votes, 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        shares = votes.sum(axis=-2) / (n * readers)[..., None]
        expected = np.asarray((shares**2).sum(axis=-1))
        agree = (votes * (votes - 1)).sum(axis=-1) / (readers * (readers - 1))
        observed = np.asarray(agree.sum(axis=-1) / n)
        one_only = (votes.sum(axis=-2) > 0).sum(axis=-1) < 2
        estimate = np.where(one_only, np.nan, (observed - expected) / (1 - expected))
        error = _error_of_readers(agree, votes / readers, shares, (estimate, expected), judged)
    parts = (estimate, observed, expected, n, codes.shape[-1] - n)
    margin = error * _t_quantile(level, n - 1)
    return Kappa(
        *(plain(np.asarray(part)) for part in parts),
        low=plain(np.asarray(estimate - margin)),
        high=plain(np.asarray(np.minimum(estimate + margin, 1))),
        level=level,
        readers=readers,
    )


def _error_of_readers(
    agree: Floats, votes: Floats, shares: Floats, kappa: tuple[Floats, Floats], judged: Any
) -> Floats:
    """The standard error of Fleiss' kappa (Gwet 2008, equation 36, without a finite population)."""
    estimate, expected = (part[..., None] for part in kappa)
    n = np.count_nonzero(judged, axis=-1)
    own = (agree - expected) / (1 - expected)
    own_chance = (votes * shares[..., None, :]).sum(axis=-1)
    linear = own - 2 * (1 - estimate) * (own_chance - expected) / (1 - expected)
    squares = np.where(judged, (linear - estimate) ** 2, 0).sum(axis=-1)
    return np.asarray(np.sqrt(squares / (n * np.where(n > 1, n - 1, np.nan))))


def _t_quantile(level: float, freedom: Counts) -> Floats:
    from scipy import special

    return np.asarray(special.stdtrit(np.where(freedom > 0, freedom, np.nan), (1 + level) / 2))


def stacked(values: Any, argument: str) -> Any:
    """The values of a mapping of readers as one array, the readers before the patients."""
    if is_frame_without(values, ("reader", "patient")):
        raise InputError(
            f"`{argument}` must say where its readers are; got a {type(values).__name__} whose rows "
            "and columns have no such name. Give a mapping {reader: values}, or name one axis: "
            "frame.rename_axis(columns='reader').",
            argument=argument,
        )
    if not hasattr(values, "items") or hasattr(values, "iloc") or hasattr(values, "dims"):
        return values
    same_labels(**{f"{argument}[{name!r}]": value for name, value in values.items()})
    columns: Iterable[Any] = [np.asarray(value) for value in values.values()]
    shapes = {np.shape(column) for column in columns}
    if len(shapes) > 1:
        raise InputError(
            f"`{argument}` must have readers of one shape; got {', '.join(map(str, shapes))}. Write "
            "MISSING (NaN for measurements) where a reader did not judge.",
            argument=argument,
        )
    return np.stack(list(columns), axis=-2) if shapes and () not in shapes else np.empty((0, 0))
