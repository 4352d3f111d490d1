"""Grade of a neuroendocrine neoplasm from Ki-67 and mitoses: the WHO classes of the digestive
tract.

Which grade has this tumour? Sources: WHO classification of 2019 (as printed in PMC7763988, table 1,
and by the CAP) and of 2022 (the same limits, from memory). Counts and the differentiation come in,
the grade with what decided it comes out. Not for lung and thymus, which have other limits. The
review (Vogl et al. 2008) has no grade: it is a covariate beside its axes.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from attrs import frozen

from nettumor import _arrays
from nettumor._arrays import Floats
from nettumor._labels import by_label
from nettumor.criteria import Citation
from nettumor.errors import InputTypeError, refuse

_WELL, _POOR = "well", "poor"


@frozen
class GradeLimits:
    """Limits of the grades of one edition, read by `net_grade`.

    Attributes
    ----------
    title : str
    ki67 : (float, float)
        Percent from which grade 2 begins, and above which grade 3 does.
    mitoses : (float, float)
        Mitoses per 2 mm2, likewise.
    citation : Citation

    Examples
    --------
    >>> WHO_2019_GEP.ki67, WHO_2019_GEP.mitoses
    ((3.0, 20.0), (2.0, 20.0))
    """

    title: str
    ki67: tuple[float, float]
    mitoses: tuple[float, float]
    citation: Citation


WHO_2019_GEP = GradeLimits(
    "WHO 2019, digestive tract",
    (3.0, 20.0),
    (2.0, 20.0),
    Citation("WHO classification of tumours of the digestive system 2019", "NET and NEC"),
)
"""G1 below 3 % and below 2 mitoses, G2 to 20 and 20, G3 above."""

WHO_2022_GEP = GradeLimits(
    "WHO 2022, digestive tract",
    (3.0, 20.0),
    (2.0, 20.0),
    Citation(
        "WHO classification of endocrine tumours 2022", "limits of 2019 kept", "", "from memory"
    ),
)
"""The limits of 2019."""


@frozen(eq=False, repr=False)
class NetGrade:
    """Grades, as returned by `net_grade`.

    Attributes
    ----------
    grade : ndarray of str, or str
        "G1", "G2", "G3" (well differentiated), "NEC" (poorly differentiated), "" where there is
        none.
    decided_by : ndarray of str, or str
        "Ki-67", "mitoses", "both" (equal), "differentiation", "".
    note : ndarray of str, or str
        What is missing or contradictory; "" where nothing is.

    Examples
    --------
    >>> net_grade(2.9, 5, "well")
    NetGrade(G2 by mitoses)
    """

    grade: Any
    decided_by: Any
    note: Any

    def __repr__(self) -> str:
        if np.ndim(self.grade) == 0:
            by = f" by {self.decided_by}" if self.decided_by else ""
            return f"NetGrade({self.grade or 'none'}{by}{'; ' if self.note else ''}{self.note})"
        words, counts = np.unique(self.grade, return_counts=True)
        found = ", ".join(f"{n} {w or 'none'}" for w, n in zip(words, counts, strict=True))
        return f"NetGrade({np.size(self.grade)} tumours: {found or 'none'})"


@by_label()
def net_grade(
    ki67: npt.ArrayLike,
    mitoses: npt.ArrayLike,
    differentiation: npt.ArrayLike,
    *,
    limits: GradeLimits = WHO_2019_GEP,
) -> NetGrade:
    """WHO grade of a neuroendocrine neoplasm of the digestive tract; the higher of two counts.

    Parameters
    ----------
    ki67 : array_like of float
        Percent of cells, 0 to 100; NaN where not known: then the mitoses decide, and a note says
        so.
    mitoses : array_like of float, broadcastable
        Per 2 mm2 (counted on 10 mm2 and divided by 5, so that 1.8 is possible); NaN likewise.
    differentiation : str, or array_like of str, broadcastable
        "well" or "poor"; "" where not known: numbers alone do not tell G3 from a carcinoma.
    limits : GradeLimits
        ``WHO_2019_GEP`` or ``WHO_2022_GEP`` (`nettumor.grading`).

    Returns
    -------
    NetGrade
        Poor differentiation is NEC whatever the numbers, but none where both are at most 20: that
        contradicts itself.

    Raises
    ------
    InputError
        For a Ki-67 outside 0 to 100, negative mitoses, another word, and shapes that do not fit.

    References
    ----------
    WHO classification of tumours of the digestive system, 2019 (PMC7763988, table 1); which count
    decides where one is missing is a library choice.

    Examples
    --------
    >>> net_grade([2.9, 3.0, 20.0, 25.0], [1, 1, 20, 1], "well").grade.tolist()
    ['G1', 'G2', 'G2', 'G3']
    """
    if not isinstance(limits, GradeLimits):
        raise InputTypeError(
            f"`limits` must be GradeLimits; got {limits!r}. Take WHO_2019_GEP.", argument="limits"
        )
    share, count, words = _read(ki67, mitoses, differentiation)
    by_ki67 = _class(share, limits.ki67)
    by_mitoses = _class(count, limits.mitoses)
    number = np.maximum(by_ki67, by_mitoses)
    well, poor = words == _WELL, words == _POOR

    # the grade by the numbers, the word NEC, or none
    contradiction = poor & (number > 0) & (number < 3)
    undecided = (number == 3) & ~well & ~poor
    nec = poor & ~contradiction
    grade = np.array(["", "G1", "G2", "G3"])[np.where(contradiction | undecided, 0, number)]
    grade = np.where(nec, "NEC", grade)
    by = np.select(
        [nec, grade == "", by_ki67 == by_mitoses, by_ki67 > by_mitoses],
        ["differentiation", "", "both", "Ki-67"],
        "mitoses",
    )
    note = np.select(
        [
            contradiction,
            undecided,
            nec,
            number == 0,
            by_ki67 == 0,
            by_mitoses == 0,
        ],
        [
            "poor differentiation contradicts a Ki-67 and mitoses of grade 2 or less",
            "G3 or carcinoma: the differentiation is not known",
            "",
            "neither Ki-67 nor mitoses known",
            "Ki-67 not known",
            "mitoses not known",
        ],
        "",
    )
    plain = [a.item() if a.ndim == 0 else a for a in (grade, by, note)]
    return NetGrade(*plain)


def _read(
    ki67: npt.ArrayLike, mitoses: npt.ArrayLike, differentiation: npt.ArrayLike
) -> tuple[Floats, Floats, npt.NDArray[Any]]:
    """The counts and the words of one shape; what cannot be is refused."""
    share, count = _arrays.as_numbers(ki67, "ki67"), _arrays.as_numbers(mitoses, "mitoses")
    repair = "Correct it, or write NaN where not known."
    refuse("ki67", "a percent from 0 to 100", share, (share < 0) | (share > 100), repair)
    wrong = (count < 0) | np.isinf(count)
    refuse("mitoses", "finite and at least 0 per 2 mm2", count, wrong, repair)
    given = np.asarray(differentiation, dtype=object)
    said = ["" if _blank(w) else str(w).strip() for w in given.flat]
    words = np.array(said, dtype=np.str_).reshape(given.shape)
    folded = np.strings.lower(words)
    known = np.isin(folded, ["", _WELL, _POOR])
    refuse("differentiation", 'words "well", "poor" or ""', words, ~known, "Write one of them.")
    share, count, words = _arrays.broadcast(ki67=share, mitoses=count, differentiation=folded)
    return share, count, words


def _blank(word: object) -> bool:
    return word is None or type(word).__name__ == "NAType" or word != word


def _class(values: Floats, limits: tuple[float, float]) -> npt.NDArray[np.int64]:
    """1, 2 or 3 by the limits; 0 where not known."""
    second, third = limits
    grade = 1 + _arrays.at_least(values, second) + _arrays.more_than(values, third)
    return np.where(np.isnan(values), 0, grade).astype(np.int64)
