"""The review's options for patients, each with its conditions and its place in the review."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
from attrs import frozen

from nettumor.errors import InputError
from nettumor.evidence._data import NOTICE, numbers_in, read
from nettumor.indication.conditions import MET, NOT_KNOWN, NOT_MET, Answers, evaluate
from nettumor.indication.patients import read_patients
from nettumor.tables import Table

_STATUS = {int(MET): "met", int(NOT_KNOWN): "not known", int(NOT_MET): "not met"}
_PACKAGE = ("nettumor.indication", "")


def guidance() -> Table:
    """The review's statements on treatment, in the order of the review.

    Returns
    -------
    Table
        A row for each of 72: ``order``, ``id``, ``option``, ``direction`` (recommended, considered,
        limited, not recommended), ``purpose``, the conditions as printed, ``statement`` (in our
        words), ``section``, ``place`` (the printed words), ``reference_no``, ``contradicts``,
        ``contradiction_note``.

    References
    ----------
    Vogl et al. 2008, doi 10.1016/j.ejrad.2008.08.008. Dated 2008; not medical advice.

    Examples
    --------
    >>> rows = guidance()
    >>> rows.n_rows, rows.rows()[0]["statement"]
    (72, 'Few nodules in the liver: local resection, on a par with ablation.')
    """
    return read("guidance", *_PACKAGE)


@lru_cache(maxsize=1)
def _conditions() -> dict[str, list[dict[str, Any]]]:
    """The conditions of each statement, by its identifier."""
    found: dict[str, list[dict[str, Any]]] = {}
    for row in read("conditions", *_PACKAGE).rows():
        found.setdefault(row["id"], []).append(row)
    return found


@frozen(eq=False, repr=False)
class Guidance:
    """The review's statements for patients, as returned by `recommend`.

    Attributes
    ----------
    status : ndarray of str, shape (..., statement)
        "met" (all conditions are, or none is printed), "not met" (one is not) or "not known", in
        the order of `guidance`.
    answers : dict of str to tuple of ndarray
        By identifier the answers of its conditions, each of the shape of the patients: 1 met, 0 not
        known, -1 not met, 2 no condition (a purpose, where none is given).
    notice : str
        The source and its date; not medical advice.

    Examples
    --------
    >>> found = recommend(n_lesions=[2, 12], largest_cm=[2.5, 6])
    >>> found
    Guidance(2 patients, 72 statements; Vogl et al. 2008; not medical advice)
    """

    status: npt.NDArray[np.str_]
    answers: dict[str, tuple[Answers, ...]]
    notice: str = NOTICE

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the patients."""
        return self.status.shape[:-1]

    @property
    def options(self) -> Table:
        """A row for each patient and statement, in the review's order.

        Columns ``patient`` (place in the raveled array), ``option``, ``direction``, ``status``,
        ``purpose``, ``strength``, ``conditions`` ("none printed" where there are none), ``met``,
        ``not_met``, ``not_known`` (the conditions by their answer), ``reading`` (where a word of the
        review is read as a number), ``statement``, ``section``, ``place``, ``reference_no``,
        ``id``, ``contradicts`` (identifiers), ``contradicted_by`` (those of them that are not "not
        met" here), ``contradiction``, ``notice``.
        """
        rows = guidance()
        number = int(np.prod(self.shape, dtype=np.intp))
        status = self.status.reshape(number, rows.n_rows)
        columns: dict[str, Any] = {"patient": np.repeat(np.arange(number), rows.n_rows)}
        for name in ("option", "direction"):
            columns[name] = np.tile(rows[name], number)
        columns["status"] = status.ravel()
        for name in ("purpose", "strength"):
            columns[name] = np.tile(rows[name], number)
        texts = self._texts(number)
        columns |= {name: texts[name] for name in _TEXTS[:-1]}
        for name in ("statement", "section", "place", "reference_no", "id", "contradicts"):
            columns[name] = np.tile(rows[name], number)
        columns["contradicted_by"] = texts["contradicted_by"]
        columns["contradiction"] = np.tile(rows["contradiction_note"], number)
        columns["notice"] = np.repeat(np.array([self.notice]), number * rows.n_rows)
        return Table(columns)

    def _texts(self, number: int) -> dict[str, npt.NDArray[Any]]:
        """The columns of text, a row for each patient and statement.

        Patients with the same answers to all conditions have the same text: it is written once.
        """
        flat = [a.reshape(number) for answers in self.answers.values() for a in answers]
        alike, first, pattern = np.unique(
            np.stack(flat, axis=-1), axis=0, return_index=True, return_inverse=True
        )
        status = self.status.reshape(number, guidance().n_rows)
        cells: dict[str, list[list[str]]] = {name: [] for name in _TEXTS}
        for answers, one in zip(alike.tolist(), first.tolist(), strict=True):
            for name, column in _texts_of(answers, status[one]).items():
                cells[name].append(column)
        width = status.shape[1]
        return {
            name: np.array(column, dtype=np.str_).reshape(-1, width)[pattern.ravel()].ravel()
            for name, column in cells.items()
        }

    def explain(self, index: Any = ()) -> str:
        """The statements for one patient that are met or not known, a line each, and the notice.

        Parameters
        ----------
        index : int or tuple of int
            Which patient; nothing for a single one.

        Returns
        -------
        str

        Examples
        --------
        >>> text = recommend(n_lesions=3, largest_cm=2.5, lobes=1, resectable=True).explain()
        >>> print(text.splitlines()[0])
        Vogl et al. 2008; not medical advice. What the review says of this patient, in its order:
        >>> print(text.splitlines()[1][:103])
        - resection, recommended (abstract): Few nodules in the liver: local resection, on a par with ablation.
        >>> print(text.splitlines()[1][104:])
        Met: oligonodular. The review contradicts itself: G-52 (TACE), G-67 (TAE), G-55 (resection).
        """
        where = index if isinstance(index, tuple) else (index,)
        try:
            status = np.asarray(self.status[where])
            one = status.shape == (guidance().n_rows,)
        except IndexError:
            one = False
        if not one:
            raise InputError(
                f"`index` must name one of the patients of shape {self.shape}; got {index!r}. Give "
                "an index for each axis.",
                argument="index",
            )
        rows = guidance()
        option_of = {row["id"]: row["option"] for row in rows.rows()}
        lines = [f"{self.notice}. What the review says of this patient, in its order:"]
        for row, state in zip(rows.rows(), status.tolist(), strict=True):
            if state == "not met":
                continue
            still = [f"{i} ({option_of[i]})" for i in _still(status, row["contradicts"], rows)]
            lines.append(self._line(row, where, still))
        left = int(np.count_nonzero(status == "not met"))
        lines.append(f"{left} of {rows.n_rows} statements do not apply: a condition is not met.")
        return "\n".join(lines)

    def _line(self, row: dict[str, Any], where: tuple[int, ...], still: list[str]) -> str:
        conditions = _conditions().get(row["id"], [])
        answers = [int(a[where]) for a in self.answers.get(row["id"], ())]
        section = row["section"]
        at = section if section.startswith(("abstract", "caption")) else f"section {section}"
        parts = [f"- {row['option']}, {row['direction']} ({at}): {row['statement']}"]
        for word, wanted in (("Met", MET), ("Not known", NOT_KNOWN)):
            words = _joined(
                c["words"] for c, a in zip(conditions, answers, strict=True) if a == wanted
            )
            parts += [f"{word}: {words}."] * bool(words)
        parts += [f"For {row['purpose'].replace('; ', ', ')}."] * (2 in answers)
        parts += ["No condition is printed."] * (not conditions)
        parts += [f"The review contradicts itself: {', '.join(still)}."] * bool(still)
        return " ".join(parts)

    def __repr__(self) -> str:
        number = int(np.prod(self.shape, dtype=np.intp))
        return f"Guidance({number} patients, {self.status.shape[-1]} statements; {self.notice})"


_TEXTS = ("conditions", "met", "not_met", "not_known", "reading", "contradicted_by")


def _texts_of(answers: list[int], status: npt.NDArray[Any]) -> dict[str, list[str]]:
    """The text of each statement for one set of answers, which stand in the order of the data."""
    rows, left = guidance(), iter(answers)
    answered = {i: [(c, next(left)) for c in found] for i, found in _conditions().items()}
    cells: dict[str, list[str]] = {name: [] for name in _TEXTS}
    for identifier, contradicts in zip(
        rows["id"].tolist(), rows["contradicts"].tolist(), strict=True
    ):
        both = answered.get(identifier, [])
        cells["conditions"].append(_joined(c["words"] for c, _ in both) or "none printed")
        for name, wanted in (("met", MET), ("not_met", NOT_MET), ("not_known", NOT_KNOWN)):
            cells[name].append(_joined(c["words"] for c, a in both if a == wanted))
        cells["reading"].append(_joined(c["reading"] for c, _ in both if c["reading"]))
        cells["contradicted_by"].append(";".join(_still(status, contradicts, rows)))
    return cells


def _joined(words: Any) -> str:
    return "; ".join(dict.fromkeys(words))


def _still(status: npt.NDArray[Any], contradicts: str, rows: Table) -> list[str]:
    """The contradicting statements that are not ruled out for this patient."""
    wanted = numbers_in(contradicts)
    if not wanted:
        return []
    pairs = zip(rows["id"].tolist(), status.tolist(), strict=True)
    return [i for i, state in pairs if i in wanted and state != "not met"]


def recommend(
    *,
    n_lesions: npt.ArrayLike,
    largest_cm: npt.ArrayLike,
    lobes: Any = None,
    extrahepatic: Any = None,
    symptomatic: Any = None,
    age: Any = None,
    liver_infiltration_percent: Any = None,
    debulkable_percent: Any = None,
    vein_involvement: Any = None,
    resectable: Any = None,
    recurrence: Any = None,
    purpose: Any = None,
) -> Guidance:
    """What the review of 2008 says of patients like these: its statements and their conditions.

    Nothing is chosen or weighed. Every argument takes one value or an array of patients; None or NaN
    is not known, and a condition on it is then "not known".

    Parameters
    ----------
    n_lesions : array_like of int
        Liver metastases.
    largest_cm : array_like of float
        Diameter of the largest, in cm (not mm: the review prints cm here).
    lobes : array_like of int, optional
        Lobes involved, 1 or 2.
    extrahepatic, symptomatic, vein_involvement, resectable : array_like of bool, optional
        Metastases outside the liver; symptoms of the tumour; central veins or portal vein involved;
        resectable with what the centre can do.
    age : array_like of float, optional
        Years.
    liver_infiltration_percent, debulkable_percent : array_like of float, optional
        Share of the liver that is infiltrated; share of the tumour load that surgery can remove.
    recurrence : str, bool or array_like of them, optional
        "none", "after resection", "after ablation", "after transplantation" or "other".
    purpose : str or array_like of str, optional
        "cure", "palliation", "symptom control", "marker control", "tumour control", "survival" or
        "downsizing". None: statements for any purpose.

    Returns
    -------
    Guidance
        With ``.options`` (Table) and ``.explain()``; dated 2008, not medical advice.

    Raises
    ------
    InputError
        For numbers that cannot be, words that are not known, or shapes that do not broadcast.

    References
    ----------
    Vogl et al. 2008, abstract and sections 1 to 6, doi 10.1016/j.ejrad.2008.08.008.

    Examples
    --------
    >>> found = recommend(n_lesions=3, largest_cm=2.5)
    >>> rows = [r for r in found.options.rows() if r["option"] == "resection" and r["section"] == "6"]
    >>> rows[0]["status"], rows[0]["met"]
    ('met', 'fewer than 5 lesions; each under 5 cm')
    """
    shape, patients = read_patients(
        {
            "n_lesions": n_lesions,
            "largest_cm": largest_cm,
            "lobes": lobes,
            "extrahepatic": extrahepatic,
            "symptomatic": symptomatic,
            "age": age,
            "liver_infiltration_percent": liver_infiltration_percent,
            "debulkable_percent": debulkable_percent,
            "vein_involvement": vein_involvement,
            "resectable": resectable,
            "recurrence": recurrence,
            "purpose": purpose,
        }
    )
    answers = {
        identifier: tuple(np.asarray(evaluate(c, patients), dtype=np.int8) for c in conditions)
        for identifier, conditions in _conditions().items()
    }
    words = np.array([_STATUS[state] for state in (-1, 0, 1)])
    status = np.empty((*shape, guidance().n_rows), dtype=words.dtype)
    for i, identifier in enumerate(guidance()["id"].tolist()):
        # The weakest answer decides; without conditions there is nothing to miss.
        weakest = np.full(shape, MET)
        for answer in answers.get(identifier, ()):
            weakest = np.minimum(weakest, answer)
        status[..., i] = words[weakest + 1]
    return Guidance(status, answers)
