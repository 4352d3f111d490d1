"""Measurements, cell by cell: is a value there, is it a number, can it be true?

Sources: CDISC CORE rules on results and completion status; NRG, SWOG and NCI lists of common
errors; RECIST 1.1, 3.2.2 and 4.3.2. Input: the lesions table. Output: values that are missing,
unreadable, impossible, or measured along the wrong axis.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from nettumor._arrays import Bools, more_than
from nettumor.crf import Role, State, parse_states
from nettumor.crf.cell_text import number_text
from nettumor.crf.cells import tidy
from nettumor.crf.columns import Words
from nettumor.crf.lesion_cells import LENGTHS, MEASURES
from nettumor.edit_checks.engine.places import looked
from nettumor.edit_checks.engine.register import Hits, Parameters, Skip, check, flag
from nettumor.edit_checks.reading.data import Data, Ints, Rows
from nettumor.edit_checks.reading.diameters import diameters, hits_by_column, in_mm, lengths
from nettumor.edit_checks.reading.lesion_rows import (
    NEVER,
    baseline,
    lesion_at,
    misnamed,
    of_lesions,
    parents,
    skip_sparse,
)
from nettumor.rows import find_rows, group, smallest_at
from nettumor.words.missing import is_missing
from nettumor.words.units import factor

_ANY = "|".join(MEASURES)
_LENGTH = "|".join(LENGTHS)


def _given(rows: Rows) -> Bools:
    """Whether any measure's cell holds something."""
    out = np.zeros(rows.n, dtype=np.bool_)
    for column in MEASURES:
        if column in rows:
            out |= ~rows.blank(column)
    return out


@check("M01", needs={"lesions": ()}, follows=("S02", "L15"))
def target_missing_at_visit(data: Data, parameters: Parameters) -> Hits:
    """A baseline target without a row at a visit at which another lesion of the track was assessed.

    The finding stands at the first lesion row of that visit and names the missing lesion; a lesion
    that has merged, or whose parts are there, needs no row. A visit at which nothing could be
    evaluated asks for none.
    """
    rows, points = data["lesions"], data.timepoints
    state, target = rows.cells.state, np.flatnonzero(baseline(rows, Role.TARGET))
    assessed = ((state != State.BLANK) | _given(rows)) & (state != State.NOT_EVALUABLE)
    asked = np.zeros(len(points), dtype=np.bool_)
    asked[rows.timepoint[assessed]] = True
    asked &= points.order > 0
    # a lesion with as many visits as are asked of its track has a row at each
    its_visits = np.bincount(
        rows.lesion[asked[rows.timepoint] & ~rows.again], minlength=len(rows.in_time)
    )
    visits = np.bincount(points.track[asked], minlength=data.n_tracks)
    target = target[its_visits[rows.lesion[target]] < visits[rows.track[target]]]
    skip_sparse(rows, target, visits[rows.track[target]])
    in_track = group(rows.track[target], by=rows.lesion[target])
    point = np.flatnonzero(asked)
    which, place = in_track.rows_of(in_track.find(points.track[point]))
    row, visit = target[place], point[which]
    of_them = np.zeros(rows.n, dtype=np.bool_)
    of_them[target] = True
    missing = lesion_at(rows, rows.lesion[row], visit, of_lesions(rows, of_them)) < 0
    row, visit = row[missing], visit[missing]
    of_parts, names = parents(rows), rows.codes("lesion")[0]
    missing = find_rows((names[row], visit), (of_parts, rows.timepoint)) < 0
    merged = rows.cells.state == State.MERGED
    gone = smallest_at(rows.lesion[merged], rows.timepoint[merged], len(rows.in_time), NEVER)
    missing &= visit <= gone[rows.lesion[row]]
    told = np.concatenate([rows.lesion[at] for at in misnamed(data)])  # `L14` speaks
    missing &= ~np.isin(rows.lesion[row], told)
    row, visit = row[missing], visit[missing]
    name = rows.text("lesion")[row]
    return Hits(
        table="lesions",
        rows=points.lesions[visit],
        column="lesion",
        value="",
        expected=np.array([f"a row of {n}" for n in name.tolist()], dtype=object),
        related=row,
        names={"lesion": name},
        message="target {lesion} has no row at visit {visit}, at which other lesions were assessed",
    )


_SIZED = (
    State.MEASURED,
    State.PRESENT,
    State.UNEQUIVOCAL,
    State.UNEQUIVOCAL_PROGRESSION,
    State.EQUIVOCAL,
    State.NON_PATHOLOGICAL,
)
"""States of a target that ask for a size."""
_STATES = np.array(
    [*(s.name.replace("_", " ").lower() for s in State), "another word"], dtype=object
)


@check(
    "M02",
    needs={"lesions": ()},
    blank_allowed=True,
    follows=("S02", "S06", "M06", "M03", "=L15", "=X15"),
)
def value_missing_without_reason(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """A target's row without a value and without a reason, or not evaluable without one.

    Reasons are asked of NE rows only where the table has the column ``reason``.
    """
    rows = data["lesions"]
    state = rows.cells.state
    open_ = (rows.cells.role == Role.TARGET) & rows.blank("reason")
    silent = np.flatnonzero(open_ & ~_given(rows))
    column = next((m for m in LENGTHS if m in rows), "lesion")
    yield Hits(
        table="lesions",
        rows=silent[state[silent] == State.BLANK],
        column=column,
        expected="a value, or a state with a reason",
        message="{lesion} has neither a value nor a state at visit {visit}",
    )
    sized = silent[np.isin(state[silent], _SIZED)]
    yield Hits(
        table="lesions",
        rows=sized,
        column=column,
        expected="a value, or a reason why it was not measured",
        parts={"state": _STATES[state[sized]]},
        message="{lesion} is {state} at visit {visit} and has no value",
    )
    if "reason" in rows:
        at = np.flatnonzero(open_ & (state == State.NOT_EVALUABLE))
        yield Hits(
            table="lesions",
            rows=at[~_numbered(rows, at)],
            column="reason",
            expected="a reason",
            message="{lesion} is not evaluable at visit {visit}, and no reason is given",
        )


def _numbered(rows: Rows, at: Ints) -> Bools:
    """Whether any measure's cell of some rows holds a number."""
    out = np.zeros(len(at), dtype=np.bool_)
    if len(at):
        for measure in MEASURES:
            if measure in rows:
                out |= ~np.isnan(rows.number(measure)[at])
    return out


@check("M03", needs={"lesions": ()}, follows=("S02",))
def value_and_not_done(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """A number beside a state that excludes it, or beside a reason why it was not measured."""
    rows = data["lesions"]
    bad = np.flatnonzero(rows.cells.contradiction)
    numbered = _numbered(rows, bad)
    for at, message in (
        (
            bad[numbered],
            "{lesion} has the value {value} at visit {visit}, and is said to be {said}",
        ),
        (bad[~numbered], '{lesion} is "{value}" at visit {visit}, and is said to be {said}'),
    ):
        yield from hits_by_column(
            _value_column(rows, at),
            at,
            message,
            parts={"said": _said(rows, at)},
            expected="one of the two",
        )
    if "reason" in rows:
        done = rows.table.column("reason").map(_says_not_done, np.bool_) & ~rows.cells.contradiction
        at = np.flatnonzero(done)
        at = at[_numbered(rows, at)]
        yield from hits_by_column(
            _value_column(rows, at),
            at,
            "{lesion} has the value {value} at visit {visit}, and a reason for not "
            "being measured: {reason}",
            parts={"reason": rows.text("reason", at)},
            expected="one of the two",
        )


def _value_column(rows: Rows, at: Ints) -> Words:
    """The columns in which some rows say a size, as `hits_by_column` takes them: the first with a
    number, else the first that is not blank.
    """
    if not len(at):
        return np.empty(0, dtype=object)
    held = [m for m in (*LENGTHS, "volume") if m in rows]
    column = np.repeat(np.array([held[0] if held else "state"], dtype=object), rows.n)
    for name in held[::-1]:
        column[at[~rows.blank(name)[at]]] = name
    for name in held[::-1]:
        column[at[~np.isnan(rows.number(name)[at])]] = name
    return column


def _said(rows: Rows, at: Ints) -> Words:
    """What the state cell of some rows says, else what the row is taken for."""
    taken = _STATES[rows.cells.state[at]]
    if "state" not in rows or not len(at):
        return np.asarray(taken)
    told = parse_states(rows.table.column("state"))[at]
    return np.asarray(np.where(told > 0, _STATES[told], taken))


_NOT_DONE = ("NOT DONE", "NOT EVAL", "NOT ASSESS", "NOT MEASUR", "NOT SCANNED", "OBSCURED")


def _says_not_done(cell: str) -> bool:
    word = tidy(cell)
    return word in ("NE", "ND") or any(w in word for w in _NOT_DONE)


@check("M04", needs={"lesions": (_ANY,)})
def negative_value(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """A size below 0."""
    rows = data["lesions"]
    for column in (*LENGTHS, "volume"):
        if column in rows:
            yield flag(
                "lesions",
                rows.number(column) < 0,
                "{column} of {lesion} is {value} at visit {visit}",
                column,
                expected="0 or more",
            )


@check(
    "M05",
    needs={"lesions": (_LENGTH,)},
    follows=("M08", "M09", "M10"),
    hard_max=500.0,
    soft_max=250.0,
)
def implausibly_large(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """A diameter that cannot be, or hardly can be, one of a lesion."""
    rows = data["lesions"]
    for column, value in lengths(rows):
        at = np.flatnonzero(more_than(value, parameters["soft_max"]))
        hard = more_than(value[at], parameters["hard_max"])
        yield Hits(
            table="lesions",
            rows=at,
            column=column,
            value=value[at],
            expected=f"at most {parameters['soft_max']:g} mm",
            severity=np.where(hard, "error", "warning"),
            message="{column} of {lesion} is {value} mm at visit {visit}",
        )


@check("M06", needs={"lesions": (_ANY,)}, follows=("S02",))
def not_a_number(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """Text that is neither a number nor a known word."""
    rows = data["lesions"]
    for column in MEASURES:
        if column in rows:
            bad = rows.cells.measure(column).unreadable & np.isnan(rows.number(column))
            yield flag(
                "lesions",
                bad,
                '{column} of {lesion} is "{value}" at visit {visit}, which is no number',
                column,
                expected="a number, NE, ABSENT or TOO SMALL",
            )


@check("M07", needs={"lesions": (_ANY,)})
def decimal_comma(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """A decimal comma in a file whose decimal mark is the point; it was read as one."""
    rows = data["lesions"]
    if rows.table.source.decimal_comma:
        return
    for column in MEASURES:
        if column in rows:
            yield flag(
                "lesions",
                rows.numbers(column).decimal_comma,
                "{column} of {lesion} is written {value}, read as {expected}",
                column,
                expected=rows.number(column),
            )


def _unit_code(word: str) -> int:
    """0 for no unit, 1 for mm, 2 for cm, 3 for another."""
    return 0 if is_missing(word) else {1.0: 1, 10.0: 2}.get(factor(word, "mm"), 3)


@check("M08", needs={"lesions": ("unit", _LENGTH)}, blank_allowed=True)
def unit_missing_or_wrong(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """A size without a unit, in a unit that is neither mm nor cm, or in another than the patient's
    other sizes.
    """
    rows = data["lesions"]
    sized = np.zeros(rows.n, dtype=np.bool_)
    for column in LENGTHS:
        if column in rows:
            sized |= ~np.isnan(rows.number(column))
    looked(data, sized, ~np.logical_and.reduce([rows.blank(c) for c in LENGTHS if c in rows]))
    unit = rows.table.column("unit").map(_unit_code, np.int64)
    yield flag(
        "lesions",
        sized & (unit == 0),
        "the size of {lesion} at visit {visit} has no unit",
        "unit",
        expected="mm",
    )
    yield flag(
        "lesions",
        sized & (unit == 3),
        "the size of {lesion} at visit {visit} is in {value}",
        "unit",
        expected="mm",
    )
    length = sized & ((unit == 1) | (unit == 2))
    subject = rows.subject
    high = int(subject.max(initial=-1)) + 1
    mm = np.bincount(subject[length & (unit == 1)], minlength=high)
    cm = np.bincount(subject[length & (unit == 2)], minlength=high)
    usual = np.where(mm >= cm, 1, 2)[subject] if rows.n else unit
    mixed = length & (unit != usual)
    yield flag(
        "lesions",
        mixed,
        "{lesion} is in {value} at visit {visit}, other sizes of the patient in {expected}",
        "unit",
        expected=np.where(usual == 1, "mm", "cm"),
    )


@check(
    "M12",
    needs={"lesions": ("size|viable", "perpendicular|viable_perpendicular")},
    follows=("M04", "M05"),
    tol_mm=0.0,
)
def short_axis_exceeds_long_axis(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """A perpendicular diameter that is longer than the longest."""
    rows = data["lesions"]
    pairs = [
        p
        for p in (("size", "perpendicular"), ("viable", "viable_perpendicular"))
        if all(c in rows for c in p)
    ]
    if not pairs:
        raise Skip("lesions has no longest and perpendicular diameter of one kind")
    for long, short in pairs:
        longest, across = in_mm(rows, long), in_mm(rows, short)
        bad = more_than(across, longest + parameters["tol_mm"]) & (longest > 0)
        at = np.flatnonzero(bad)
        yield Hits(
            table="lesions",
            rows=at,
            message="{column} of {lesion} is {value} mm at visit {visit}, longer than its longest "
            "diameter of {longest} mm",
            column=short,
            value=across[at],
            expected=[f"at most {number_text(v)} mm" for v in longest[at].tolist()],
            parts={"longest": longest[at]},
        )


@check(
    "M13",
    needs={"lesions": ("size|diameter", "perpendicular")},
    blank_allowed=True,
    follows=("L15", "L16", "M06"),
)
def wrong_axis_for_node(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """A target node with the long axis only, where short axes are collected; another target with
    the short axis only.

    In the CRF layout a node's only diameter is its short axis; it is questioned where the table
    gives perpendicular diameters for nodes, and where it comes from SDTM, whose LDIAM is a longest
    diameter.
    """
    rows = data["lesions"]
    target = rows.cells.role == Role.TARGET
    given = {c: in_mm(rows, c) for c in ("size", "perpendicular", "diameter") if c in rows}
    none = np.broadcast_to(np.nan, rows.n)
    size, across = given.get("size", none), given["perpendicular"]
    node = rows.cells.nodal & target
    filled = [~rows.blank(c) for c in given]
    garbled = [f & np.isnan(v) for f, v in zip(filled, given.values(), strict=True)]
    held = target & np.logical_or.reduce(filled)
    looked(data, held & ~np.logical_or.reduce(garbled), held)
    asked = rows.table.source.kind == "sdtm" or bool((rows.cells.nodal & ~np.isnan(across)).any())
    long_only = node & (size > 0) & rows.blank("perpendicular") & asked
    long_only &= rows.cells.state != State.TOO_SMALL  # 5 mm stands for it in either column
    short_only = target & ~rows.cells.nodal & (across > 0) & rows.blank("size")
    short_only &= rows.blank("viable")
    if "diameter" in rows:
        alone = np.isnan(given["diameter"])
        long_only, short_only = long_only & alone, short_only & alone
    yield flag(
        "lesions",
        long_only,
        "target node {lesion} has a longest diameter of {value} mm at visit {visit} and "
        "no short axis",
        "size",
        value=size,
        expected="the short axis",
    )
    yield flag(
        "lesions",
        short_only,
        "target {lesion} is no node and has a perpendicular diameter only, at visit {visit}",
        "perpendicular",
        expected="the longest diameter",
    )


@check("M14", needs={"lesions": (_LENGTH,)}, follows=("M08", "=M09", "M10", "M25"), tstm_mm=5.0)
def below_5mm_not_tstm(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """A target's diameter above 0 and below 5 mm that is not said to be too small."""
    rows, read = data["lesions"], diameters(data)
    small = (
        (read.value > 0)
        & more_than(parameters["tstm_mm"], read.value)
        & (rows.cells.role == Role.TARGET)
    )
    at = np.flatnonzero(small & (rows.cells.state != State.TOO_SMALL))
    yield from hits_by_column(
        read.column,
        at,
        "{lesion} is {value} mm at visit {visit}: was it measured, or too small "
        f"to measure (then {parameters['tstm_mm']:g} mm)?",
        value=read.value[at],
        expected=f"{parameters['tstm_mm']:g} mm or more, or TOO SMALL",
    )


@check("M15", needs={"lesions": (_LENGTH,)}, blank_allowed=True, follows=("M03",), tstm_mm=5.0)
def tstm_not_standardised(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """Too small to measure beside another value than 5 mm, or without one.

    SDTM asks for the 5 mm in TRSTRESN. In the CRF layout the words alone say it, and 5 mm is put
    in: a note.
    """
    default = float(parameters["tstm_mm"])
    rows, read = data["lesions"], diameters(data)
    if rows.table.source.kind == "sdtm":
        yield from _tstm_in_sdtm(data, default)
        return
    target = rows.cells.role == Role.TARGET
    said = (
        parse_states(rows.table.column("state")) if "state" in rows else np.zeros(rows.n, np.int8)
    )
    other = (
        (said == State.TOO_SMALL)
        & target
        & (read.value > 0)
        & ~read.default
        & (read.value != default)
    )
    for where, severity, message in (
        (other, "", _TSTM_OTHER),
        (read.default & target, "note", _TSTM_NONE),
    ):
        at = np.flatnonzero(where)
        shown = np.where(read.default, np.nan, read.value)[at]
        yield from hits_by_column(
            read.column,
            at,
            message,
            value=shown,
            severity=severity,
            expected=np.full(len(at), default),
        )


_TSTM_OTHER = "{lesion} is too small to measure at visit {visit} and has the value {value} mm"
_TSTM_NONE = (
    "{lesion} is too small to measure at visit {visit} and has no value; {expected} mm counts"
)
_SDTM_LENGTHS = ("LDIAM", "LPERP", "SAXIS", "DIAMETER", "VDIAM")


def _tstm_in_sdtm(data: Data, default: float) -> Iterator[Hits]:
    """TR rows whose result says too small and whose TRSTRESN is not the default."""
    rows = data["TR"]
    said = np.zeros(rows.n, dtype=np.bool_)
    for column in ("TRORRES", "TRSTRESC"):
        if column in rows:
            said |= parse_states(rows.table.column(column)) == State.TOO_SMALL
    said &= np.isin(rows.word("TRTESTCD"), _SDTM_LENGTHS)
    value = rows.number("TRSTRESN")
    expected = np.full(rows.n, default)
    yield flag("TR", said & np.isnan(value), _TSTM_NONE, "TRSTRESN", value=value, expected=expected)
    yield flag(
        "TR",
        said & (value != default) & ~np.isnan(value),
        _TSTM_OTHER,
        "TRSTRESN",
        value=value,
        expected=expected,
    )


@check("M19", needs={"lesions": (_LENGTH,)}, decimals=1)
def too_much_precision(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """More decimals than imaging supports."""
    rows = data["lesions"]
    scale = 10.0 ** int(parameters["decimals"])
    for column, value in lengths(rows):
        scaled = value * scale
        at = np.flatnonzero(scaled != np.rint(scaled))  # most are whole
        scaled = scaled[at]
        fine = np.abs(scaled - np.rint(scaled)) > 1e-6 * np.maximum(np.abs(scaled), 1.0)
        yield Hits(
            table="lesions",
            rows=at[fine & np.isfinite(scaled)],
            column=column,
            expected=f"at most {int(parameters['decimals'])} decimal in mm",
            message="{column} of {lesion} is given as {value} at visit {visit}, finer than imaging "
            "measures",
        )
