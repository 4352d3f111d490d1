"""What the tables of a study share: subjects, evaluators, visits, tracks and timepoints.

Subjects, evaluators and visits have the same code in every table, so that rows of two tables are
joined by comparing integers. A *track* is a subject and an evaluator; a *timepoint* is a track and a
visit (the visit column, else the date; each date of an unscheduled visit). Timepoints are those of
`nettumor.assess`, and visits with a response alone beside.

Input: the tables as they were read. Output: `Shared`, made once for a study.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
from attrs import frozen

from nettumor._arrays import Floats
from nettumor.crf import CrfTable, Tables, number_rows
from nettumor.crf.columns import Words
from nettumor.rows import smallest, values_at
from nettumor.study.subjects import reference_days, reference_of_visits
from nettumor.study.timepoints import Timepoints, place_timepoints

Ints = npt.NDArray[Any]


@frozen(eq=False)
class Coded:
    """A column with the same codes in every table.

    Attributes
    ----------
    of_table : mapping of str to ndarray of int, shape (row,)
        By table, the code of each row.
    words : ndarray of str
        What the codes stand for; "" is none.
    """

    of_table: Mapping[str, Ints]
    words: Words


@frozen(eq=False)
class Shared:
    """What the tables of a study share.

    Attributes
    ----------
    subject, evaluator, visit : Coded
    reference_day : ndarray of float, shape (subject,)
        The reference date of each subject code: randomized, else treatment_start; NaN where
        unknown.
    track : mapping of str to ndarray of int, shape (row,)
        For lesions and responses the track of each row. A table without subjects has none.
    track_subject, track_evaluator : ndarray of int, shape (track,)
        The subject and the evaluator code of each track.
    track_reference : ndarray of float, shape (track,)
        The reference date of each track in the count of its visits: day 0 where they count days,
        else that of the subject; NaN where unknown.
    timepoints : Timepoints
        Every visit of every track, in time.
    timepoint : mapping of str to ndarray of int, shape (row,)
        For lesions and responses the timepoint of each row.
    """

    subject: Coded
    evaluator: Coded
    visit: Coded
    reference_day: Floats
    track: Mapping[str, Ints]
    track_subject: Ints
    track_evaluator: Ints
    track_reference: Floats
    timepoints: Timepoints
    timepoint: Mapping[str, Ints]


def share(tables: Tables) -> Shared:
    """What the tables share.

    >>> from nettumor import crf
    >>> rows = {"subject": ["01", "02"], "visit": [0, 0], "lesion": ["T1"] * 2, "role": ["TARGET"] * 2}
    >>> share(crf.read({"lesions": rows | {"size": [30, 20]}})).track["lesions"].tolist()
    [0, 1]
    """
    subject, evaluator, visit = (code(tables, c) for c in ("subject", "evaluator", "visit"))
    judged = {n: tables[n] for n in ("lesions", "responses") if "subject" in tables.get(n, ())}
    subjects, evaluators = (_joined(judged, coded) for coded in (subject, evaluator))
    number, first = number_rows(subjects, evaluators)
    reference = _reference_days(tables, subject)
    of_track = reference[subjects[first]]
    for table in [*judged.values()][:1]:
        of_track = reference_of_visits(table, np.zeros(len(first)), of_track)
    ends = np.cumsum([table.n_rows for table in judged.values()])[:-1]
    track = dict(zip(judged, np.split(short(number), ends), strict=True)) if judged else {}
    points, at = place_timepoints(judged, track, visit.of_table, visit.words, of_track)
    return Shared(
        subject=subject,
        evaluator=evaluator,
        visit=visit,
        reference_day=reference,
        track=track,
        track_subject=subjects[first],
        track_evaluator=evaluators[first],
        track_reference=of_track,
        timepoints=points,
        timepoint={name: short(place) for name, place in at.items()},
    )


def code(tables: Tables, column: str) -> Coded:
    """A column of all tables with the same codes in each; "" where a table has no such column."""
    words: dict[str, int] = {}
    codes: dict[str, Ints] = {}
    for name, table in tables.items():
        own, its = table.keys_of(column)
        place = np.array([words.setdefault(w, len(words)) for w in its], dtype=np.int32)
        alike = (place == np.arange(len(place))).all()  # as a rule the first table's are
        codes[name] = own if alike else values_at(place, own)
    return Coded(codes, np.array([*words], dtype=object))


def short(numbers: Ints) -> Ints:
    """Numbers below that of the rows in half the room, as a copy that lets go of theirs."""
    return numbers.astype(smallest(len(numbers)))


def _joined(tables: Mapping[str, CrfTable], coded: Coded) -> Ints:
    """The codes of the rows of some tables, one after another."""
    parts = [coded.of_table[name] for name in tables]
    return np.concatenate(parts) if parts else np.empty(0, np.int64)


def _reference_days(tables: Tables, subject: Coded) -> Floats:
    """The reference date of each subject; of several rows of one the first counts."""
    out = np.full(len(subject.words), np.nan)
    if "subjects" in tables:
        table = tables["subjects"]
        dates = (table.dates(c, days=tables.days) for c in ("randomized", "treatment_start"))
        out[subject.of_table["subjects"][::-1]] = reference_days(*dates)[::-1]
    return out
