"""What `assess` leaves out of a course, or takes by a rule of the library, as lines of the intake.

Which scans lie after the subject's death, which rows stand at no timepoint, which targets were not
there at baseline, which new lesions stand there without a word, which lines of the form were never
filled in, and whose first scan lies after the reference date? Nothing is decided here: the rules are those of `visits`,
`relations` and `lesion_arrays`. Sources: RECIST 1.1 (Eisenhauer et al. 2009), 4.3.5 and 4.4.2; FDA
guidance 2018, Table A (late baselines).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import attrs
import numpy as np

from nettumor._arrays import Bools, more_than
from nettumor.assessment.judgement import Parts
from nettumor.crf import CrfTable, DateStatus, Role, number_rows
from nettumor.crf.columns import Ints
from nettumor.crf.intake import Line
from nettumor.crf.new_rows import silent_rows, some, subjects_named, unused_lines, wordless_line
from nettumor.study.subjects import Subjects
from nettumor.study.tracks import Names
from nettumor.study.visits import NO_TIME, Visits

_TURN = (
    "scans dated after death",
    "rows without visit and date",
    "unequal rows of one lesion and visit",
    "targets that were not there at baseline",
    "new lesions without size or state",
    "lines for new lesions with nothing in them",
    "first scans after the reference date",
)
"""The order in which they are said."""


def before_death(
    lesions: CrfTable, names: Names, subjects: Subjects, visits: Visits
) -> Ints | None:
    """The rows of the lesions table that are not dated after the subject's death; None: all.

    A scan on a partial date stays where some day of it lies on or before the last possible day of
    the death.
    """
    death = subjects.dates["death"].latest
    if np.isnan(death).all() or not lesions.n_rows:
        return None
    per = max(len(names.evaluators), 1)
    cells, column = lesions.when_cells()
    if names.asked is None:  # then the visits are those of all rows, and fewer
        day = np.where(visits.row >= 0, cells.earliest[column.codes[visits.row]], np.nan)
        if not more_than(day, np.repeat(death, per)[:, None]).any():
            return None
    after = more_than(cells.earliest[column.codes], death[names.subject])
    return np.flatnonzero(~after) if after.any() else None


def death_line(lesions: CrfTable, names: Names, rows: Ints) -> Line:
    """The line of the scans that are dated after death."""
    gone = np.ones(lesions.n_rows, dtype=np.bool_)
    gone[rows] = False
    who = names.subjects[np.unique(names.subject[gone])]
    return Line(
        "row",
        f"lesions.{'day' if lesions.has_days else 'date'}",
        "scans dated after death",
        count=int(gone.sum()),
        status="ignored",
        note=f"left out, of {subjects_named(who)}; correct the date of the scan or of the death",
    )


def partial_references(lesions: CrfTable, names: Names, subjects: Subjects) -> Iterator[Line]:
    """Subjects whose randomisation, or start of treatment without one, is not known to the day:
    another date is day 0.
    """
    if lesions.has_days:  # day 0 is the reference date, whatever the subjects table has
        return
    randomized, start = (subjects.dates[n] for n in ("randomized", "treatment_start"))
    of_start = (randomized.status == DateStatus.BLANK) & (start.status != DateStatus.BLANK)
    for name, given in (("randomized", randomized), ("treatment_start", start)):
        open_ = np.isnan(given.day) & (given.status != DateStatus.BLANK)
        open_ &= of_start if name == "treatment_start" else True
        for read_as, where in (
            ("the start of treatment", open_ & ~np.isnan(subjects.reference)),
            ("the baseline", open_ & np.isnan(subjects.reference)),
        ):
            if where.any():
                yield Line(
                    "date",
                    f"subjects.{name}",
                    "reference dates that are not full",
                    read_as,
                    int(np.count_nonzero(where)),
                    "ambiguous",
                    f"day 0 is the date of {read_as} of {subjects_named(names.subjects[where])}; "
                    f"give the day of {name}",
                )


def late_baselines(visits: Visits, most: float) -> Bools:
    """Tracks whose baseline lies more days after the reference date than allowed."""
    return more_than(visits.day[:, 0], most)


def course_lines(
    lesions: CrfTable,
    names: Names,
    parts: Parts,
    visits: Visits,
    criteria: Any,
    most_late: float | None,
    conflicts: int,
) -> Iterator[Line]:
    """The lines of what was judged; ``most_late`` is the limit on late baselines, ``conflicts`` counts
    the lesions with unequal rows at one visit.
    """
    yield from _without_time(lesions, names, visits)
    if conflicts:
        why = "not used, as nobody knows which is right; correct or delete one of them"
        found = "unequal rows of one lesion and visit"
        yield Line("row", "lesions", found, "", conflicts, "ignored", why)
    yield from _strays(lesions, names, parts)
    yield from _without_words(names, parts, criteria)
    yield from unused_lines(lesions)
    yield from _late(names, visits, most_late)


def methods_of_new(table: CrfTable, names: Names, criteria: Any) -> str:
    """By which methods new lesions were seen, and whether all count."""
    methods = criteria.new_lesion_methods
    count = "all methods count" if methods is None else f"{', '.join(methods)} count"
    rows = np.flatnonzero(table.lesions.role == Role.NEW)
    if not len(rows) or "method" not in table:
        return f"none named ({count})"
    column = table.column("method").trimmed
    first = number_rows(names.track[rows], table.keys_of("lesion")[0][rows], column.codes[rows])[1]
    codes = column.codes[rows[first]]
    seen = [
        f"{word} {int((codes == code).sum())}"
        for code, word in enumerate(column.words.tolist())
        if word and (codes == code).any()
    ]
    return f"{', '.join(seen) or 'none named'} ({count})"


def _without_time(lesions: CrfTable, names: Names, visits: Visits) -> Iterator[Line]:
    """Rows that stand at no timepoint; not those in which nothing was filled in."""
    if not visits.without_time:
        return
    nowhere = (names.evaluator >= 0) & (visits.timepoint == NO_TIME) & ~silent_rows(lesions)
    if nowhere.any():
        who = names.subjects[np.unique(names.subject[nowhere])]
        yield Line(
            "row",
            f"lesions.{'day' if lesions.has_days else 'date'}",
            "rows without visit and date",
            count=int(nowhere.sum()),
            status="ignored",
            note=f"at no timepoint, of {subjects_named(who)}; give the date of the scan, or the visit",
        )


def _strays(lesions: CrfTable, names: Names, parts: Parts) -> Iterator[Line]:
    track, code = parts.targets.strays
    if not len(track):
        return
    words = lesions.keys_of("lesion")[1]
    subject = track // max(len(names.evaluators), 1)
    pairs = zip(code.tolist(), subject.tolist(), strict=True)
    who = [f"{words[c]} of {names.subjects[s]}" for c, s in pairs]
    yield Line(
        "row",
        "lesions.lesion",
        "targets that were not there at baseline",
        count=len(track),
        status="ignored",
        note=f"left out of the sum: {some(who)}; give its size at baseline, or the role NEW",
    )


def _without_words(names: Names, parts: Parts, criteria: Any) -> Iterator[Line]:
    if not parts.new.wordless.any():
        return
    track, visit = np.nonzero(parts.new.wordless)
    who = names.subjects[np.unique(parts.owner[track] // max(len(names.evaluators), 1))]
    yield wordless_line(len(visit), subjects_named(who), criteria)


def _late(names: Names, visits: Visits, most: float | None) -> Iterator[Line]:
    late = late_baselines(visits, 0.0 if most is None else most)
    if not late.any():
        return
    track = np.flatnonzero(late)
    per = max(len(names.evaluators), 1)
    who = names.subjects[np.unique(track // per)]
    longest = float(np.nanmax(visits.day[track, 0]))
    yield Line(
        "date",
        "lesions",
        "first scans after the reference date",
        "" if most is not None else "the baseline",
        len(who),
        "read" if most is None else "ignored",
        f"of {subjects_named(who)}, up to {longest:g} days; "
        + (
            "late_baseline_days refuses them"
            if most is None
            else f"no baseline: later than late_baseline_days={most:g}"
        ),
    )


def together(lines: list[Line]) -> list[Line]:
    """Lines of several groups of subjects that say the same as one."""
    out: dict[tuple[str, ...], Line] = {}
    for line in lines:
        key = (line.kind, line.place, line.found, line.read_as, line.status)
        held = out.get(key)
        if held is None:
            out[key] = line
            continue
        note = held.note if line.note in held.note else f"{held.note}; {line.note}"
        out[key] = attrs.evolve(held, count=held.count + line.count, note=note)
    # in the order of one group of all, whoever comes first
    return sorted(out.values(), key=lambda line: _TURN.index(line.found))
