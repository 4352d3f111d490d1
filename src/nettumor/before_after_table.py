"""A file of lesions before and after therapy: the response of each patient and lesion, and the rates.

Which patients of this table responded? A file with the columns ``subject``, ``lesion``, ``before``, ``after`` (mm; any
order, further columns are ignored; ``new_lesion`` and ``nodal`` if given), or a ``lesions`` table (see `nettumor.crf`)
with two visits comes in. A patient is judged by `target_response` from the sum over the lesions; one with a lesion
that was not measured is NE, unless the rest proves PD.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from attrs import frozen

from nettumor import crf
from nettumor._arrays import Bools, Floats
from nettumor.crf.files import read_file
from nettumor.criteria import VOGL_2008, SizeCriteria
from nettumor.criteria._types import require
from nettumor.errors import InputError
from nettumor.morphology import MorphologicalResponse, target_response
from nettumor.summaries import disease_control_rate, objective_response_rate, response_table
from nettumor.tables import Table
from nettumor.terminology import Reason, Response, labels

COLUMNS = ("subject", "lesion", "before", "after")


@frozen(eq=False)
class BeforeAfter:
    """Answers to a file of lesions before and after therapy.

    Attributes
    ----------
    patients : Table
        subject, n_lesions, before, after (sums, mm), percent, response, explanation.
    lesions : Table
        subject, lesion, before, after, percent, response.
    categories : Table
        Response, count, percent and its interval (see `response_table`).
    rates : Table
        rate, count, total, percent, low, high: objective response and disease control.
    criteria : SizeCriteria
    """

    patients: Table
    lesions: Table
    categories: Table
    rates: Table
    criteria: SizeCriteria


@frozen(eq=False)
class _Rows:
    """The lesions of a file, one element per lesion."""

    subject: npt.NDArray[Any]
    lesion: npt.NDArray[Any]
    before: Floats
    after: Floats
    nodal: Bools
    new_subjects: frozenset[str]


def assess_before_after(source: str | Path, *, criteria: SizeCriteria = VOGL_2008) -> BeforeAfter:
    """Response of each patient and lesion of a file, with rates.

    Parameters
    ----------
    source : path
        CSV (comma, semicolon or tab; decimal comma in a semicolon file), or any file that `nettumor.crf.read` takes.
    criteria : SizeCriteria

    Returns
    -------
    BeforeAfter

    Raises
    ------
    InputError
        For a file that cannot be read, a missing or doubled column, a cell that is no number, an impossible size, or
        a number of visits other than two; it names the file and the row.

    References
    ----------
    Vogl et al. 2008, section 4.3; for other editions their ``citation``.
    """
    require(criteria, SizeCriteria, "assess_before_after")
    rows = _read(Path(source))
    names, patient = np.unique(rows.subject, return_inverse=True)
    place = crf.occurrence(patient.astype(np.int64))
    shape = (names.size, int(place.max(initial=-1)) + 1)
    sizes, nodal = np.full((*shape, 2), np.nan), np.zeros(shape, dtype=np.bool_)
    sizes[patient, place, 0], sizes[patient, place, 1] = rows.before, rows.after
    nodal[patient, place] = rows.nodal
    new = np.isin(names, sorted(rows.new_subjects))
    target = target_response(sizes, nodal=nodal, criteria=criteria, invalid="NE")
    response = np.where(new, Response.PD, target.response[:, 1]).astype(np.int8)
    best = np.where(response == Response.MISSING, Response.NE, response)
    said = ["PD: new lesion" if new[i] else target.explain((i, 1)) for i in range(names.size)]
    invalid = (target.reason[:, 1] & Reason.INVALID) != 0
    patients = Table({
        "subject": names, "n_lesions": np.bincount(patient, minlength=names.size), "before": target.baseline[:, 1],
        "after": np.where(invalid | (target.n_missing[:, 1] > 0), np.nan, target.sum[:, 1]),
        "percent": target.percent_from_baseline[:, 1], "response": labels(best), "explanation": said,
    })  # fmt: skip
    each = MorphologicalResponse.assess(rows.before, rows.after, criteria=criteria)
    lesions = Table({
        "subject": rows.subject, "lesion": rows.lesion, "before": rows.before, "after": rows.after,
        "percent": each.percent, "response": labels(each.response),
    })  # fmt: skip
    return BeforeAfter(patients, lesions, response_table(best), _rates(best), criteria)


def _rates(best: npt.NDArray[Any]) -> Table:
    rates = {"objective response": objective_response_rate(best), "disease control": disease_control_rate(best)}
    return Table({
        "rate": list(rates), "count": [r.count for r in rates.values()], "total": [r.total for r in rates.values()],
        "percent": [100 * r.estimate for r in rates.values()], "low": [100 * r.low for r in rates.values()],
        "high": [100 * r.high for r in rates.values()],
    })  # fmt: skip


def _read(path: Path) -> _Rows:
    found = read_file(path)
    if len(found) == 1 and {"before", "after"} & {name.strip().casefold() for name in found[0]}:
        return _from_pairs(found[0])
    return _from_visits(crf.read({"lesions": path}))


def _from_pairs(table: crf.CrfTable) -> _Rows:
    """The rows of a table with a column before and a column after."""
    name_of = {name.strip().casefold(): name for name in table}
    missing = [name for name in COLUMNS if name not in name_of]
    if missing:
        raise InputError(
            f"{table.source.name} lacks the column{'s' * (len(missing) > 1)} {', '.join(missing)}; it has "
            f"{', '.join(table)}. Name them {', '.join(COLUMNS)}.", argument=missing[0],
        )  # fmt: skip
    subject, lesion = table.text(name_of["subject"]), table.text(name_of["lesion"])
    blank = table.blank(name_of["subject"])
    if blank.any():
        row = int(table.rows[np.argmax(blank)])
        raise InputError(f"{table.source.name}, row {row}: `subject` is blank. Say whose lesion it is.",
                         argument="subject")  # fmt: skip
    before, after = (_numbers(table, name_of[n], positive=n == "before") for n in ("before", "after"))
    new, nodal = (
        crf.parse_flags(table.column(name_of[n])) == 1 if n in name_of else np.zeros(before.size, dtype=np.bool_)
        for n in ("new_lesion", "nodal")
    )
    people = np.array([s.strip() for s in subject], dtype=np.str_)
    names = np.array([n.strip() for n in lesion], dtype=np.str_)
    _once(people, names, table)
    return _Rows(people, names, before, after, nodal, frozenset(people[new].tolist()))


def _once(people: npt.NDArray[Any], names: npt.NDArray[Any], table: crf.CrfTable) -> None:
    seen: set[tuple[str, str]] = set()
    for row, subject, lesion in zip(table.rows.tolist(), people.tolist(), names.tolist(), strict=True):
        if (subject, lesion) in seen:
            raise InputError(f"{table.source.name}, row {row}: lesion {lesion!r} of subject {subject!r} stands "
                             "twice. Keep one row for each lesion.", argument="lesion")  # fmt: skip
        seen.add((subject, lesion))


_NOT_MEASURED = frozenset({"", "NE", "ND", "NA", "NAN", "NOT DONE", "NOT EVALUABLE"})


def _numbers(table: crf.CrfTable, name: str, *, positive: bool) -> Floats:
    """A column of sizes; what is neither a size nor blank is refused with its row."""
    numbers, text = table.numbers(name), table.text(name)
    value = np.array(numbers.value)
    words = np.isnan(value) & np.array([t.strip().upper() not in _NOT_MEASURED for t in text], dtype=np.bool_)
    wrong = words | np.isinf(value) | (value <= 0 if positive else value < 0)
    if wrong.any():
        at = int(np.argmax(wrong))
        least = "greater than 0" if positive else "at least 0"
        such = f" ({int(wrong.sum())} such cells)" if wrong.sum() > 1 else ""
        raise InputError(
            f"{table.source.name}, row {int(table.rows[at])}: `{name}` must be a size in mm, {least}, or blank; got "
            f"{text[at].strip()!r}{such}. Correct it, or leave it blank where it was not measured.", argument=name,
        )  # fmt: skip
    return value


def _from_visits(tables: crf.Tables) -> _Rows:
    """The targets of a ``lesions`` table that has two visits."""
    table = tables["lesions"]
    order = _visit_order(table)
    if len(set(order.tolist())) != 2:
        raise InputError(
            f"{table.source.name} must have two visits, before and after; got {len(set(order.tolist()))}. "
            "Keep the two to be compared.", argument="visit",
        )  # fmt: skip
    cells = table.lesions
    size, short = cells.measure("size").value, cells.measure("perpendicular").value
    used = np.where(cells.nodal & ~np.isnan(short), short, size)
    target = cells.role == crf.Role.TARGET
    subject, lesion = table.keys_of("subject"), table.keys_of("lesion")
    number, first = crf.number_rows(subject[0], lesion[0])
    pair = np.full((first.size, 2), np.nan)
    pair[number[target], (order == order.max())[target].astype(int)] = used[target]
    kept = np.bincount(number, weights=target, minlength=first.size) > 0
    there = (cells.role == crf.Role.NEW) & ((cells.state == crf.State.UNEQUIVOCAL) | (used > 0) | cells.present)
    people = np.array(subject[1], dtype=object)[subject[0]].astype(str)
    names = np.array(lesion[1], dtype=object)[lesion[0]].astype(str)
    return _Rows(people[first][kept], names[first][kept], pair[kept, 0], pair[kept, 1], cells.nodal[first][kept],
                 frozenset(people[there & (order == order.max())].tolist()))  # fmt: skip


def _visit_order(table: crf.CrfTable) -> npt.NDArray[Any]:
    """A number for each row that ascends in time: the visit where it is a number, else the day."""
    if "visit" in table:
        visit = table.numbers("visit").value
        if not np.isnan(visit).any():
            return visit
    return table.when().day
