"""What an assessment holds: the tables of a study after the chain, with the arrays behind them.

`result` says what can be asked of them; `adam` and `evaluators` make other tables of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt
from attrs import field, fields, frozen

from nettumor._sealed import Sealed, alike, sealed
from nettumor.assessment.course import Outcome
from nettumor.assessment.judgement import Judgement
from nettumor.assessment.ragged import Judgements
from nettumor.crf.came_as import CameAs
from nettumor.crf.columns import Ints
from nettumor.crf.intake import intake_table
from nettumor.tables import Table


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
    _place: tuple[Ints, Ints]
    _sources: Table
    _accepted: Mapping[str, tuple[str, ...]]
    frame_kind: str = ""
    counts_days: bool = False
    categories: Mapping[str, CameAs] = field(factory=lambda: MappingProxyType({}))
    intake: Table = field(factory=lambda: intake_table([]))
    carried: tuple[str, ...] = ()

    def __attrs_post_init__(self) -> None:
        sealed((self.judgement, self.outcome, self.reference, self._place))

    def sources(self) -> Table:
        """Where the rows of the timepoints come from: visit, domain, sequence, full (see
        `sources_of`).
        """
        return self._sources

    def accepted(self) -> Mapping[str, tuple[str, ...]]:
        """The evaluators who were accepted, by the name of the subject; empty where the study flags
        none.
        """
        return self._accepted

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Assessed):
            return NotImplemented
        # what the tables are made of
        of_arrays = ("judgement", "outcome", "_place", "_sources", "_accepted")
        names = [f.name for f in fields(Assessed) if f.name not in of_arrays]
        return all(alike(getattr(self, name), getattr(other, name)) for name in names)

    __hash__ = None  # type: ignore[assignment]
