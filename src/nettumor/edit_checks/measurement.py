"""Measurements, cell by cell: is a value there, is it a number, can it be true?

Sources: CDISC CORE rules on results and completion status; NRG, SWOG and NCI lists of common errors;
RECIST 1.1, 3.2.2 and 4.3.2. Input: the lesions table. Output: values that are missing, unreadable,
impossible, or measured along the wrong axis.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from nettumor._arrays import Bools, Floats, more_than
from nettumor.crf import Role, State, parse_states
from nettumor.crf.lesion_cells import LENGTHS, MEASURES
from nettumor.edit_checks._data import Data, Ints, Rows
from nettumor.edit_checks._types import Hits, Parameters, check, flag

_MM = {"": 1.0, "mm": 1.0, "cm": 10.0}
_ANY = "|".join(MEASURES)


def in_mm(rows: Rows, column: str) -> Floats:
    """The numbers of a length column in mm, whatever the state says."""
    values = rows.number(column)
    if "unit" in rows:
        factor = rows.table.column("unit").map(lambda u: _MM.get(u.strip().lower(), np.nan), float)
        values = np.round(values * factor, 9)
    return values


def lengths(rows: Rows) -> Iterator[tuple[str, Floats]]:
    """The length columns of a table with their values in mm."""
    for column in LENGTHS:
        if column in rows:
            yield column, in_mm(rows, column)


def _given(rows: Rows) -> Bools:
    """Whether any measure's cell holds something."""
    out = np.zeros(rows.n, dtype=np.bool_)
    for column in MEASURES:
        if column in rows:
            out |= ~rows.blank(column)
    return out


def _gone_or_merged(rows: Rows) -> Ints:
    """(lesion, time) keys are compared as numbers: for each lesion the first timepoint at which it merged."""
    out = np.full(int(rows.lesion.max(initial=-1)) + 1, np.iinfo(np.int64).max)
    merged = rows.cells.state == State.MERGED
    np.minimum.at(out, rows.lesion[merged], rows.timepoint[merged])
    return out


@check("M01", needs={"lesions": ()}, follows=("S02", "L15"))
def target_missing_at_visit(data: Data, parameters: Parameters) -> Hits:
    """A baseline target without a row at a visit at which another lesion of the track was assessed.

    The finding stands at the first lesion row of that visit and names the missing lesion; a lesion that
    has merged, or whose parts are there, needs no row.
    """
    rows, points = data["lesions"], data.timepoints
    base = np.flatnonzero((rows.order == 0) & (rows.cells.role == Role.TARGET) & (rows.cells.parent == ""))
    _, one = np.unique(rows.lesion[base], return_index=True)
    base = base[one]
    base = base[np.argsort(rows.track[base], kind="stable")]
    count = np.bincount(rows.track[base], minlength=data.n_tracks)
    start = np.concatenate([[0], np.cumsum(count)])
    visits = np.flatnonzero((points.order > 0) & (points.lesions >= 0))
    repeat = count[points.track[visits]]
    visit = np.repeat(visits, repeat)
    within = np.arange(len(visit)) - np.repeat(np.cumsum(repeat) - repeat, repeat)
    row = base[start[points.track[visit]] + within]
    width = len(points) + 1
    there = np.isin(rows.lesion[row] * width + visit, rows.lesion * width + rows.timepoint)
    names, words = rows.codes("lesion")
    place = {w: i for i, w in enumerate(words)}
    parent = np.array([place.get(p, -1) for p in rows.cells.parent], dtype=np.int64)
    there |= np.isin(names[row] * width + visit, (parent * width + rows.timepoint)[parent >= 0])
    missing = ~there & (visit <= _gone_or_merged(rows)[rows.lesion[row]])
    row, visit = row[missing], visit[missing]
    return Hits(
        table="lesions", rows=points.lesions[visit], column="lesion", value="", expected=rows.text("lesion")[row],
        related=row, names={"lesion": rows.text("lesion")[row]},
        message="target {expected} has no row at visit {visit}, at which other lesions were assessed",
    )  # fmt: skip


@check("M02", needs={"lesions": ()}, blank_allowed=True, follows=("S02", "M06", "M03"))
def value_missing_without_reason(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """A target's row without a value and without a state, or not evaluable without a reason."""
    rows = data["lesions"]
    target = rows.cells.role == Role.TARGET
    silent = target & (rows.cells.state == State.BLANK) & ~_given(rows)
    reasoned = ~rows.blank("reason")
    column = next((m for m in LENGTHS if m in rows), "lesion")
    yield flag("lesions", silent & ~reasoned, "{lesion} has neither a value nor a state at visit {visit}", column,
               expected="a value, or a state with a reason")  # fmt: skip
    if "reason" in rows:
        open_ = target & (rows.cells.state == State.NOT_EVALUABLE) & ~reasoned
        yield flag("lesions", open_, "{lesion} is not evaluable at visit {visit}, and no reason is given", "reason",
                   expected="a reason")  # fmt: skip


@check("M03", needs={"lesions": ()}, follows=("S02",))
def value_and_not_done(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """A number beside a state that excludes it, or beside a reason why it was not measured."""
    rows = data["lesions"]
    bad = rows.cells.contradiction
    column = next((m for m in LENGTHS if m in rows), "state")
    states = np.array([*(s.name.replace("_", " ") for s in State), "another word"], dtype=object)
    yield flag("lesions", bad, "{lesion} has the value {value} and the state {state} at visit {visit}", column,
               expected="one of the two", state=states[rows.cells.state])  # fmt: skip
    if "reason" in rows:
        done = (rows.cells.state == State.MEASURED) & rows.table.column("reason").map(_says_not_done, np.bool_)
        yield flag("lesions", done & ~bad, "{lesion} has the value {measured} and a reason for not being measured: "
                   "{value}", "reason", measured=rows.text(column), severity=np.full(rows.n, "warning"))  # fmt: skip


def _says_not_done(word: str) -> bool:
    said = ("NOT DONE", "NOT EVAL", "NOT ASSESS", "NOT MEASUR", "OBSCURED", "NOT SCANNED")
    return any(w in word.upper() for w in said)


@check("M04", needs={"lesions": (_ANY,)})
def negative_value(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """A size below 0."""
    rows = data["lesions"]
    for column in (*LENGTHS, "volume"):
        if column in rows:
            yield flag("lesions", rows.number(column) < 0, "{column} of {lesion} is {value}", column,
                       expected="0 or more")  # fmt: skip


@check("M05", needs={"lesions": ("|".join(LENGTHS),)}, follows=("M08", "M09"), hard_max=500.0, soft_max=250.0)
def implausibly_large(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """A diameter that cannot be, or hardly can be, one of a lesion."""
    rows = data["lesions"]
    for column, value in lengths(rows):
        hard, soft = more_than(value, parameters["hard_max"]), more_than(value, parameters["soft_max"])
        yield flag("lesions", soft, "{column} of {lesion} is {value} mm", column, value=value,
                   expected=f"at most {parameters['soft_max']:g} mm",
                   severity=np.where(hard, "error", "warning"))  # fmt: skip


@check("M06", needs={"lesions": (_ANY,)}, follows=("S02",))
def not_a_number(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """Text that is neither a number nor a known word."""
    rows = data["lesions"]
    for column in MEASURES:
        if column in rows:
            bad = rows.cells.measure(column).unreadable & np.isnan(rows.number(column))
            yield flag("lesions", bad, '{column} of {lesion} is "{value}", which is no number', column,
                       expected="a number, NE, ABSENT or TOO SMALL")  # fmt: skip


@check("M07", needs={"lesions": (_ANY,)})
def decimal_comma(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """A decimal comma in a file whose decimal mark is the point; it was read as one."""
    rows = data["lesions"]
    if rows.table.source.decimal_comma:
        return
    for column in MEASURES:
        if column in rows:
            yield flag("lesions", rows.numbers(column).decimal_comma, "{column} of {lesion} is written {value}, read "
                       "as {expected}", column, expected=rows.number(column))  # fmt: skip


@check("M08", needs={"lesions": ("unit", "|".join(LENGTHS))}, blank_allowed=True)
def unit_missing_or_wrong(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """A size without a unit, in a unit that is neither mm nor cm, or in another than the patient's other sizes."""
    rows = data["lesions"]
    sized = np.zeros(rows.n, dtype=np.bool_)
    for column in LENGTHS:
        if column in rows:
            sized |= ~np.isnan(rows.number(column))
    unit = rows.table.column("unit").map(lambda u: {"": 0, "mm": 1, "cm": 2}.get(u.strip().lower(), 3), np.int64)
    yield flag("lesions", sized & (unit == 0), "the size of {lesion} at visit {visit} has no unit", "unit",
               expected="mm")  # fmt: skip
    yield flag("lesions", sized & (unit == 3), "the size of {lesion} at visit {visit} is in {value}", "unit",
               expected="mm")  # fmt: skip
    length = sized & ((unit == 1) | (unit == 2))
    subject = rows.subject
    high = int(subject.max(initial=-1)) + 1
    mm = np.bincount(subject[length & (unit == 1)], minlength=high)
    cm = np.bincount(subject[length & (unit == 2)], minlength=high)
    usual = np.where(mm >= cm, 1, 2)[subject] if rows.n else unit
    mixed = length & (unit != usual)
    yield flag("lesions", mixed, "{lesion} is in {value} at visit {visit}, other sizes of the patient in {expected}",
               "unit", expected=np.where(usual == 1, "mm", "cm"))  # fmt: skip


@check("M12", needs={"lesions": ("size|viable", "perpendicular|viable_perpendicular")}, follows=("M04", "M05"), tol=0.0)
def short_axis_exceeds_long_axis(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """A perpendicular diameter that is longer than the longest."""
    rows = data["lesions"]
    for long, short in (("size", "perpendicular"), ("viable", "viable_perpendicular")):
        if long in rows and short in rows:
            longest, across = in_mm(rows, long), in_mm(rows, short)
            bad = more_than(across, longest + parameters["tol"])
            yield flag("lesions", bad, "{column} of {lesion} is {value} mm, longer than its longest diameter "
                       "of {longest} mm", short, value=across, expected=longest, longest=longest)  # fmt: skip


@check("M13", needs={"lesions": ("size|diameter", "perpendicular")}, blank_allowed=True, follows=("L15", "L16", "M06"))
def wrong_axis_for_node(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """A target node with the long axis only, where short axes are collected; another target with the short axis only.

    In the CRF layout a node's only diameter is its short axis; it is questioned where the table gives
    perpendicular diameters for nodes, and where it comes from SDTM, whose LDIAM is a longest diameter.
    """
    rows = data["lesions"]
    target = rows.cells.role == Role.TARGET
    size, across, collected = (rows.number(c) for c in ("size", "perpendicular", "diameter"))
    node = rows.cells.nodal & target
    asked = rows.table.source.kind == "sdtm" or bool((rows.cells.nodal & ~np.isnan(across)).any())
    long_only = node & (size > 0) & np.isnan(across) & np.isnan(collected) & asked
    yield flag("lesions", long_only, "target node {lesion} has a longest diameter of {value} mm and no short axis",
               "size", expected="the short axis")  # fmt: skip
    short_only = target & ~rows.cells.nodal & (across > 0) & np.isnan(size) & np.isnan(collected)
    short_only &= np.isnan(rows.number("viable"))
    yield flag("lesions", short_only, "target {lesion} is no node and has a perpendicular diameter only",
               "perpendicular", expected="the longest diameter")  # fmt: skip


@check("M14", needs={"lesions": ("|".join(LENGTHS),)}, tstm_mm=5.0)
def below_5mm_not_tstm(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """A value above 0 and below 5 mm."""
    rows = data["lesions"]
    for column in ("size", "diameter"):
        if column in rows:
            value = in_mm(rows, column)
            small = (value > 0) & more_than(parameters["tstm_mm"], value) & (rows.cells.role == Role.TARGET)
            yield flag("lesions", small, "{lesion} is {value} mm: was it too small to measure (then 5 mm)?", column,
                       value=value)  # fmt: skip


@check("M15", needs={"lesions": ("|".join(LENGTHS),)}, follows=("M03",), tstm_mm=5.0)
def tstm_not_standardised(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """Too small to measure beside another value than 5 mm; without any value (note), 5 mm counts."""
    rows = data["lesions"]
    target = rows.cells.role == Role.TARGET
    small = parse_states(rows.table.column("state")) == State.TOO_SMALL if "state" in rows else np.zeros(rows.n, bool)
    for column, value in lengths(rows):
        if column in ("size", "diameter"):
            other = small & target & (value > 0) & (value != parameters["tstm_mm"])
            yield flag("lesions", other, "{lesion} is too small to measure and has the value {value} mm", column,
                       value=value, expected=parameters["tstm_mm"] * np.ones(rows.n))  # fmt: skip
    for column in ("size", "diameter"):
        if column in rows:
            read = rows.cells.measure(column)
            silent = read.too_small & target & np.isnan(rows.number(column)) & np.isnan(rows.number("diameter"))
            yield flag("lesions", silent, "{lesion} is too small to measure; 5 mm counts", column,
                       expected=parameters["tstm_mm"] * np.ones(rows.n), severity=np.full(rows.n, "note"))  # fmt: skip
            break


@check("M19", needs={"lesions": ("|".join(LENGTHS),)}, decimals=1)
def too_much_precision(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """More decimals than imaging supports."""
    rows = data["lesions"]
    scale = 10.0 ** int(parameters["decimals"])
    for column, value in lengths(rows):
        with np.errstate(over="ignore", invalid="ignore"):
            scaled = value * scale
            fine = np.abs(scaled - np.round(scaled)) > 1e-6 * np.maximum(np.abs(scaled), 1.0)
        yield flag("lesions", fine & np.isfinite(scaled), "{column} of {lesion} is given as {value} mm", column,
                   value=rows.text(column), expected=f"{int(parameters['decimals'])} decimal")  # fmt: skip
