"""Diarrhoea as an adverse event: the grade of its increase over baseline (CTCAE)."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from nettumor import _arrays, _levels
from nettumor._labels import by_label
from nettumor.errors import refuse

DIARRHOEA_GRADES = (4.0, 7.0)
"""Increase of the daily stools from which grades 2 and 3 begin: below 4, 4 to 6, 7 and more (CTCAE
5.0).
"""


@by_label(gives="")
def diarrhoea_grade(before: npt.ArrayLike, after: npt.ArrayLike) -> Any:
    """CTCAE grade 0 to 3 of diarrhoea, from the increase of daily stools over baseline.

    Grades 4 and 5 (life-threatening, death) and grade 3 for incontinence or hospitalisation are
    clinical; they are not seen in counts.

    Parameters
    ----------
    before, after : array_like of float, shapes that broadcast
        Stools a day at baseline and now; NaN where not recorded.

    Returns
    -------
    ndarray of float, or float for two numbers
        0 (no increase), 1 (below 4), 2 (from 4, below 7), 3 (from 7); NaN where one is not
        recorded.

    Raises
    ------
    InputError
        For negative or infinite counts, and shapes that do not fit.

    References
    ----------
    CTCAE 5.0 (NCI 2017), gastrointestinal disorders, diarrhoea.

    Examples
    --------
    >>> diarrhoea_grade(2, [2, 5, 6, 8, 9])
    array([0., 1., 2., 2., 3.])
    """
    first, second = _arrays.as_numbers(before, "before"), _arrays.as_numbers(after, "after")
    for name, values in (("before", first), ("after", second)):
        refuse(
            name,
            "finite and at least 0 stools a day (NaN where not recorded)",
            values,
            _levels.impossible(values),
            "Correct it, or leave it blank.",
        )
    first, second = _arrays.broadcast(before=first, after=second)
    grade = _arrays.more_than(second, first).astype(np.float64)
    for increase in DIARRHOEA_GRADES:
        grade += _arrays.at_least(second, first + increase)
    grade = np.where(np.isnan(first) | np.isnan(second), np.nan, grade)
    return _levels.plain(grade)
