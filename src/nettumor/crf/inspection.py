"""What the cells of a study hold that is not plainly read: a line of the intake for each thing.

Which words are none of those permitted, which numbers cannot be read or were converted, which rows
have no subject, which tables no rows, and which two names may be one patient. Everything is asked of
the distinct words of a column, once; rows are only counted. Nothing is changed here, and nothing
refused: what can only be wrong is the question of `impossible`.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from nettumor._arrays import Bools, Floats
from nettumor._plausible import doubt_over_visits
from nettumor.crf.alike_names import alike_lines
from nettumor.crf.cells import State, unknown_words
from nettumor.crf.columns import Column
from nettumor.crf.intake import Line
from nettumor.crf.key_words import (
    placeholder_lines,
    reader_lines,
    role_lines,
    unread_rows,
    visit_lines,
)
from nettumor.crf.layouts import LAYOUTS, ColumnLayout
from nettumor.crf.lesion_cells import MEASURES, in_mm
from nettumor.crf.lost_rows import lost_row_lines
from nettumor.crf.study_dates import word_lines
from nettumor.crf.tables import CrfTable
from nettumor.words import criteria_names, numbers
from nettumor.words.missing import is_missing
from nettumor.words.states import TOO_SMALL_MM

_KIND_OF = {"role": "role", "state": "state", "new_lesion": "new_lesion", "sex": "sex"}
"""How the words of a column are read, where its layout's kind does not say."""

_NOTES = {
    "role": "not a role: write TARGET, NON-TARGET or NEW",
    "state": "not a state: see nettumor layouts lesions",
    "new_lesion": "not an answer: write Y, N, EQUIVOCAL or UNEQUIVOCAL",
    "response": "not a response: write CR, PR, SD, PD, NON-CR/NON-PD or NE",
    "flag": "not an answer: write Y or N",
    "sex": "not a sex: write F, M or U",
    "unit": "not a unit of lengths that is known: write mm or cm",
    "size": "neither a size nor a state: write a number in the unit of the column, or NE",
    "number": "not a number",
}

_LONGEST = ("size", "diameter", "volume")
"""Measures of which a target has one that is not small; what is viable of it may be."""
_NO_SIZE = "not measured: a size is a number of at least 0, or <5 where too small to measure"
_SIGNED = (
    *("day", "study_day", "percent_from_baseline", "percent_from_nadir", "attenuation", "score"),
)
"""Numbers that may be below 0."""
_WITH_LIMITS = ("markers.value", "markers.concentration")
"""Columns in which a limit of detection is read."""
_NO_NUMBER = "there is no such number: correct it; a code for missing is blank"
_LIMIT = "a limit is not used as a number here: write the number"
_LARGEST = {"mm": 500.0, "mL": 20_000.0}
"""No lesion is larger: a trunk is less wide, an adult's liver smaller (library choice, wide)."""
_TOO_LARGE = "larger than a body holds: a code for missing is blank, and a unit stands in `unit`"
_IMPOSSIBLE = 1e9
"""No size in mm or mL: `assess` measures none from here on."""
_UNIT = "check the unit: cm for mm, mm3 for mL; a column unit, or [units] of a study file, says it"


def inspect(tables: Mapping[str, CrfTable]) -> list[Line]:
    """The lines for what the cells of the tables hold.

    Parameters
    ----------
    tables : mapping of str to CrfTable

    Returns
    -------
    list of Line
    """
    lines: list[Line] = []
    for name, table in tables.items():
        if not table.n_rows:
            note = f"{table.source.name} has a header and no rows"
            lines.append(Line("table", name, table.source.name, name, 0, "ignored", note))
            continue
        lines += _without_subject(table)
        for column in LAYOUTS[name].columns:
            if column.name in table:
                lines += _of_column(table, column)
    if "responses" in tables:
        lines += _other_categories(tables["responses"])
    if "lesions" in tables and tables["lesions"].n_rows:
        lines += _contradictions(tables["lesions"])
        lines += reader_lines(tables["lesions"]) + unread_rows(tables["lesions"])
        lines += role_lines(tables["lesions"]) if "lesion" in tables["lesions"] else []
    lines += visit_lines(tables) + placeholder_lines(tables)
    return lines + lost_row_lines(tables) + alike_lines(tables) + _strangers(tables)


def _other_categories(table: CrfTable) -> list[Line]:
    """Responses by rules that are no size criteria: another series, which nothing here judges."""
    if "criteria" not in table:
        return []
    column = table.column("criteria").trimmed
    count = column.counts
    why = "left out where responses by size are checked"
    return [
        Line("row", "responses.criteria", w, "another category of response", n, "not needed", why)
        for w, n in zip(column.words.tolist(), count.tolist(), strict=True)
        if n and criteria_names.is_other(w)
    ]


def _contradictions(table: CrfTable) -> list[Line]:
    """Sizes that are not used because the state beside them excludes them."""
    sizes = [m for m in MEASURES if m in table]
    if "state" not in table and not any(table.column(m).is_text for m in sizes):
        return []  # numbers alone exclude nothing
    lost = table.lesions.contradiction | (table.lesions.state == State.NOT_EVALUABLE)
    given = np.zeros(table.n_rows, dtype=np.bool_)
    for name in sizes:
        given |= ~np.isnan(table.numbers(name).value)
    rows = np.flatnonzero(lost & given)
    if not len(rows):
        return []
    size = next(n for n in sizes if not np.isnan(table.numbers(n).value[rows[0]]))
    found = f"{table.text(size)[rows[0]]} beside {table.text('state')[rows[0]]}".strip()
    why = "number and state exclude each other: correct one of them"
    return [Line("number", f"lesions.{size}", found, "not measured", len(rows), "ignored", why)]


def _strangers(tables: Mapping[str, CrfTable]) -> list[Line]:
    """Subjects with lesions whom the subjects table does not name."""
    if "subjects" not in tables or "lesions" not in tables or not tables["subjects"].n_rows:
        return []
    known = set(tables["subjects"].keys_of("subject")[1].tolist())
    codes, words = tables["lesions"].keys_of("subject")
    here = [w for w in words[np.unique(codes)].tolist() if w and w not in known]
    if not here:
        return []
    why = f"the table subjects does not name them: {', '.join(here[:3])}"
    more = ", ..." if len(here) > 3 else ""
    return [Line("subject", "lesions.subject", here[0], "", len(here), "ambiguous", why + more)]


def _without_subject(table: CrfTable) -> list[Line]:
    if "subject" not in table:
        return []
    codes, words = table.keys_of("subject")  # a missing word is blank there
    spelled = table.spelled_keys_of("subject")
    blank = np.flatnonzero((words if spelled is None else spelled) == "")
    rows = np.flatnonzero(np.isin(codes, blank)) if blank.size else blank
    if not rows.size:
        return []
    note = f"no subject; the first at {table.source.rows}: {table.rows[rows[0]]}"
    return [Line("row", table.name, "", "", int(rows.size), "ignored", note)]


def _of_column(table: CrfTable, column: ColumnLayout) -> list[Line]:
    """The lines for the words or numbers of one column."""
    place = f"{table.name}.{column.name}"
    held = table.column(column.name)
    if column.kind == "number":
        size = table.name == "lesions" and column.name in MEASURES
        return _numbers(place, table, held, column, "size" if size else "number")
    if column.kind in ("flag", "response"):
        kind = column.kind
    elif column.name in _KIND_OF and column.kind == "word":
        kind = _KIND_OF[column.name]
    elif column.name == "unit" and column.kind == "word":
        return word_lines("word", place, _other_units(held), _NOTES["unit"])
    else:
        return []
    return word_lines("word", place, list(unknown_words(held, kind).items()), _NOTES[kind])


def _other_units(column: Column) -> list[tuple[str, int]]:
    """Units of lengths that are neither missing nor known, with how many rows have each."""
    from nettumor.words import units

    count = column.counts.tolist()
    return [
        (w, n)
        for w, n in zip(column.words, count, strict=True)
        if not is_missing(w) and units.factor(w, "mm") != units.factor(w, "mm")
    ]


def _numbers(
    place: str, table: CrfTable, column: Column, layout: ColumnLayout, kind: str
) -> list[Line]:
    """Numbers that cannot be read, those read in another unit than the column's, and sizes that can
    be none.
    """
    lines = _as_numbers(place, table, column, layout, kind)
    if kind == "number":
        lines += _odd_numbers(place, table, column, layout)
    if kind == "size" and layout.unit in ("mm", "mL"):
        lines += _no_sizes(place, table, column, layout)
    return lines


def _odd_numbers(place: str, table: CrfTable, column: Column, layout: ColumnLayout) -> list[Line]:
    """Numbers below 0 where there are none, and limits such as ``<5`` where they are not used."""
    signed = layout.name in _SIGNED
    if column.floats is not None:
        if signed or not column.extremes[0] <= 0:
            return []
        below = column.floats[_is_negative(place, column.floats)]
        return word_lines(
            "number", place, [(f"{below[0]:g}", len(below))] if len(below) else [], _NO_NUMBER
        )
    read = table.numbers(layout.name)
    negative = read.below <= 0
    if not signed:
        negative |= _is_negative(place, read.value)
    limit = ~(np.isnan(read.below) & np.isnan(read.above))
    lines = []
    for odd, note in ((negative, _NO_NUMBER), (limit, _LIMIT)):
        if odd.any() and not (note == _LIMIT and place in _WITH_LIMITS):
            found = np.bincount(column.codes[odd], minlength=len(column.words))
            words = [(str(column.words[i]), int(found[i])) for i in np.flatnonzero(found)]
            lines += word_lines("number", place, words, note)
    return lines


def _as_numbers(
    place: str, table: CrfTable, column: Column, layout: ColumnLayout, kind: str
) -> list[Line]:
    if not column.is_text:
        return _endless(place, column)
    comma = table.source.decimal_comma
    unknown = unknown_words(column, kind, unit=layout.unit, decimal_comma=comma)
    lines = word_lines("number", place, list(unknown.items()), _NOTES[kind])
    with_unit = [
        i
        for i, w in enumerate(column.words)
        if w[-1:].isalpha() and w not in unknown and numbers.read(w, comma, layout.unit).has_unit
    ]
    if with_unit:
        first = column.words[with_unit[0]]
        read = numbers.read(first, comma, layout.unit)
        value = next(
            v for v in (read.value, read.below, read.above, np.nan) if v == v or v is np.nan
        )
        cells = int(np.isin(column.codes, with_unit).sum())
        said = f"{value:g} {layout.unit}"
        lines.append(
            Line("number", place, first, said, cells, "converted", "the cell names its unit")
        )
    return lines


def _is_negative(place: str, values: Floats) -> Bools:
    """Where a number is below 0, or an upper limit of normal 0."""
    return values <= 0 if place == "markers.upper_limit" else values < 0


def _no_sizes(place: str, table: CrfTable, column: Column, layout: ColumnLayout) -> list[Line]:
    """Numbers below 0 and limits such as ``>50``, which are no sizes; and sizes of another unit than
    the column's, as far as all of them together can tell.
    """
    wrong: list[tuple[str, int]] = []
    has_unit = None
    if column.floats is not None:
        sizes = column.floats
        lowest, highest = column.extremes
        if lowest < 0 or highest >= _IMPOSSIBLE:
            below = sizes[(sizes < 0) | (sizes >= _IMPOSSIBLE)]
            wrong = [(f"{below[0]:g}", len(below))]
    else:
        read = table.numbers(place.partition(".")[2])
        sizes, has_unit, words = read.value, read.has_unit, column.words
        is_odd = (sizes < 0) | (sizes >= _IMPOSSIBLE) | ~np.isnan(read.above) | (read.below <= 0)
        if layout.unit == "mm":
            is_odd |= read.below > TOO_SMALL_MM
        odd = np.bincount(column.codes[is_odd], minlength=len(words))
        wrong = [(str(words[i]), int(odd[i])) for i in np.flatnonzero(odd)]
    lines = word_lines("number", place, wrong, _NO_SIZE)
    if layout.unit == "mm" and "unit" in table:
        sizes = in_mm(sizes, table.column("unit"), has_unit)
    doubt = doubt_over_visits(sizes, layout.unit) if layout.name in _LONGEST else ""
    n = int((sizes > 0).sum()) if doubt else 0
    if doubt:
        lines.append(Line("number", place, doubt, f"sizes in {layout.unit}", n, "ambiguous", _UNIT))
    elif (column.floats is None or column.extremes[1] > _LARGEST[layout.unit]) and (
        large := (sizes > _LARGEST[layout.unit]) & (sizes < _IMPOSSIBLE)
    ).any():
        found = f"{sizes[large][0]:g} {layout.unit}"
        lines.append(Line("number", place, found, "", int(large.sum()), "ambiguous", _TOO_LARGE))
    return lines


def _endless(place: str, column: Column) -> list[Line]:
    assert column.floats is not None
    if not np.isinf(column.extremes).any():
        return []
    count = int(np.count_nonzero(np.isinf(column.floats)))
    return [Line("number", place, "inf", "", count, "unreadable", "infinite")] if count else []
