"""One cohort by several size criteria, and one limit in one, two and three dimensions.

Which answers of the literature can be compared? A PR by WHO (50 % of a product), by RECIST (30 % of
a diameter) and by the review (more than 30 % in 4.3, more than 50 % in the captions of Figures 3 and
4) are not one outcome. `crosswalk` judges the same lesions by each; `equivalent_limit` gives the
geometric relation of their limits, which holds for lesions that change in proportion.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt
from attrs import frozen

from nettumor import criteria as editions
from nettumor._arrays import as_numbers
from nettumor.agreement import Kappa, cohens_kappa, cross_table
from nettumor.agreement.criteria_compared import agreement_of, changes_of, sentence_of
from nettumor.criteria import BestResponseRule
from nettumor.criteria._parts import Rules
from nettumor.errors import InputError, InputTypeError, refuse
from nettumor.tables import Table
from nettumor.terminology import labels, parse_responses

BESIDE = ("vogl-2008", "vogl-2008-captions", "who-1981", "recist-1.1", "mrecist-2010", "choi-2007")
"""The editions that stand beside each other by default."""

_DIMENSIONS = {"diameter": 1, "product": 2, "volume": 3}


@frozen(eq=False, repr=False)
class Crosswalk:
    """One cohort by several criteria, as returned by `crosswalk`.

    Attributes
    ----------
    subjects : Table
        ``subject``, ``evaluator``, and a column of best responses (labels) for each edition.
    agreement : Table
        A row for each pair of editions: ``first``, ``second``, ``kappa``, ``low``, ``high``,
        ``agree``, ``changed`` (patients judged by both), ``upgraded``, ``not_judged`` (NE or
        MISSING by one of them).
    changes : Table
        Who changes class, a row for each subject and pair: ``subject``, ``evaluator``, ``first``,
        ``second``, ``from``, ``to``.
    editions : tuple of str
        Editions judged by.
    left_out : dict of str to str
        Editions that could not be judged by, with the reason.

    Examples
    --------
    >>> lesions = {"subject": ["01", "01"], "lesion": ["T1", "T1"], "role": ["TARGET"] * 2,
    ...            "day": [0, 60], "size": [50, 32], "perpendicular": [40, 28]}
    >>> walk = crosswalk({"lesions": lesions}, criteria=("vogl-2008", "vogl-2008-captions"))
    >>> walk.changes["from"].tolist(), walk.changes["to"].tolist()
    (['PR'], ['SD'])
    """

    subjects: Table
    agreement: Table
    changes: Table
    editions: tuple[str, ...]
    left_out: dict[str, str]

    def cross_table(self, first: str, second: str) -> Table:
        """How many patients have each pair of best responses by two editions.

        Parameters
        ----------
        first, second : str
            Names of editions judged by.

        Returns
        -------
        Table
            As of `nettumor.cross_table`.
        """
        return cross_table(*(parse_responses(self.subjects[name]) for name in (first, second)))

    def kappa(self, first: str, second: str) -> Kappa:
        """Cohen's kappa of two editions.

        Parameters
        ----------
        first, second : str
            Names of editions judged by.

        Returns
        -------
        Kappa
        """
        return cohens_kappa(*(parse_responses(self.subjects[name]) for name in (first, second)))

    def explain(self) -> str:
        """A line for each pair of editions, and for each that could not be judged by.

        Returns
        -------
        str
        """
        lines = [sentence_of(row) for row in self.agreement.rows()]
        lines += [f"{name} is left out: {why}" for name, why in self.left_out.items()]
        return "\n".join(lines)

    def __repr__(self) -> str:
        return (
            f"Crosswalk({self.subjects.n_rows} patients and readers by {', '.join(self.editions)})"
        )


def crosswalk(
    tables: Any, *, criteria: Sequence[Any] = BESIDE, rule: BestResponseRule | None = None
) -> Crosswalk:
    """Judge one cohort by several size criteria: cross-tables, kappa, who changes class.

    Parameters
    ----------
    tables : Tables, or anything `nettumor.crf.read` takes
        With the lesions table. An edition whose measure the table lacks (no perpendicular
        diameters, no viable ones, no attenuation) is left out and said so.
    criteria : sequence of str or of criteria
        Names of editions or editions; by default the review's two, WHO, RECIST 1.1, mRECIST and
        Choi.
    rule : BestResponseRule, optional
        One rule of best response for all, so that they differ in their limits alone; by default
        each edition's own (WHO and RECIST ask for a confirmation, the review does not).

    Returns
    -------
    Crosswalk

    Raises
    ------
    InputError
        For an edition that is none, or where fewer than two can be judged by.

    References
    ----------
    Vogl et al. 2008, section 4.3 and captions of Figures 3 and 4; the publications of the others.

    Examples
    --------
    >>> lesions = {"subject": ["01", "01", "02", "02"], "lesion": ["T1"] * 4, "role": ["TARGET"] * 4,
    ...            "day": [0, 60, 0, 60], "size": [50, 32, 40, 12], "perpendicular": [40, 28, 30, 9]}
    >>> from nettumor.criteria import VOGL_2008
    >>> walk = crosswalk({"lesions": lesions}, rule=VOGL_2008.best_response)
    >>> print(walk.explain().splitlines()[0])
    vogl-2008 and vogl-2008-captions: kappa 0.00, 1 of 2 changes class
    >>> sorted(walk.left_out)
    ['choi-2007', 'mrecist-2010']
    """
    from nettumor.assessment import assess  # a large part of the library, for this question alone
    from nettumor.crf import read

    study = read(tables)
    if isinstance(criteria, str) or not isinstance(criteria, Iterable):
        raise InputTypeError(
            f"`criteria` must be two editions or more, or their names; got {criteria!r:.60}. Write "
            'criteria=["recist-1.1", "who-1981"].',
            argument="criteria",
        )
    asked = {_name(edition): _edition(edition) for edition in criteria}
    best: dict[str, npt.NDArray[Any]] = {}
    left_out: dict[str, str] = {}
    keys: dict[str, npt.NDArray[Any]] = {}
    for name, edition in asked.items():
        found = assess(study, criteria=edition, rule=rule)
        lacking = _lacking(found.provenance, edition)
        if lacking:
            left_out[name] = f"the lesions table lacks {lacking}"
            continue
        best[name] = found.subjects["best"]
        keys = {key: found.subjects[key] for key in ("subject", "evaluator")}
    if len(best) < 2:
        raise InputError(
            f"`criteria` must leave two editions that the table can be judged by; got "
            f"{', '.join(asked)}. {' '.join(f'{n}: {why}.' for n, why in left_out.items())}",
            argument="criteria",
        )
    codes = {name: np.asarray(parse_responses(column)) for name, column in best.items()}
    return Crosswalk(
        Table({**keys, **{name: labels(c) for name, c in codes.items()}}),
        agreement_of(codes),
        changes_of(codes, keys),
        tuple(best),
        left_out,
    )


def _name(edition: Any) -> str:
    return edition.name if isinstance(edition, Rules) else str(edition)


def _edition(edition: Any) -> Any:
    return edition if isinstance(edition, Rules) else editions.get(edition, argument="criteria")


def _lacking(provenance: Table, edition: Any) -> str:
    """The measures that an edition needs and the lesions table does not have."""
    notes = dict(zip(provenance["item"].tolist(), provenance["value"].tolist(), strict=True))
    lacking = str(notes["measures of the criteria that the table lacks"])
    return "" if lacking == "none" else lacking


def equivalent_limit(percent: npt.ArrayLike, *, measure: str = "diameter", to: str) -> Any:
    """A limit in another dimension, for lesions that change in proportion.

    A diameter that falls by 30 % takes the product of two with it by 51 % and the volume by 65.7 %:
    factors are multiplied out, ``(1 + percent / 100) ** (dimensions of to / of measure)``.

    Parameters
    ----------
    percent : array_like of float
        Change in percent, -100 or more; negative where the size falls.
    measure, to : {"diameter", "product", "volume"}
        What the limit is of, and what it is wanted of.

    Returns
    -------
    ndarray of float, or float for a scalar
        Percent; NaN for NaN.

    Raises
    ------
    InputError
        For a change below -100 % or an unknown measure.

    References
    ----------
    Geometry; James et al. 1999, doi 10.1093/jnci/91.6.523 (one and two dimensions); RECIST 1.0,
    Therasse et al. 2000, Appendix II (-30 % is -51 % and -65.7 %; +20 % is +44 % and +72.8 %).

    Examples
    --------
    >>> [equivalent_limit(p, to=m) for p in (-30, 20) for m in ("product", "volume")]
    [-51.0, -65.7, 44.0, 72.8]
    >>> round(equivalent_limit(-50, measure="product", to="diameter"), 2)
    -29.29
    """
    for argument, name in (("measure", measure), ("to", to)):
        if not isinstance(name, str) or name not in _DIMENSIONS:
            raise InputError(
                f"`{argument}` must be one of 'diameter', 'product', 'volume'; got {name!r}. They "
                "have 1, 2 and 3 dimensions.",
                argument=argument,
            )
    change = as_numbers(percent, "percent")
    refuse(
        "percent",
        "finite and -100 or more",
        change,
        (change < -100) | np.isinf(change),
        "Nothing is less than gone.",
    )
    refuse("percent", "at most 1e9", change, change > 1e9, "No size grows more.")
    power = Fraction(_DIMENSIONS[to], _DIMENSIONS[measure])
    out = np.array([_powered(float(c), power) for c in change.ravel()], dtype=np.float64).reshape(
        change.shape
    )
    return float(out) if out.ndim == 0 else out


def _powered(percent: float, power: Fraction) -> float:
    """The change taken to a power: whole powers in exact decimals, roots as float."""
    if percent != percent:
        return percent
    factor = 1 + Fraction(str(percent)) / 100
    if power.denominator == 1:
        return float(100 * (factor**power.numerator - 1))
    return float(100 * (float(factor) ** float(power) - 1))
