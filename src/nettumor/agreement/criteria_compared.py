"""One cohort by several criteria: who changes class, how often, and how far chance explains it.

By how many of these criteria would the patient have had another response? Sources: Cohen 1960 (kappa
of each pair), and whatever criteria are compared. Sizes, or responses that were judged already, come
in; tables of all pairs go out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from typing import Any

import numpy as np
import numpy.typing as npt
from attrs import frozen

from nettumor._arrays import Codes
from nettumor._labels import places_of, same_labels
from nettumor.agreement.kappa import Kappa, as_level, cohens_kappa, cross_table
from nettumor.best_response import best_overall_response
from nettumor.criteria import BestResponseRule, SizeCriteria, get
from nettumor.criteria._types import require
from nettumor.errors import InputError, InputTypeError, did_you_mean
from nettumor.morphology import target_response
from nettumor.tables import Table
from nettumor.terminology import Response, codes_or_labels, labels


@frozen(eq=False, repr=False)
class CriteriaComparison:
    """One cohort by several criteria, as returned by `compare_responses` and `compare_criteria`.

    Attributes
    ----------
    responses : Table
        The place of each element (``patient``, or ``axis_0`` and so on; of DataArrays the labels of
        their axes) and its response by each of the criteria, a column each.
    counts : Table
        A row for each response, the best first, and a column of counts for each of the criteria.
    agreement : Table
        A row for each pair: ``first``, ``second``, ``kappa``, ``low``, ``high``, ``agree``,
        ``changed`` (both judged, class not the same), ``upgraded`` (of them those better by the
        second), ``not_judged`` (NE or MISSING by one of the two).
    changes : Table
        Who changes class, a row for each place and pair: the place, ``first``, ``second``,
        ``from``, ``to``. NE and MISSING are shown as what they are.
    kappas : ndarray of float, shape (criteria, criteria)
        Cohen's kappa of each pair, 1 on the diagonal.
    names : tuple of str
        The criteria, in the order of the columns.
    codes : dict of str to ndarray of int8
        The responses as they were compared.

    Examples
    --------
    >>> from nettumor import compare_responses
    >>> compare_responses({"RECIST 1.1": [7, 5, 5, 3], "WHO": [7, 7, 5, 3]})
    CriteriaComparison(4 patients by RECIST 1.1, WHO: 1 changes class, kappas 0.64)
    """

    responses: Table
    counts: Table
    agreement: Table
    changes: Table
    kappas: npt.NDArray[np.float64]
    names: tuple[str, ...]
    codes: dict[str, Codes]

    def cross_table(self, first: str, second: str) -> Table:
        """How many elements have each pair of responses by two of the criteria.

        Parameters
        ----------
        first, second : str
            Two of ``names``: rows are the responses by the first, columns those by the second.

        Returns
        -------
        Table
            As of `nettumor.cross_table`.
        """
        return cross_table(*(self._of(name).ravel() for name in (first, second)))

    def _of(self, name: str) -> Codes:
        if name not in self.codes:
            raise InputError(
                f"`first` and `second` must be compared criteria; got {name!r}. "
                f"{did_you_mean(name, self.names)}",
                argument="first",
            )
        return self.codes[name]

    def explain(self) -> str:
        """A line for each pair.

        Returns
        -------
        str

        Examples
        --------
        >>> print(compare_responses({"RECIST 1.1": [7, 5, 5, 3], "WHO": [7, 7, 5, 3]}).explain())
        RECIST 1.1 and WHO: kappa 0.64, 1 of 4 changes class
        """
        return "\n".join(sentence_of(row) for row in self.agreement.rows())

    def __repr__(self) -> str:
        changed = len(set(zip(*(self.changes[c].tolist() for c in self._places), strict=True)))
        off = self.kappas[np.triu_indices(len(self.names), 1)]
        ends = sorted({f"{k:.2f}" for k in (np.min(off), np.max(off))})
        shown = ", ".join(self.names[:4]) + (" ..." if len(self.names) > 4 else "")
        n, what = self.responses.n_rows, "patients" if len(self._places) == 1 else "assessments"
        return (
            f"CriteriaComparison({n} {what} by {shown}: {changed} {_change(changed)} class, kappas "
            f"{' to '.join(ends)})"
        )

    @property
    def _places(self) -> list[str]:
        return [name for name in self.changes if name not in ("first", "second", "from", "to")]


def _change(count: int) -> str:
    return "changes" if count == 1 else "change"


def sentence_of(row: Mapping[str, Any]) -> str:
    """A pair of criteria in words."""
    changed = row["changed"]
    return (
        f"{row['first']} and {row['second']}: kappa {row['kappa']:.2f}, {changed} of "
        f"{row['agree'] + changed} {_change(changed)} class"
    )


def agreement_of(codes: Mapping[str, Codes], level: float = 0.95) -> Table:
    """A row for each pair of criteria, with kappa and how many change class."""
    pairs = list(combinations(codes, 2))
    found = [cohens_kappa(codes[a].ravel(), codes[b].ravel(), level=level) for a, b in pairs]
    return Table(
        {
            "first": np.array([a for a, _ in pairs], dtype=np.str_),
            "second": np.array([b for _, b in pairs], dtype=np.str_),
            "kappa": np.array([k.estimate for k in found]),
            "low": np.array([k.low for k in found]),
            "high": np.array([k.high for k in found]),
            "agree": np.array([_agree(k) for k in found]),
            "changed": np.array([k.count - _agree(k) for k in found]),
            "upgraded": np.array([_upgraded(codes[a], codes[b]) for a, b in pairs]),
            "not_judged": np.array([k.excluded for k in found]),
        }
    )


def _agree(kappa: Kappa) -> int:
    return round(kappa.observed * kappa.count) if kappa.count else 0


def _upgraded(first: Codes, second: Codes) -> int:
    return int(np.count_nonzero((first > Response.NE) & (second > first)))


def changes_of(codes: Mapping[str, Codes], keys: Mapping[str, npt.NDArray[Any]]) -> Table:
    """Who changes class between each pair of criteria; ``keys`` name the elements."""
    parts: dict[str, list[npt.NDArray[Any]]] = {
        name: [] for name in (*keys, "first", "second", "from", "to")
    }
    for first, second in combinations(codes, 2):
        before, after = codes[first].ravel(), codes[second].ravel()
        changed = np.flatnonzero(before != after)
        for name, values in keys.items():
            parts[name].append(values[changed])
        parts["first"].append(np.full(changed.size, first))
        parts["second"].append(np.full(changed.size, second))
        parts["from"].append(labels(before[changed]))
        parts["to"].append(labels(after[changed]))
    return Table({name: np.concatenate(columns) for name, columns in parts.items()})


def compare_responses(
    responses: Mapping[str, npt.ArrayLike], *, level: float = 0.95
) -> CriteriaComparison:
    """Compare responses of one cohort by several criteria (or readers), all pairs in one call.

    Parameters
    ----------
    responses : mapping of str to array_like of int, shape (patient,) or (..., patient)
        Codes of `Response`, or labels, by each of the criteria, all of one shape.
    level : float
        Level of the intervals of kappa, between 0 and 1.

    Returns
    -------
    CriteriaComparison
        With ``.responses``, ``.counts``, ``.agreement``, ``.changes``, ``.kappas``,
        ``.cross_table(first, second)`` and ``.explain()``.

    Raises
    ------
    InputError
        For fewer than two criteria, unequal shapes, or a code that is none.

    References
    ----------
    Cohen 1960, doi 10.1177/001316446002000104 (kappa of each pair).

    Examples
    --------
    >>> found = compare_responses({"RECIST 1.1": [7, 5, 5, 3], "WHO": [7, 7, 5, 1]})
    >>> found.changes.rows()[0]
    {'patient': 1, 'first': 'RECIST 1.1', 'second': 'WHO', 'from': 'SD', 'to': 'PR'}
    >>> found.kappas.round(2).tolist()
    [[1.0, 0.4], [0.4, 1.0]]
    """
    level = as_level(level)
    if not hasattr(responses, "items") or len(responses) < 2:
        held = f" of {len(responses)}" if hasattr(responses, "__len__") else ""
        raise InputError(
            "`responses` must be a mapping of two criteria or more to codes; got "
            f"{type(responses).__name__}{held}. Write "
            "compare_responses({'RECIST 1.1': ..., 'WHO': ...}).",
            argument="responses",
        )
    same_labels(**{f"responses[{name!r}]": values for name, values in responses.items()})
    codes = {
        str(name): np.atleast_1d(codes_or_labels(values, f"responses[{name!r}]"))
        for name, values in responses.items()
    }
    shapes = {name: values.shape for name, values in codes.items()}
    if len(set(shapes.values())) > 1:
        raise InputError(
            f"`responses` must have criteria of one shape; got {shapes}. Write MISSING where a "
            "patient was not judged.",
            argument="responses",
        )
    shape = next(iter(shapes.values()))
    names = ["patient"] if len(shape) == 1 else [f"axis_{i}" for i in range(len(shape))]
    places = places_of(next(iter(responses.values()))) or dict(
        zip(names, np.indices(shape).reshape(len(shape), -1), strict=True)
    )
    agreement = agreement_of(codes, level)
    return CriteriaComparison(
        responses=Table({**places, **{n: labels(c).ravel() for n, c in codes.items()}}),
        counts=_counts(codes),
        agreement=agreement,
        changes=changes_of(codes, places),
        kappas=_matrix(agreement["kappa"], len(codes)),
        names=tuple(codes),
        codes=codes,
    )


def _counts(codes: Mapping[str, Codes]) -> Table:
    rows = sorted(Response, reverse=True)
    columns = {
        name: np.bincount(values.ravel(), minlength=len(rows))[rows]
        for name, values in codes.items()
    }
    return Table({"response": labels(rows), **columns})


def _matrix(pairs: npt.NDArray[Any], size: int) -> npt.NDArray[np.float64]:
    """The kappas of all pairs as a matrix, 1 on the diagonal."""
    matrix = np.eye(size)
    first, second = np.triu_indices(size, 1)
    matrix[first, second] = matrix[second, first] = pairs
    return matrix


def compare_criteria(
    sizes: npt.ArrayLike | Mapping[str, npt.ArrayLike],
    days: npt.ArrayLike | None = None,
    *,
    criteria: Sequence[SizeCriteria | str],
    nodal: npt.ArrayLike = False,
    rule: BestResponseRule | None = None,
    level: float = 0.95,
) -> CriteriaComparison:
    """Judge one cohort's target lesions by several size criteria, and compare who changes class.

    Parameters
    ----------
    sizes : array_like of float, shape (..., patient, lesion, timepoint), or a mapping
        Sizes as `target_response` takes them. Criteria of several measures take a mapping of
        measure ("diameter", "product", "volume") to sizes.
    days : array_like of float, shape (..., timepoint), optional
        Days of the visits. Given, the best overall response of each patient is compared; without
        days the target response of each visit.
    criteria : sequence of SizeCriteria or of their names
        Two or more editions.
    nodal : array_like of bool, shape (..., lesion)
        As in `target_response`.
    rule : BestResponseRule, optional
        One rule of best response for all, so that they differ in their limits alone; by default
        each edition's own.
    level : float
        Level of the intervals of kappa.

    Returns
    -------
    CriteriaComparison

    Raises
    ------
    InputError
        For fewer than two editions, one edition twice, measures that were not given, and whatever
        `target_response` refuses.

    References
    ----------
    Those of the editions; Cohen 1960.

    Examples
    --------
    >>> import numpy as np
    >>> sizes = np.array([[[50, 34]], [[40, 12]], [[30, 30]]])  # patient, lesion, timepoint
    >>> found = compare_criteria(sizes, [0, 60], criteria=["vogl-2008", "vogl-2008-captions"])
    >>> print(found.explain())
    vogl-2008 and vogl-2008-captions: kappa 0.40, 1 of 3 changes class
    """
    editions: list[SizeCriteria] = []
    if not isinstance(criteria, Iterable):
        raise InputTypeError(
            f"`criteria` must be two editions or more, or their names; got {criteria!r:.60}. Write "
            'criteria=["recist-1.1", "who-1981"].',
            argument="criteria",
        )
    if rule is not None:
        require(rule, BestResponseRule, "compare_criteria", "rule")
    for asked in [criteria] if isinstance(criteria, str) else criteria:
        edition: Any = get(asked, argument="criteria") if isinstance(asked, str) else asked
        require(edition, SizeCriteria, "compare_criteria")
        editions.append(edition)
    names = [edition.name for edition in editions]
    if len(set(names)) < max(len(names), 2):
        raise InputError(
            f"`criteria` must be two editions or more, each once; got {', '.join(names) or 'none'}. "
            "Give a variant a name of its own: attrs.evolve(edition, name=...).",
            argument="criteria",
        )
    of_measure = _by_measure(sizes, editions)
    codes = {}
    for edition in editions:
        course = target_response(
            of_measure[edition.measure], nodal=nodal, days=days, criteria=edition
        ).response
        if days is not None:
            chosen = edition.best_response if rule is None else rule
            course = best_overall_response(course, days, rule=chosen).response
        codes[edition.name] = course
    return compare_responses(codes, level=level)


def _by_measure(sizes: Any, editions: Sequence[SizeCriteria]) -> dict[str, Any]:
    """The sizes that each measure of the editions takes."""
    needed = {edition.measure: edition.title for edition in editions}
    if not hasattr(sizes, "items") or hasattr(sizes, "iloc") or hasattr(sizes, "dims"):
        if len(needed) > 1:
            raise InputError(
                f"`sizes` must be given by measure ({', '.join(needed)}), which these criteria ask "
                "for; got one array. Write sizes={'diameter': ..., 'product': ...}.",
                argument="sizes",
            )
        return dict.fromkeys(needed, sizes)
    lacking = [measure for measure in needed if measure not in sizes]
    if lacking:
        raise InputError(
            f"`sizes` must hold a {lacking[0]}, which {needed[lacking[0]]} measures; got "
            f"{', '.join(map(str, sizes)) or 'nothing'}. Add it, or leave the criteria out.",
            argument="sizes",
        )
    return dict(sizes)
