"""What a run of the checks found, as it is kept: the table of queries with what was run beside it.

Input: the columns of the findings, and the states, inputs and settings of the run. Output: `Found`,
which the written forms (`nettumor.edit_checks.reports`) read; what a user asks of it stands in
`findings`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from nettumor._sealed import alike, sealed
from nettumor.crf.intake import intake_table
from nettumor.edit_checks.engine.configuration import NO_CONFIGURATION, Configuration
from nettumor.edit_checks.engine.register import CHECKS, SEVERITIES
from nettumor.tables import Table


class Found(Table):
    """The findings of a run; `nettumor.edit_checks.Findings` has its attributes."""

    def __init__(
        self,
        columns: Mapping[str, npt.ArrayLike],
        *,
        runs: Table,
        inputs: Table,
        parameters: Mapping[str, Mapping[str, Any]],
        criteria: str,
        criteria_digest: str,
        version: str,
        cause: npt.NDArray[np.int64],
        configuration: Configuration = NO_CONFIGURATION,
        intake: Table | None = None,
        subjects: npt.ArrayLike = (),
        groups: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(columns)
        self.subjects = np.array([s for s in np.asarray(subjects).tolist() if s], dtype=object)
        self._groups = dict(groups or {})
        self.intake = intake_table([]) if intake is None else intake
        self.configuration = configuration
        self.runs, self.inputs, self.parameters = runs, inputs, parameters
        self.criteria, self.criteria_digest, self.version, self.cause = (
            criteria,
            criteria_digest,
            version,
            cause,
        )
        sealed((self.subjects, self.cause))

    def __eq__(self, other: object) -> bool:
        found = super().__eq__(other)
        if found is not True or not isinstance(other, Found):
            return found
        own, its = ({n: v for n, v in vars(f).items() if n != "_columns"} for f in (self, other))
        return alike(own, its)

    __hash__ = None

    def matrix(self, *, severity: str = "warning") -> Table:
        """How many queries each subject has in each group of checks.

        Parameters
        ----------
        severity : {"error", "warning", "note"}
            The least severity counted; what follows from another finding is not counted.

        Returns
        -------
        Table
            subject, then a column for each group of checks (the group subject as "subject data"): the
            number of its queries; NaN where no check of the group could look. Every subject of the
            tables is there.
        """
        own = np.flatnonzero(
            (self.cause < 0) & (ranks(self["severity"]) <= SEVERITIES.index(severity))
        )
        place = {s: i for i, s in enumerate(self.subjects.tolist())}
        group_of = {id: self._group(id) for id in self.runs["check"].tolist()}
        group_of = {id: "subject data" if g == "subject" else g for id, g in group_of.items()}
        ran = {group_of[r["check"]] for r in self.runs.rows() if r["status"] != "skipped"}
        columns: dict[str, Any] = {"subject": self.subjects}
        for group in dict.fromkeys(group_of.values()):
            columns[group] = np.full(len(place), 0.0 if group in ran else np.nan)
        subjects, ids = self["subject"].tolist(), self["check"].tolist()
        for i in own.tolist():
            if subjects[i] in place:
                columns[group_of[ids[i]]][place[subjects[i]]] += 1
        return Table(columns)

    def _group(self, id: str) -> str:
        return self._groups.get(id) or (CHECKS[id].group if id in CHECKS else "custom")


def ranks(severity: npt.NDArray[Any]) -> npt.NDArray[np.int64]:
    """0 for an error, 1 for a warning, 2 for a note."""
    return np.select([severity == SEVERITIES[0], severity == SEVERITIES[1]], [0, 1], 2).astype(
        np.int64
    )
