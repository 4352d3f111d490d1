"""Scales of a questionnaire after the EORTC scoring manual, e.g. of QLQ-GI.NET21.

Which score from 0 to 100 do these answers make? The raw score of a scale is the mean of its
answered items, where at least half are answered (EORTC scoring manual, from memory); it is then
stretched to 0 to 100. Which items make a scale is not here: the questionnaire and its scoring
belong to the EORTC, and the published maps of QLQ-GI.NET21 differ (weight gain was taken out of one
scale in its validation, Yadegarfar et al. 2013). Bring the map of your licence.
"""

from __future__ import annotations

from collections.abc import Mapping
from numbers import Real
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from attrs import field, frozen

from nettumor import _arrays, _levels
from nettumor.errors import InputError, InputTypeError, choose, did_you_mean, refuse
from nettumor.tables import Table

_KINDS = ("symptom", "function")
_SAME = 1e-9
"""So near to a step an answer is at it: 0.3 is three steps of 0.1."""


def _items(values: Any) -> tuple[Any, ...]:
    if isinstance(values, (str, bytes)) or not hasattr(values, "__iter__"):
        raise InputTypeError(
            f"`items` must be the names of the items of a scale; got {values!r}. Give a tuple.",
            argument="items",
        )
    return tuple(values)


@frozen
class Scale:
    """One scale of a questionnaire: its items, and what a high score means.

    Attributes
    ----------
    items : tuple
        Names of the items, as the columns of the answers are called.
    kind : {"symptom", "function"}
        "symptom": a high score is more of it; "function": a high score is better.
    lowest, highest : float
        The answers that an item may have, 1 to 4 in QLQ-GI.NET21.
    step : float or None
        Answers lie so far apart, from ``lowest`` on: 1 for boxes that are ticked; None for any number
        between the ends, such as a mark on a line (visual analogue scale).

    Examples
    --------
    >>> Scale(items=(34, 35, 36)).kind
    'symptom'
    """

    items: tuple[Any, ...] = field(converter=_items)
    kind: Literal["symptom", "function"] = "symptom"
    lowest: float = 1.0
    highest: float = 4.0
    step: float | None = 1.0

    def __attrs_post_init__(self) -> None:
        choose("kind", self.kind, _KINDS)
        if not self.items or len(set(self.items)) < len(self.items):
            raise InputError(
                f"`items` must be one or more different names; got {self.items!r}. Name each item "
                "once.",
                argument="items",
            )
        ends = (self.lowest, self.highest)
        if not all(isinstance(v, Real) for v in ends) or not self.lowest < self.highest:
            raise InputError(
                f"`highest` must be a number above `lowest`; got {self.lowest!r} and "
                f"{self.highest!r}. Give the range of the answers, e.g. 1 and 4.",
                argument="highest",
            )
        step: Any = self.step
        is_number = isinstance(step, Real) and not isinstance(step, bool)
        if step is not None and not (is_number and 0 < step <= self.highest - self.lowest):
            raise InputError(
                f"`step` must be a number above 0, up to the range of the answers, or None; got "
                f"{self.step!r}. Write 1 for boxes that are ticked.",
                argument="step",
            )


def questionnaire_score(answers: npt.ArrayLike, *, scale: Scale) -> Any:
    """Score from 0 to 100 of one scale.

    Raw score: the mean of the answered items. Symptom scale: (raw - lowest) / range x 100; scale of
    function: 100 less that.

    Parameters
    ----------
    answers : array_like of float, shape (..., item)
        In the order of ``scale.items``; NaN where not answered.
    scale : Scale

    Returns
    -------
    ndarray of float, shape (...), or float
        NaN where fewer than half of the items are answered.

    Raises
    ------
    InputError
        For an answer outside the range of the scale or between its steps, and another number of
        items.
    InputTypeError
        For text, and for anything but a `Scale`.

    References
    ----------
    EORTC QLQ scoring manual (linear transformation, half rule; from memory).

    Examples
    --------
    >>> round(questionnaire_score([1, 2, 4], scale=Scale(items=("a", "b", "c"))), 2)
    44.44
    """
    if not isinstance(scale, Scale):
        raise InputTypeError(
            f"`scale` must be a Scale; got {scale!r}. Build one from your item map.",
            argument="scale",
        )
    answer = _arrays.as_numbers(answers, "answers")
    count = len(scale.items)
    if answer.ndim == 0 or answer.shape[-1] != count:
        raise InputError(
            f"`answers` must have the axis (..., item) with {count} items; got shape "
            f"{answer.shape}. Give NaN for an item without answer.",
            argument="answers",
        )
    outside = (answer < scale.lowest) | (answer > scale.highest)
    must = f"answers from {scale.lowest:g} to {scale.highest:g} (NaN where not answered)"
    refuse("answers", must, answer, outside, "Correct it, or leave it blank.")
    if scale.step is not None:
        steps = (answer - scale.lowest) / scale.step
        between = np.abs(steps - np.round(steps)) > _SAME
        must = f"answers in steps of {scale.step:g} from {scale.lowest:g}"
        repair = "Correct it, or give the Scale step=None where any number is an answer."
        refuse("answers", must, answer, between, repair)
    given = ~np.isnan(answer)
    number = np.count_nonzero(given, axis=-1)
    total = np.where(given, answer, 0.0).sum(axis=-1)
    enough = 2 * number >= count
    reach = scale.highest - scale.lowest
    with np.errstate(invalid="ignore", divide="ignore"):
        symptom = 100 * (total - scale.lowest * number) / (reach * number)
    score = symptom if scale.kind == "symptom" else 100 - symptom
    return _levels.plain(np.where(enough, score, np.nan))


def questionnaire_scores(answers: Mapping[Any, Any], scales: Mapping[str, Scale]) -> Table:
    """Scores of every scale of a questionnaire, a column a scale.

    Parameters
    ----------
    answers : mapping of item to array_like of float, shape (patient,)
        A frame or a mapping with a column for each item of the scales; others are left alone.
    scales : mapping of str to Scale
        The item map of the licence.

    Returns
    -------
    Table
        A column of scores for each scale, in the order of ``scales``.

    Raises
    ------
    InputError
        For an item that has no column, naming it, and as in `questionnaire_score`.

    References
    ----------
    EORTC QLQ scoring manual (from memory); structure of QLQ-GI.NET21: Yadegarfar et al. 2013, doi
    10.1038/bjc.2012.560.

    Examples
    --------
    >>> answers = {31: [1, 4], 32: [2, float("nan")], 33: [3, float("nan")]}
    >>> scores = questionnaire_scores(answers, {"endocrine": Scale(items=(31, 32, 33))})
    >>> scores["endocrine"].round(1).tolist()
    [33.3, nan]
    """
    if not isinstance(scales, Mapping) or not scales:
        raise InputTypeError(
            f"`scales` must be a mapping of name to Scale; got {scales!r}. Bring the item map.",
            argument="scales",
        )
    if not hasattr(answers, "keys"):
        raise InputTypeError(
            f"`answers` must be a mapping of item to answers, or a frame; got {answers!r:.60}. Write "
            "{31: [1, 4], 32: [2, 3]}.",
            argument="answers",
        )
    columns = {}
    for name, scale in scales.items():
        if not isinstance(scale, Scale):
            raise InputTypeError(
                f"`scales` must hold Scale objects; got {scale!r} for {name!r}. Build one from "
                "your item map.",
                argument="scales",
            )
        missing = [item for item in scale.items if item not in answers]
        if missing:
            known = map(str, answers.keys())
            raise InputError(
                f"`answers` must have a column for item {missing[0]!r} of scale {name!r}; there is "
                f"none. {did_you_mean(str(missing[0]), known)}",
                argument="answers",
            )
        parts = [_arrays.as_numbers(answers[item], "answers") for item in scale.items]
        stacked = np.stack([np.atleast_1d(p) for p in parts], axis=-1)
        columns[name] = np.asarray(questionnaire_score(stacked, scale=scale))
    return Table(columns)
