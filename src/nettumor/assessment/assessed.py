"""What an assessment holds: the tables of a study after the chain, with the arrays behind them.

`result` says what can be asked of them; `adam` and `evaluators` make other tables of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt
from attrs import field, fields, frozen

from nettumor._late import Once
from nettumor._sealed import Sealed, alike, sealed
from nettumor.assessment.course import Outcome
from nettumor.assessment.judgement import Judgement
from nettumor.assessment.ragged import Judgements
from nettumor.crf.came_as import CameAs
from nettumor.crf.intake import intake_table
from nettumor.tables import Table


def _once(make: Callable[[], Any]) -> Once[Any]:
    """What is made when it is asked for, in a form that goes through pickle."""
    return Once(make)


def _none() -> None:
    """Nothing to ask for."""


@frozen(eq=False, repr=False, slots=False)
class Assessed(Sealed):
    """The tables and what they were made of; `nettumor.Assessment` says what each is."""

    timepoints: Table
    subjects: Table
    events: Table
    provenance: Table
    criteria: Any
    judgement: Judgement | Judgements
    outcome: Outcome
    reference: npt.NDArray[np.float64]
    _place: Callable[[], tuple[npt.NDArray[np.int64], ...]]
    frame_kind: str = ""
    counts_days: bool = False
    categories: Mapping[str, CameAs] = field(factory=lambda: MappingProxyType({}))
    intake: Table = field(factory=lambda: intake_table([]))
    sources: Callable[[], Any] = field(default=_none, converter=_once)
    carried: tuple[str, ...] = ()
    accepted: Callable[[], Any] = field(default=_none, converter=_once)

    def __attrs_post_init__(self) -> None:
        sealed((self.judgement, self.outcome, self.reference))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Assessed):
            return NotImplemented
        # what the tables are made of
        of_arrays = ("judgement", "outcome", "_place", "sources", "accepted")
        names = [f.name for f in fields(Assessed) if f.name not in of_arrays]
        return all(alike(getattr(self, name), getattr(other, name)) for name in names)

    __hash__ = None  # type: ignore[assignment]
