"""A file of lesions before and after therapy: the response of each patient and lesion, and the
rates.

Which patients of this table responded? A file with the columns ``subject``, ``lesion``, ``before``,
``after`` (mm; any order, further columns are ignored; ``new_lesion`` and ``nodal`` if given), or a
``lesions`` table (see `nettumor.crf`) with two visits comes in. A patient is judged by
`target_response` from the sum over the lesions: where a lesion was not measured the answer is NE,
except that the lesions which were measured may prove PD. Non-target lesions are not judged here; a
NEW row is PD. What cannot be read is refused with its row, never left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from attrs import field, frozen

from nettumor import crf
from nettumor._arrays import Bools, Floats
from nettumor.crf.column_names import nearest
from nettumor.crf.files import read_file
from nettumor.crf.intake import Line, further, intake_table, tell
from nettumor.crf.limits import LIMITS, Limits, as_limits
from nettumor.crf.new_rows import (
    by_other_method,
    nodule_rows,
    unused_lines,
    wordless_line,
    wordless_rows,
)
from nettumor.crf.new_rows import subjects_named as named
from nettumor.crf.reading import read_quietly
from nettumor.crf.sdtm import domain_of
from nettumor.crf.study_dates import Said
from nettumor.criteria import VOGL_2008, SizeCriteria
from nettumor.criteria._types import require
from nettumor.errors import InputError, listed
from nettumor.lesions import lesion_size
from nettumor.morphology import MorphologicalResponse, target_response
from nettumor.summaries import disease_control_rate, objective_response_rate, response_table
from nettumor.tables import Table
from nettumor.terminology import Reason, Response, labels
from nettumor.words import states

COLUMNS = ("subject", "lesion", "before", "after")
_TIMES = frozenset({"role", "visit", "date", "day"})
"""One of these columns makes a `lesions` table."""


@frozen(eq=False)
class BeforeAfter:
    """Answers to a file of lesions before and after therapy.

    Attributes
    ----------
    patients : Table
        subject, n_lesions, before, after (sums in ``criteria.unit``; blank where a lesion was not
        measured), percent, response, explanation. A patient without a target lesion is here too, as
        NE.
    lesions : Table
        subject, lesion, before, after, percent, response.
    categories : Table
        Response, count, percent and its interval (see `response_table`).
    rates : Table
        rate, count, total, percent, low, high: objective response and disease control.
    criteria : SizeCriteria
    intake : Table
        What came in and how it was taken (see `nettumor.crf.Tables`).
    """

    patients: Table
    lesions: Table
    categories: Table
    rates: Table
    criteria: SizeCriteria
    intake: Table = field(factory=lambda: intake_table([]))


@frozen(eq=False)
class _Rows:
    """The lesions of a file, one element per lesion."""

    subject: npt.NDArray[Any]
    lesion: npt.NDArray[Any]
    before: Floats
    after: Floats
    nodal: Bools
    new_subjects: frozenset[str]
    others: frozenset[str] = frozenset()
    """Patients of the file, with and without such lesions."""
    intake: Table = field(factory=lambda: intake_table([]))


def assess_before_after(
    source: str | Path,
    *,
    criteria: SizeCriteria = VOGL_2008,
    strict: bool = False,
    dates: Said = None,
    limits: Limits | Mapping[str, int] | None = None,
) -> BeforeAfter:
    """Response of each patient and lesion of a file, with rates.

    Parameters
    ----------
    source : path
        CSV (comma, semicolon or tab; decimal comma in a semicolon file), or any file that
        `nettumor.crf.read` takes.
    criteria : SizeCriteria
        Sizes before and after are in its unit; of a ``lesions`` table the columns that it measures
        are taken.
    strict : bool
        Refuse what is not plainly read, in place of a warning.
    dates : {"DMY", "MDY", "YMD", "excel", "sas"}, or a mapping, optional
        How dates are written, as in `nettumor.crf.read`.
    limits : Limits, or mapping of str to int, optional
        The largest file and table that are read, as in `nettumor.crf.read`.

    Returns
    -------
    BeforeAfter

    Raises
    ------
    InputError
        For a file that cannot be read, a missing or doubled column, a cell that is no number, an
        impossible size, or a number of visits other than two; it names the file and the row.

    References
    ----------
    Vogl et al. 2008, section 4.3; for other editions their ``citation``.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "sizes.csv"
    ...     _ = path.write_text("subject,lesion,before,after\\nA,1,50,30\\nA,2,40,20.5\\nB,1,30,\\n")
    ...     assess_before_after(path).patients["response"].tolist()
    ['PR', 'NE']
    """
    require(criteria, SizeCriteria, "assess_before_after")
    rows = _read(Path(source), criteria, dates, as_limits(limits))
    tell(rows.intake, strict=strict, stacklevel=2)
    names, number = np.unique([*rows.subject.tolist(), *rows.others], return_inverse=True)
    patient = number[: len(rows.subject)]
    place = crf.occurrence(patient)
    shape = (names.size, int(place.max(initial=-1)) + 1)
    sizes, nodal = np.full((*shape, 2), np.nan), np.zeros(shape, dtype=np.bool_)
    sizes[patient, place, 0], sizes[patient, place, 1] = rows.before, rows.after
    nodal[patient, place] = rows.nodal
    new = np.isin(names, sorted(rows.new_subjects))
    target = target_response(sizes, nodal=nodal, criteria=criteria, invalid="NE", check_units=False)
    response = np.where(new, Response.PD, target.response[:, 1]).astype(np.int8)
    best = np.where(response == Response.MISSING, Response.NE, response)
    none = response == Response.MISSING
    said = [
        "PD: new lesion"
        if new[i]
        else "NE: no target lesion"
        if none[i]
        else target.explain((i, 1))
        for i in range(names.size)
    ]
    invalid = (target.reason[:, 1] & Reason.INVALID) != 0
    patients = Table(
        {
            "subject": names,
            "n_lesions": np.bincount(patient, minlength=names.size),
            "before": target.baseline[:, 1],
            "after": np.where(invalid | (target.n_missing[:, 1] > 0), np.nan, target.sum[:, 1]),
            "percent": target.percent_from_baseline[:, 1],
            "response": labels(best),
            "explanation": said,
        }
    )
    each = MorphologicalResponse.assess(rows.before, rows.after, criteria=criteria)
    lesions = Table(
        {
            "subject": rows.subject,
            "lesion": rows.lesion,
            "before": rows.before,
            "after": rows.after,
            "percent": each.percent,
            "response": labels(each.response),
        }
    )
    return BeforeAfter(patients, lesions, response_table(best), _rates(best), criteria, rows.intake)


def is_course(source: str | Path, dates: Said = None, limits: Limits = LIMITS) -> bool:
    """Whether a file holds more than a size before and one after: more visits, evaluators, or
    tables, or SDTM.

    What `assess` is for, and `assess_before_after` would refuse. A file that is neither is left to
    the latter, which says what it lacks.
    """
    found = read_file(Path(source), limits=limits)
    if len(found) > 1 or domain_of(found[0]):
        return True
    names = {name.strip().casefold() for name in found[0]}
    if not found[0].n_rows or {"before", "after"} & names:
        return False
    study = read_quietly({"lesions": Path(source)}, dates=dates, incomplete="keep", limits=limits)
    if "lesions" not in study or len(study) > 1:  # an export that holds more
        return True
    table = study["lesions"]
    if not _TIMES & set(table) or study.missing_columns("lesions"):
        return False
    people = table.keys_of("subject")[0]
    if table.track()[1].size > np.unique(people).size:
        return True
    visit = table.numbers("visit").value if "visit" in table else np.full(table.n_rows, np.nan)
    if not np.isnan(visit).any():
        return bool(np.unique(visit).size > 2)
    day = np.unique(table.when().day, return_inverse=True)[1]
    return bool((crf.rank_within(people, day)[1] > 2).any())


def _rates(best: npt.NDArray[Any]) -> Table:
    rates = {
        "objective response": objective_response_rate(best),
        "disease control": disease_control_rate(best),
    }
    return Table(
        {
            "rate": list(rates),
            "count": [r.count for r in rates.values()],
            "total": [r.total for r in rates.values()],
            "percent": [100 * r.estimate for r in rates.values()],
            "low": [100 * r.low for r in rates.values()],
            "high": [100 * r.high for r in rates.values()],
        }
    )


def _read(path: Path, criteria: SizeCriteria, dates: Said, limits: Limits) -> _Rows:
    found = read_file(path, limits=limits)
    if len(found) == 1 and not found[0].n_rows:
        raise InputError(
            f"`{path.name}` has a header and no rows. Give a row for each lesion.",
            argument="source",
        )
    if len(found) == 1 and {"before", "after"} & {name.strip().casefold() for name in found[0]}:
        return _from_pairs(found[0], criteria)
    study = read_quietly({"lesions": path}, dates=dates, incomplete="keep", limits=limits)
    if len(found) == 1 and not _TIMES & set(study["lesions"]):
        raise InputError(
            f"`{path.name}` is neither a table with the columns {', '.join(COLUMNS)} nor a "
            "`lesions` table with two "
            f"visits; it has {listed(found[0])}. Name its columns so.",
            argument="source",
        )
    return _from_visits(read_quietly({"lesions": path}, dates=dates, limits=limits), criteria)


def _from_pairs(table: crf.CrfTable, criteria: SizeCriteria) -> _Rows:
    """The rows of a table with a column before and a column after."""
    name_of = {name.strip().casefold(): name for name in table}
    missing = [name for name in COLUMNS if name not in name_of]
    if missing:
        raise InputError(
            f"{table.source.name} lacks the column{'s' * (len(missing) > 1)} "
            f"{', '.join(missing)}; it has "
            f"{listed(table)}. Name them {', '.join(COLUMNS)}.",
            argument=missing[0],
        )
    subject, lesion = table.text(name_of["subject"]), table.text(name_of["lesion"])
    for name in ("subject", "lesion"):
        _refuse_rows(
            table,
            name_of[name],
            table.blank(name_of[name]),
            "given",
            "Say whose lesion it is, and which.",
        )
    before, after = (
        _numbers(table, name_of[n], criteria, positive=n == "before") for n in ("before", "after")
    )
    new, nodal = (
        _flags(table, name_of[n]) if n in name_of else np.zeros(before.size, dtype=np.bool_)
        for n in ("new_lesion", "nodal")
    )
    people = np.array([s.strip() for s in subject], dtype=np.str_)
    names = np.array([n.strip() for n in lesion], dtype=np.str_)
    _once(people, names, table)
    intake = intake_table([*table.notes, *_columns(table)])
    new_people = frozenset(people[new].tolist())
    return _Rows(people, names, before, after, nodal, new_people, intake=intake)


def _columns(table: crf.CrfTable) -> list[Line]:
    """A line for every column of a table of pairs: read, or ignored with the nearest name."""
    lines = []
    for name in table:
        known = (*COLUMNS, "new_lesion", "nodal")
        read = name.strip().casefold() in known
        near = "" if read else nearest(name, known)
        note = f"the nearest column is `{near}`" if near else ""
        place, status = f"{table.source.name}.{name}", "read" if read else "ignored"
        lines.append(Line("column", place, name, "", table.n_rows, status, note))
    return lines


def _once(people: npt.NDArray[Any], names: npt.NDArray[Any], table: crf.CrfTable) -> None:
    seen: set[tuple[str, str]] = set()
    for row, subject, lesion in zip(
        table.rows.tolist(), people.tolist(), names.tolist(), strict=True
    ):
        if (subject, lesion) in seen:
            raise InputError(
                f"{table.source.name}, row {row}: lesion {lesion!r} of subject {subject!r} stands "
                "twice. Keep one row for each lesion.",
                argument="lesion",
            )
        seen.add((subject, lesion))


_NOT_MEASURED = (crf.State.BLANK, crf.State.NOT_EVALUABLE, crf.State.PRESENT)


def _numbers(table: crf.CrfTable, name: str, criteria: SizeCriteria, *, positive: bool) -> Floats:
    """A column of sizes, or of what was seen instead; another word is refused with its row.

    ABSENT is 0, too small to measure (TSTM, ``<5``) is the criteria's default, NE is not measured.
    """
    unit = criteria.unit
    comma = table.source.decimal_comma
    numbers = crf.parse_numbers(table.column(name), decimal_comma=comma, unit=unit)
    value = np.array(numbers.value)
    wordy = np.isnan(value)
    state = np.where(wordy, table.column(name).map(_seen, np.int8), np.int8(crf.State.MEASURED))
    value[state == crf.State.ABSENT] = 0.0
    small = np.nan if criteria.too_small is None else criteria.too_small
    value[state == crf.State.TOO_SMALL] = small
    known = np.isin(state, (*_NOT_MEASURED, crf.State.ABSENT, crf.State.TOO_SMALL))
    words = wordy & ~known
    least = "greater than 0" if positive else "at least 0"
    _refuse_rows(
        table,
        name,
        words | (value <= 0 if positive else value < 0),
        f"a size in {unit}, {least}, or blank",
        "Correct it, or leave it blank where it was not measured.",
    )
    return value


def _seen(cell: str) -> int:
    """The state that a cell of sizes gives."""
    return states.as_present(states.read(cell))


def _flags(table: crf.CrfTable, name: str) -> Bools:
    """A column of Y and N; blank is N, another word is refused."""
    flags = crf.parse_flags(table.column(name))
    _refuse_rows(
        table,
        name,
        (flags == crf.UNKNOWN) & ~table.blank(name),
        "Y, N or blank",
        "Write one of them.",
    )
    return np.asarray(flags == 1)


def _refuse_rows(
    table: crf.CrfTable, name: str, wrong: npt.NDArray[np.bool_], must: str, repair: str
) -> None:
    """Refuse the first of the ``wrong`` rows by the number it has in the user's file."""
    if not wrong.any():
        return
    at = int(np.argmax(wrong))
    such = f" ({int(wrong.sum())} such cells)" if wrong.sum() > 1 else ""
    raise InputError(
        f"{table.source.name}, row {int(table.rows[at])}: `{name}` must be {must}; got "
        f"{table.text(name)[at].strip()!r}"
        f"{such}. {repair}",
        argument=name,
        index=(at,),
        count=int(wrong.sum()),
    )


_SIGHTED = (
    crf.State.PRESENT, crf.State.UNEQUIVOCAL, crf.State.UNEQUIVOCAL_PROGRESSION, crf.State.MEASURED,
    crf.State.TOO_SMALL,
)  # fmt: skip
"""States in which a NEW row counts; EQUIVOCAL does not."""


def _from_visits(tables: crf.Tables, criteria: SizeCriteria) -> _Rows:
    """The targets of a ``lesions`` table that has two visits."""
    table = tables["lesions"]
    cells = table.lesions
    _readable(table)
    after = _is_after(table)
    used = _sizes(table, criteria)
    target = cells.role == crf.Role.TARGET
    _refuse_rows(
        table,
        "size" if "size" in table else "lesion",
        target & ~after & (used <= 0),
        f"greater than 0 {criteria.unit} before",
        "Correct it, or leave the lesion out.",
    )
    subject, lesion = (table.keys_of(name) for name in ("subject", "lesion"))
    number, first = crf.number_rows(subject[0], lesion[0])
    _one_size(table, np.flatnonzero(target), number, after, used)
    pair = np.full((first.size, 2), np.nan)
    pair[number[target], after[target].astype(int)] = used[target]
    kept = np.bincount(number, weights=target, minlength=first.size) > 0
    counted = (cells.role == crf.Role.NEW) & after
    counted &= ~by_other_method(table, criteria.new_lesion_methods)
    wordless = wordless_rows(table) & counted
    new = counted & (np.isin(cells.state, _SIGHTED) | (used > 0))
    new &= cells.state != crf.State.EQUIVOCAL
    if criteria.new_liver_nodule is not None and "organ" in table:
        new &= ~nodule_rows(table).doubtful(used, criteria.new_liver_nodule)
    if criteria.new_without_words == "PD":
        new |= wordless
    people, names = (np.array(words, dtype=np.str_)[codes] for codes, words in (subject, lesion))
    return _Rows(
        people[first][kept],
        names[first][kept],
        pair[kept, 0],
        pair[kept, 1],
        cells.nodal[first][kept],
        frozenset(people[new].tolist()),
        frozenset(people.tolist()),
        further(
            tables.intake, _lines_of_new(table, criteria, np.unique(people[wordless]), wordless)
        ),
    )


def _lines_of_new(
    table: crf.CrfTable, criteria: SizeCriteria, people: npt.NDArray[np.str_], wordless: Bools
) -> Iterator[Line]:
    """What is said of new lesions without words and of unused lines, as `nettumor.assess` says it."""
    if wordless.any():
        yield wordless_line(int(wordless.sum()), named(people), criteria)
    yield from unused_lines(table)


def _readable(table: crf.CrfTable) -> None:
    """Refuse what would otherwise be left out or mixed without a word."""
    cells = table.lesions
    for name in ("subject", "lesion"):
        _refuse_rows(table, name, table.blank(name), "given", "Say whose lesion it is, and which.")
    _refuse_rows(table, "role", cells.role <= 0, "TARGET, NON-TARGET or NEW", "Write one of them.")
    if "state" in table:
        _refuse_rows(
            table,
            "state",
            cells.state == crf.UNKNOWN,
            "a state of the lesion (MEASURED, ABSENT, ...)",
            "Correct it, or leave it blank.",
        )
    for name in ("size", "perpendicular", "viable", "viable_perpendicular", "volume"):
        if name in table:
            measure = cells.measure(name)
            _refuse_rows(
                table,
                name,
                measure.unreadable | (measure.value < 0),
                "a size of at least 0, or blank",
                "Correct it, or leave it blank where it was not measured.",
            )
    tracks, subjects = table.track()[1].size, np.unique(table.keys_of("subject")[0]).size
    if tracks > subjects:
        who = ", ".join(sorted(w for w in table.keys_of("evaluator")[1] if w))
        raise InputError(
            f"{table.source.name} holds several evaluators of one subject ({who}), who are never "
            "mixed. "
            "Keep the rows of one.",
            argument="evaluator",
        )


def _sizes(table: crf.CrfTable, criteria: SizeCriteria) -> Floats:
    """The size of each row that the criteria measure; too small to measure is their default
    size.
    """
    cells = table.lesions
    further = [
        n for n in ("perpendicular", "viable", "viable_perpendicular", "volume") if n in table
    ]
    given: dict[str, Any] = {name: cells.measure(name).value[:, None] for name in further}
    size = cells.measure("size")
    used = lesion_size(
        size.value[:, None], nodal=cells.nodal, criteria=criteria, invalid="NE", **given
    )[:, 0]
    small = np.isnan(used) & size.too_small
    return np.where(small, np.nan if criteria.too_small is None else criteria.too_small, used)


def _one_size(
    table: crf.CrfTable,
    rows: npt.NDArray[np.int64],
    number: npt.NDArray[np.int64],
    after: Bools,
    used: Floats,
) -> None:
    """Refuse two unequal sizes of one target at one visit."""
    place, first = crf.number_rows(number[rows], after[rows])
    kept, size = used[rows][first][place], used[rows]
    unequal = (kept != size) & ~(np.isnan(kept) & np.isnan(size))
    if unequal.any():
        at = int(rows[np.argmax(unequal)])
        raise InputError(
            f"{table.source.name}, row {int(table.rows[at])}: lesion "
            f"{table.text('lesion')[at].strip()!r} of subject "
            f"{table.text('subject')[at].strip()!r} has another size at this visit. Keep one.",
            argument="size",
        )


def _is_after(table: crf.CrfTable) -> Bools:
    """Which rows are of the later visit: by visit number throughout the file, else by day within
    each subject.
    """
    source = table.source.name
    visit = table.numbers("visit").value if "visit" in table else np.full(table.n_rows, np.nan)
    if not np.isnan(visit).any():
        seen, rank = np.unique(visit, return_inverse=True)
        if seen.size != 2:
            raise InputError(
                f"{source} must have two visits, before and after; got {seen.size}. "
                "Keep the two to be compared.",
                argument="visit",
            )
        return np.asarray(rank == 1)
    day = table.when().day
    if np.isnan(day).any():
        row = int(table.rows[np.argmax(np.isnan(day))])
        raise InputError(
            f"{source}, row {row}: which visit was first is not known. Give `visit` as a number, "
            "or a "
            "full `date` (or `day`) in every row.",
            argument="visit",
        )
    people, names = table.keys_of("subject")
    rank, count, _ = crf.rank_within(people, np.unique(day, return_inverse=True)[1])
    if (count > 2).any():
        who = names[int(np.argmax(count))]
        raise InputError(
            f"{source} must have two visits, before and after; subject {who!r} has "
            f"{int(count.max())} "
            "days. Keep the two to be compared, or number them in `visit`.",
            argument="visit",
        )
    return np.asarray(rank == 1)
