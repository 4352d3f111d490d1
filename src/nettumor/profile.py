"""The review's axes side by side: morphological, biological and symptomatic response, and survival.

Do the axes agree? Vogl et al. 2008, section 4, judges every patient on three axes and on survival
and says that they need not agree (a tumour may stay while its symptoms go). One code per patient
and axis comes in, as `classify`, `marker_response` and `symptom_response` give them; out comes one
table of the cohort, cross-tables of two axes, and Cohen's kappa (Cohen 1960) for the patients
judged on both.
"""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
import numpy.typing as npt
from attrs import field, frozen
from attrs.converters import optional

from nettumor._arrays import Bools, Codes, Floats, as_codes, as_days, as_flags
from nettumor._labels import same_labels
from nettumor.agreement import Kappa, cohens_kappa, cross_table
from nettumor.errors import InputError
from nettumor.tables import Table
from nettumor.terminology import Response, labels

__all__ = ["AXES", "Kappa", "ResponseProfile", "cohens_kappa", "cross_table"]

AXES = ("morphological", "biological", "symptomatic")
"""The axes of response (Vogl et al. 2008, sections 4.1 to 4.3), the morphological one first."""


def _morphological(values: npt.ArrayLike) -> Codes:
    return as_codes(values, "morphological")


def _biological(values: npt.ArrayLike) -> Codes:
    return as_codes(values, "biological")


def _symptomatic(values: npt.ArrayLike) -> Codes:
    return as_codes(values, "symptomatic")


def _time(values: npt.ArrayLike) -> Floats:
    return as_days(values, "time")


def _event(values: npt.ArrayLike) -> Bools:
    return as_flags(values, "event")


def _subject(values: npt.ArrayLike) -> npt.NDArray[Any]:
    return np.asarray(values)


@frozen(eq=False, repr=False, kw_only=True)
class ResponseProfile:
    """The axes of a cohort side by side. Every axis may be left out; all have one element for each
    patient.

    Parameters
    ----------
    morphological, biological, symptomatic : array_like of int, shape (patient,), optional
        Codes of `Response` on each axis; MISSING where the axis does not apply to a patient (no
        symptom at baseline is NE).
    time : array_like of float or timedelta64, shape (patient,), optional
        Survival, days; NaN: no time.
    event : array_like of bool, shape (patient,), optional
        True where the death (or progression) was observed; given together with ``time``.
    subject : array_like of str, shape (patient,), optional
        Names of the patients; else they are numbered from 0.

    Raises
    ------
    InputError
        If no axis is given, lengths differ, a code is none, or only one of ``time`` and ``event``
        is given.

    References
    ----------
    Vogl et al. 2008, section 4.

    Examples
    --------
    >>> profile = ResponseProfile(morphological=[7, 7, 5, 3], symptomatic=[8, 7, 7, 1])
    >>> profile
    ResponseProfile(4 patients: morphological 2 PR, 1 SD, 1 PD; symptomatic 1 CR, 2 PR, 1 NE)
    >>> profile.table().rows()[0]
    {'subject': 0, 'morphological': 'PR', 'symptomatic': 'CR'}
    """

    morphological: Codes | None = field(default=None, converter=optional(_morphological))
    biological: Codes | None = field(default=None, converter=optional(_biological))
    symptomatic: Codes | None = field(default=None, converter=optional(_symptomatic))
    time: Floats | None = field(default=None, converter=optional(_time))
    event: Bools | None = field(default=None, converter=optional(_event))
    subject: npt.NDArray[Any] | None = field(default=None, converter=optional(_subject))

    def __attrs_pre_init__(self, **given: Any) -> None:
        same_labels(**given)  # before the axes are read by position

    def __attrs_post_init__(self) -> None:
        if not self.axes:
            raise InputError(
                f"`ResponseProfile` must have at least one axis of {', '.join(AXES)}; got none. "
                "Give the response codes of each patient.",
                argument="morphological",
            )
        if (self.time is None) != (self.event is None):
            raise InputError(
                "`time` and `event` must be given together; got only one of them. "
                "Take both from one TimeToEvent.",
                argument="time",
            )
        lengths = {name: values.shape for name, values in self._columns().items()}
        if len(set(lengths.values())) > 1 or any(len(shape) != 1 for shape in lengths.values()):
            given = ", ".join(f"`{name}` {shape}" for name, shape in lengths.items())
            raise InputError(
                f"The axes must be one-dimensional and of one length; got {given}. "
                "Write MISSING where a patient was not judged.",
                argument=next(iter(lengths)),
            )

    @property
    def axes(self) -> dict[str, Codes]:
        """The axes that were given: name to codes."""
        return {name: codes for name in AXES if (codes := getattr(self, name)) is not None}

    def _columns(self) -> dict[str, npt.NDArray[Any]]:
        rest = {"subject": self.subject, "time": self.time, "event": self.event}
        return {
            **self.axes,
            **{name: values for name, values in rest.items() if values is not None},
        }

    def table(self) -> Table:
        """One row per patient: subject, a column of labels for each axis, and time and event where
        given.

        Returns
        -------
        Table
        """
        n = next(iter(self.axes.values())).size
        columns: dict[str, npt.NDArray[Any]] = {
            "subject": np.arange(n) if self.subject is None else self.subject
        }
        columns |= {name: labels(codes) for name, codes in self.axes.items()}
        if self.time is not None and self.event is not None:
            columns |= {"time": self.time, "event": self.event}
        return Table(columns)

    def counts(self) -> Table:
        """How many patients have each response on each axis: a row per response, the best first.

        Returns
        -------
        Table
            ``response`` (label) and a column of counts for each axis; each column adds up to the
            cohort.

        Examples
        --------
        >>> profile = ResponseProfile(morphological=[7, 7, 5, 3], symptomatic=[8, 7, 7, 1])
        >>> print(profile.counts().to_csv().splitlines()[2])
        PR,2,2
        """
        rows = sorted(Response, reverse=True)
        columns = {
            name: np.bincount(codes, minlength=len(rows))[rows] for name, codes in self.axes.items()
        }
        return Table({"response": labels(rows), **columns})

    def agreement(self) -> Table:
        """One row per pair of axes: how often they agree, and Cohen's kappa.

        Returns
        -------
        Table
            Columns ``first``, ``second``, ``count`` (judged on both), ``excluded``, ``observed``,
            ``expected`` and ``kappa``.

        Examples
        --------
        >>> profile = ResponseProfile(morphological=[7, 7, 5, 3], symptomatic=[7, 5, 5, 1])
        >>> profile.agreement()["kappa"].round(2).tolist()
        [0.4]
        """
        pairs = list(combinations(self.axes, 2))
        found = [cohens_kappa(self.axes[a], self.axes[b]) for a, b in pairs]
        return Table(
            {
                "first": np.array([a for a, _ in pairs], dtype=np.str_),
                "second": np.array([b for _, b in pairs], dtype=np.str_),
                "count": np.array([k.count for k in found], dtype=np.int64),
                "excluded": np.array([k.excluded for k in found], dtype=np.int64),
                "observed": np.array([k.observed for k in found], dtype=np.float64),
                "expected": np.array([k.expected for k in found], dtype=np.float64),
                "kappa": np.array([k.estimate for k in found], dtype=np.float64),
            }
        )

    def cross_tables(self) -> dict[tuple[str, str], Table]:
        """The cross-table of each pair of axes, by their names (see `cross_table`).

        Returns
        -------
        dict of (str, str) to Table
            Rows are the responses on the first axis, columns those on the second.

        Examples
        --------
        >>> profile = ResponseProfile(morphological=[7, 7, 5], symptomatic=[7, 5, 5])
        >>> profile.cross_tables()["morphological", "symptomatic"]["SD"].tolist()
        [1, 1]
        """
        return {
            (a, b): cross_table(self.axes[a], self.axes[b]) for a, b in combinations(self.axes, 2)
        }

    def discordant(self) -> Table:
        """The patients whose axes do not agree, by name: nothing is merged.

        Returns
        -------
        Table
            As `table`, without time and event: the patients judged (neither NE nor MISSING) on at
            least two axes with different responses.

        Examples
        --------
        >>> profile = ResponseProfile(morphological=[7, 5, 5], symptomatic=[7, 8, 1],
        ...                           subject=["01", "02", "03"])
        >>> profile.discordant()["subject"].tolist()
        ['02']
        """
        codes = np.stack(list(self.axes.values()))
        judged = codes > Response.NE
        best = np.where(judged, codes, -1).max(axis=0)
        worst = np.where(judged, codes, 99).min(axis=0)
        differ = judged.any(axis=0) & (best != worst)
        table = self.table()
        kept = ("subject", *self.axes)
        return Table({name: table[name][differ] for name in kept})

    def explain(self, index: int) -> str:
        """One sentence with the axes of the patient at ``index``.

        Parameters
        ----------
        index : int
            Place of the patient.

        Returns
        -------
        str

        Examples
        --------
        >>> ResponseProfile(morphological=[5], biological=[7], time=[800], event=[False]).explain(0)
        'morphological SD, biological PR; 800.0 days without the event'
        """
        text = ", ".join(
            f"{name} {Response(int(codes[index])).label}" for name, codes in self.axes.items()
        )
        if self.time is None or self.event is None:
            return text
        if np.isnan(self.time[index]):
            return f"{text}; no time"
        return f"{text}; {float(self.time[index])} days {'to' if self.event[index] else 'without'} the event"

    def __repr__(self) -> str:
        parts = []
        for name, codes in self.axes.items():
            counts = [
                (np.count_nonzero(codes == r), r.label) for r in sorted(Response, reverse=True)
            ]
            parts.append(f"{name} {', '.join(f'{n} {label}' for n, label in counts if n)}")
        return (
            f"ResponseProfile({next(iter(self.axes.values())).size} patients: {'; '.join(parts)})"
        )
