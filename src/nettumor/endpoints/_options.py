"""Keywords that several endpoints share: their types, and how they are shown.

What stands once in a signature is taken by the others as a `TypedDict` of keywords; ``help`` and
`inspect.signature` show it in full.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any, ParamSpec, TypedDict, TypeVar

import numpy.typing as npt

from nettumor.criteria import CensoringRule

P = ParamSpec("P")
R = TypeVar("R")


class Ends(TypedDict, total=False):
    """What ends the time that counts, by its days."""

    new_therapy: npt.ArrayLike | None
    cutoff: npt.ArrayLike | None


class Followed(Ends, total=False):
    """What is known of a patient beside the course, and the rule of censoring."""

    days_latest: npt.ArrayLike | None
    death: npt.ArrayLike | None
    death_latest: npt.ArrayLike | None
    new_therapy_latest: npt.ArrayLike | None
    cutoff_latest: npt.ArrayLike | None
    progression: npt.ArrayLike | None
    claim: npt.ArrayLike | None
    baseline_assessed: npt.ArrayLike
    censoring: CensoringRule


def with_keywords_of(stated: Callable[..., Any]) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """A decorator: the function takes, and its signature shows, the keywords of another one for its
    ``**keywords``, and no others.

    Examples
    --------
    >>> def first(day, *, cutoff=None): ...
    >>> @with_keywords_of(first)
    ... def second(day, other, **keywords): ...
    >>> str(inspect.signature(second))
    '(day, other, *, cutoff=None)'
    >>> second(1, 2, cut=3)
    Traceback (most recent call last):
    TypeError: second() got an unexpected keyword argument 'cut'
    """
    given = inspect.signature(stated).parameters.values()
    keywords = [p for p in given if p.kind is inspect.Parameter.KEYWORD_ONLY]

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        own = inspect.signature(function)
        named = [p for p in own.parameters.values() if p.kind is not inspect.Parameter.VAR_KEYWORD]
        shown = own.replace(parameters=named + keywords)
        names = shown.parameters.keys()

        @functools.wraps(function)
        def checked(*args: P.args, **kwargs: P.kwargs) -> R:
            for name in kwargs.keys() - names:
                raise TypeError(
                    f"{function.__name__}() got an unexpected keyword argument {name!r}"
                )
            return function(*args, **kwargs)

        checked.__signature__ = shown  # type: ignore[attr-defined]
        return checked

    return decorate
