"""How much a marker changed, in the classes that one series of the review prints."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from nettumor import _arrays, _levels
from nettumor._labels import by_label
from nettumor.criteria import Citation

KRESS_2003 = (25.0, 50.0, 100.0)
"""Edges of the classes of change, percent (Vogl et al. 2008, Table 2, row of Kress 2003: "< 25 %",
"> 25 %", "> 50 %", "> 100 %").
"""

KRESS_CITATION = Citation(
    "Kress et al. 2003, as in Vogl et al. 2008", "Table 2", "10.1016/j.ejrad.2008.08.008"
)

_CLASSES = ("<25 %", ">25 %", ">50 %", ">100 %")


@by_label()
def kress_change_class(before: npt.ArrayLike, after: npt.ArrayLike) -> Any:
    """Direction and class of the change of a marker, as Kress et al. 2003 count it.

    The review's row does not print which direction is meant; both are named here. A change of
    exactly 25 % has no class in print and is put with "<25 %" (library choice). These are no
    responses: for those see `marker_response`.

    Parameters
    ----------
    before, after : array_like of float, shapes that broadcast
        Values in one unit, from one assay; NaN where not measured.

    Returns
    -------
    ndarray of str, or str
        "decrease >50 %", "increase >100 %", "<25 %"; "" where a value is not measured or 0 before.

    Raises
    ------
    InputError
        For negative or infinite values, and shapes that do not fit.

    References
    ----------
    Kress et al. 2003 in Vogl et al. 2008, Table 2.

    Examples
    --------
    >>> kress_change_class(100, [80, 74, 49, 130, 201]).tolist()
    ['<25 %', 'decrease >25 %', 'decrease >50 %', 'increase >25 %', 'increase >100 %']
    """
    levels = _levels.pair(before, after, "raise")
    known = ~np.isnan(levels.before) & ~np.isnan(levels.after) & (levels.before > 0)
    rank = np.zeros(levels.before.shape, dtype=np.int64)
    for edge in KRESS_2003:
        pair = (levels.before, levels.after)
        rank += _arrays.risen_by(edge, *pair, strict=True, guard=levels.guard)
        rank += _arrays.fallen_by(edge, *pair, strict=True, guard=levels.guard)
    fallen = _arrays.more_than(levels.before, levels.after, levels.guard)
    words = np.array(_CLASSES)[rank]
    direction = np.where(rank == 0, "", np.where(fallen, "decrease ", "increase "))
    return _levels.plain(np.where(known, np.strings.add(direction, words), ""))
