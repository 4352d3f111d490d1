"""`Assessment`: the tables of a study after the chain, and what can be asked of them.

The timepoint table, the subject table and the table of events; the sentence behind a verdict on
request; the tables in the form of ADTR, ADRS and ADTTE; evaluators compared.
"""

from __future__ import annotations

import html
from importlib import import_module
from typing import Any

import numpy as np
import numpy.typing as npt
from attrs import frozen

from nettumor import _figures, _wording
from nettumor.assessment import adam, adam_times, evaluators
from nettumor.assessment.assessed import Assessed
from nettumor.assessment.judgement import Judgement
from nettumor.assessment.ragged import Judgements
from nettumor.crf.came_as import with_categories
from nettumor.crf.intake import summary
from nettumor.errors import InputError, choose, missing_extra
from nettumor.morphology import TargetResponse, _target_words
from nettumor.profile import ResponseProfile
from nettumor.rows import group
from nettumor.tables import Table
from nettumor.terminology import Reason, Response, labels

_SHOWN = (
    *("subject", "evaluator", "arm", "best", "best_percent", "confirmed", "pfs_days", "pfs_event"),
    *("biological", "symptomatic"),
)
"""Columns of the subjects that a notebook shows."""


@frozen(eq=False, repr=False, slots=False)
class Assessment(Assessed):
    """What `assess` answers. Some columns of timepoints, subjects and events are worked out when
    they are asked for.

    Attributes
    ----------
    timepoints : Table
        A row for each timepoint of each track (or lesion), baseline included: subject, evaluator,
        visit, date, day, sum, n_missing, baseline, nadir, percent_from_baseline,
        percent_from_nadir, target, non_target, new_lesion, overall, in_window, reason (bits of
        `Reason`), explanation. Where the study has markers or symptoms also biological,
        biological_reason, symptomatic, symptomatic_reason.
    subjects : Table
        A row for each subject and evaluator, assessed or not: arm, the carried columns,
        best, best_reason (bits of `Reason`),
        best_percent (smallest change of the sum from baseline, up to the first progression, a new
        therapy and the cut-off), best_percent_day, baseline_day, best_unconfirmed, best_day,
        best_date, confirmed, first_response_day, progression_day, progression_date, and of pfs,
        ttp, dor, os the ``_days``, ``_event`` and ``_reason`` (bits of `EventReason`). Where the
        study has markers or symptoms also the best biological and symptomatic response.
    events : Table
        A row for each subject, evaluator and parameter (PFS, TTP, DOR, TTR, OS, TTNT; OSMET,
        survival from the first metastasis, where a subject has its day): time, event, reason, start
        (the day the time counts from; a response lasts from ``start`` to ``day``), day, date,
        description.
    provenance : Table
        What was used: criteria and rules with their digests, versions, inputs with their SHA-256,
        policies, counts of what was left out.
    intake : Table
        What came in and how it was taken (see `nettumor.crf.Tables`).
    judgement : Judgement, or Judgements
        The arrays behind the timepoints; of groups of like courses where courses differ much.
    outcome : Outcome
        The objects behind the subjects.
    carried : tuple of str
        The user's own columns of ``subjects``.
    categories : mapping of str to CameAs
        The columns that came in as categories, and go out so in frames of the same kind.

    Examples
    --------
    >>> import nettumor as nt
    >>> nt.assess({"lesions": {"subject": ["01", "01"], "lesion": ["T1", "T1"], "role": ["TARGET", "TARGET"],
    ...                        "day": [0, 56], "size": [50, 30]}})
    Assessment(RECIST 1.1: 1 row of subjects, 2 timepoints; best 1 SD)
    """

    def explain(self, row: int) -> str:
        """One sentence that says why a row of `timepoints` has its overall response.

        Parameters
        ----------
        row : int
            The row's place in ``timepoints``.

        Returns
        -------
        str
        """
        n = self.timepoints.n_rows
        if not -n <= row < n:
            raise InputError(
                f"`row` must lie from 0 to {n - 1}; got {row}. Rows count from 0.", argument="row"
            )
        unit, time = self._place
        return explain(self.judgement, self.criteria, int(unit[row]), int(time[row]))

    def to_adam(self) -> dict[str, Table]:
        """Tables in the form of ADTR (sums), ADRS (responses) and ADTTE (times), with CDISC names.

        Returns
        -------
        dict of str to Table
            "ADTR", "ADRS", "ADTTE". Days are CDISC's there: the reference date is day 1, and a time
            counts both ends.
        """
        responses = adam.adrs(self)
        times = adam_times.adtte(self, responses)
        return {"ADTR": adam.adtr(self), "ADRS": responses, "ADTTE": times}

    def discordance(self, first: str, second: str) -> Table:
        """Best responses of two evaluators against each other: a row for each response of the
        first.

        Parameters
        ----------
        first, second : str
            Evaluators.

        Returns
        -------
        Table
            As `nettumor.cross_table`, with the column ``discordant``: the subjects of that row of
            whom the second says otherwise.
        """
        return evaluators.discordance(self, first, second)

    def agreement(self) -> Table:
        """How far each pair of evaluators agrees, in best response, in overall response, and in
        progression.

        Returns
        -------
        Table
            first, second, of ("best", "overall", "progression"), count, excluded, observed,
            expected, kappa, discordant (the subjects of whom they differ).
        """
        return evaluators.agreement(self)

    def discordant(self, first: str, second: str, *, of: str = "best") -> Table:
        """The subjects of whom two evaluators differ, with what each says.

        Parameters
        ----------
        first, second : str
            Evaluators.
        of : {"best", "overall", "progression"}
            What is compared; "overall" visit by visit.

        Returns
        -------
        Table
            subject, visit ("" but for "overall"), first, second.
        """
        return evaluators.discordant(self, first, second, of)

    def adjudicated(self) -> Table:
        """The result of each subject by the evaluator whose assessments were accepted (--ACPTFL).

        Returns
        -------
        Table
            As ``subjects``, a row for each subject, with the column ``note``: evaluators are never
            mixed, so a subject for whom several or none were accepted has no result, and that is
            said there.

        Raises
        ------
        InputError
            Where the study flags no assessment as accepted.
        """
        return evaluators.adjudicated(self)

    def profile(self, evaluator: str | None = None, *, of: str = "best") -> ResponseProfile:
        """The axes of the cohort side by side.

        Parameters
        ----------
        evaluator : str, optional
            Whose; needed where there is more than one.
        of : {"best", "timepoints"}
            The best response of each patient, with progression-free survival; or every timepoint
            after baseline, named by patient and day.

        Returns
        -------
        ResponseProfile
            With cross-tables, kappa, and the discordant patients by name.
        """
        return evaluators.profile_of(self, evaluator, of)

    def to_frames(self, kind: str | None = None) -> dict[str, Any]:
        """The tables as frames of ``kind`` "pandas", "polars" or "pyarrow"; by default of the kind
        that came in.

        Returns
        -------
        dict of str to frame
            "timepoints", "subjects", "events", "provenance"; each a `Table` where no frame came in.
        """
        found: dict[str, Table] = {
            "timepoints": self.timepoints,
            "subjects": self.subjects,
            "events": self.events,
            "provenance": self.provenance,
        }
        if kind is not None:
            choose("kind", kind, ("pandas", "polars", "pyarrow"))
        wanted = self.frame_kind if kind is None else kind
        if wanted == "duckdb":
            duckdb: Any = import_module("duckdb")
            return {name: duckdb.from_arrow(_to_arrow(table)) for name, table in found.items()}
        if wanted == "pyarrow":
            frames: dict[str, Any] = {name: _to_arrow(table) for name, table in found.items()}
        elif wanted in ("pandas", "polars"):
            frames = {name: table.to_frame(wanted) for name, table in found.items()}
        else:
            return dict(found)
        if wanted == self.frame_kind:
            frames = {n: with_categories(f, wanted, self.categories) for n, f in frames.items()}
        return frames

    def _repr_html_(self) -> str:
        """The first rows of the subjects and a small waterfall, for a notebook."""
        names = [n for n in _SHOWN if n in self.subjects]
        first = Table({name: self.subjects[name][:10] for name in names})
        return f"<p>{html.escape(repr(self))}</p>{first._repr_html_()}{_figures.figure_of(self)}"

    def __repr__(self) -> str:
        counts = np.bincount(self.outcome.best.response, minlength=len(Response))
        found = [
            f"{counts[r]} {labels([r], self.criteria)[0]}" for r in reversed(Response) if counts[r]
        ]
        rows = self.subjects.n_rows
        not_plain = summary(self.intake)
        head = f"{not_plain}; " if not_plain else ""
        return (
            f"Assessment({head}{self.criteria.title}: {rows} row{'' if rows == 1 else 's'} of subjects, "
            f"{self.timepoints.n_rows} timepoints; best {', '.join(found) or 'none'})"
        )


def _to_arrow(table: Table) -> Any:
    try:
        pyarrow: Any = import_module("pyarrow")
    except ImportError:
        raise missing_extra("pyarrow", "frames", "A PyArrow table") from None
    return pyarrow.table(
        {n: c if c.dtype.kind in "fiubM" else c.tolist() for n, c in table.items()}
    )


def explain(judged: Judgement | Judgements, criteria: Any, unit: int, timepoint: int) -> str:
    """The sentence behind one overall response."""
    judgement, unit = judged.of(unit)
    at = (unit, timepoint)
    if timepoint == 0:
        total = float(judgement.target.sum[at])
        return _of_baseline(_wording.quantity(total, criteria_unit(criteria)), criteria)
    target = ""
    if judgement.target.response[at] != Response.MISSING:
        target = judgement.target.explain(at)
    return _of_visit(judgement, criteria, at, target)


def _of_baseline(total: str, criteria: Any) -> str:
    return f"Baseline: sum {total} ({criteria.title})"


def _of_visit(judgement: Judgement, criteria: Any, at: tuple[int, int], target: str) -> str:
    """The sentence of a visit after baseline, with that of its target lesions in it."""
    overall = Response(int(judgement.overall[at]))
    said = []
    if target:
        verdict, _, why = target.partition(": ")
        said.append(f"target {verdict} ({why[: why.rfind(f' ({criteria.heading}')]})")
    non_target = Response(int(judgement.non_target[at]))
    if non_target != Response.MISSING:
        said.append(f"non-target {non_target.label}")
    if judgement.new_lesion[at]:
        said.append("new lesion")
    said += [words for words, where in judgement.remarks if where[at]]
    label = str(labels([overall], criteria)[0])
    return f"{label}: {', '.join(said) or 'no disease to judge'} {_wording.source(criteria.heading, criteria.citation)}"


def criteria_unit(criteria: Any) -> str:
    """The unit of the sums."""
    return str(getattr(criteria, "unit", "mm"))


def explanations(
    judgement: Judgement, criteria: Any, place: Any, *, of_target: bool = False
) -> npt.NDArray[np.object_]:
    """The sentences of all rows: those of one kind differ in their numbers only, so each kind is
    worded once (of 100,000 timepoints some dozens; row by row they take ten times as long).

    ``of_target``: on the target response alone.
    """
    unit, time = place
    out = np.empty(len(unit), dtype=object)
    target = judgement.target
    if type(target) is not TargetResponse:  # sums with attenuation have numbers of their own
        rows = zip(unit.tolist(), time.tolist(), strict=True)
        out[:] = [
            target.explain(at) if of_target else explain(judgement, criteria, *at) for at in rows
        ]
        return out
    numbers = _target_words.places(target, unit, time)
    # What else the words depend on: baseline or not, and the other parts of the response.
    key = _target_words.kinds(target, unit, time) * 2 + (time == 0)
    others = [judgement.overall, judgement.non_target, judgement.new_lesion]
    others += [where for _, where in judgement.remarks]
    keys = [] if of_target else [other[place] for other in others]
    words = _of_target if of_target else _of_kind
    kinds = group(key, *keys)
    for kind in np.split(kinds.row, kinds.start[1:-1]) if len(kinds) else ():
        at = (int(unit[kind[0]]), int(time[kind[0]]))
        out[kind] = _target_words.filled(words(judgement, criteria, at), numbers, kind)
    return out


def _of_target(judgement: Judgement, criteria: Any, at: tuple[int, int]) -> str:
    """The sentence on the targets of all timepoints of the kind of one, with places for their
    numbers.
    """
    target = judgement.target
    response, bits = Response(int(target.response[at])), Reason(int(target.reason[at]))
    return str(target.sentence(response, bits, _target_words.kind(target, at)))


def _of_kind(judgement: Judgement, criteria: Any, at: tuple[int, int]) -> str:
    """The sentence of all timepoints of the kind of one, with places for their numbers."""
    target = judgement.target
    if at[1] == 0:
        return _of_baseline(_target_words.kind(target, at).total, criteria)
    missing = target.response[at] == Response.MISSING
    return _of_visit(
        judgement, criteria, at, "" if missing else _of_target(judgement, criteria, at)
    )
