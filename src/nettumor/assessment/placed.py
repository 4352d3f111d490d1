"""A group of subjects with its lesions in their places, and the days from which and until which its
units are followed.

Which scans count, where does each lesion stand, which day is day 0, and which days end the times?
Scans after death are left out here. The rules are those of `nettumor.study.visits`, `parts` and
`ends`; what must not go in: a rule of response.
"""

from __future__ import annotations

import attrs
import numpy as np
from attrs import frozen

from nettumor._arrays import Floats
from nettumor.assessment.asked import Asked
from nettumor.assessment.course_lines import before_death, course_lines, death_line, late_baselines
from nettumor.assessment.ends import Ends, ends_of
from nettumor.assessment.judgement import Parts
from nettumor.assessment.like_courses import Group
from nettumor.assessment.parts import parts_of
from nettumor.assessment.slots import JudgedRows
from nettumor.crf import CrfTable
from nettumor.crf.columns import Ints
from nettumor.crf.intake import Line
from nettumor.study.partial_reference import Reference, with_partial_reference
from nettumor.study.subjects import reference_of_visits
from nettumor.study.tracks import Names
from nettumor.study.visits import Visits, place_visits


@frozen(eq=False)
class Placed:
    """A group with its lesions in their places; ``span`` is of the reference dates, ``lines`` say
    what is left out.
    """

    group: Group
    visits: Visits
    parts: Parts
    span: Reference
    counts: dict[str, int]
    lines: tuple[Line, ...]

    @property
    def subject(self) -> Ints:
        """The subject of each unit."""
        return self.parts.owner // max(len(self.group.names.evaluators), 1)

    def reference_in(self, table: str) -> Floats:
        """The reference date of each unit in the count of a table."""
        study, subjects = self.group.tables, self.group.subjects
        if subjects.days if table == "subjects" else study[table].has_days:
            return subjects.offset[self.subject]
        if study["lesions"].has_days:
            return subjects.reference[self.subject]
        return self.visits.reference[self.parts.owner]

    @property
    def dates_a_metastasis(self) -> bool:
        """Whether some unit has the day of its first metastasis."""
        day = self.group.subjects.day("first_metastasis")[self.subject]
        return bool((~np.isnan(day - self.reference_in("subjects"))).any())


def place_lesions(group: Group, asked: Asked, places: int) -> Placed:
    """The lesions in their places, without the scans that are dated after death."""
    lesions, names = group.tables["lesions"], group.names
    start = reference_of_visits(lesions, group.subjects.offset, group.subjects.reference)
    visits = place_visits(lesions, names, start)
    alive = before_death(lesions, names, group.subjects, visits)
    if alive is not None:
        rest = place_lesions(group.only(alive), asked, places)
        return attrs.evolve(rest, lines=(death_line(lesions, names, alive), *rest.lines))
    cycle = asked.reference is not None
    given = JudgedRows.of(names, visits, group.chosen, places)
    parts, conflicts = parts_of(lesions, asked.edition, given, by=asked.by, cycle=cycle)
    visits, span = with_partial_reference(visits, lesions)
    most = asked.late_baseline_days
    counts = {
        "conflicts": conflicts,
        "without_time": visits.without_time,
        "before_baseline": visits.before_baseline,
        "late": int(late_baselines(visits, 0.0 if most is None else most).sum()),
        "stray": len(parts.targets.strays[0]),
        "wordless": int(parts.new.wordless.sum()),
    }
    lines = course_lines(lesions, names, parts, visits, asked.edition, most, conflicts)
    return Placed(group, visits, parts, span, counts, tuple(lines))


def ends_of_group(placed: Placed, *, cycle: bool) -> Ends:
    """The days that end the times of a group; ``cycle`` as in `ends_of`."""
    group, owner, span = placed.group, placed.parts.owner, placed.span
    last_scan = _last_scan(group.tables["lesions"], group.names, placed.visits)
    return ends_of(
        group.subjects,
        placed.subject,
        placed.reference_in("subjects"),
        last_scan[owner],
        span=(span.first[owner], span.latest[owner]),
        cycle=cycle,
    )


def _last_scan(lesions: CrfTable, names: Names, visits: Visits) -> Floats:
    """The day of each track's subject's latest scan, whoever read it; NaN for none.

    A reader who was not asked for, or read less, does not shorten a life: the date is that of the
    subject, and only its count of days is the track's.
    """
    latest = visits.latest
    if len(names.evaluators) > 1:
        latest = np.fmax.reduce(latest.reshape(-1, len(names.evaluators)), axis=1, initial=np.nan)
    if names.asked is not None:
        others, latest = np.flatnonzero(~names.asked), latest.copy()
        cells, column = lesions.when_cells()
        others = others[~lesions.blank("subject")[others]]
        np.fmax.at(latest, names.subject[others], cells.day[column.codes[others]])
    return np.repeat(latest, len(names.evaluators)) - visits.reference
