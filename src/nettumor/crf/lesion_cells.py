"""The lesions table read: for each row what was seen of the lesion, and each measure as number or
state.

Which question: what does the row of a lesion say under the cell rules of the CRF layout? ABSENT and
0 are 0; TOO SMALL, TSTM and ``<5`` are too small unless an actual value is given; NE, ND, NOT DONE,
NOT EVALUABLE, a blank, or PRESENT without a size are not measured; MERGED is 0; a number beside a
contradicting state is not measured and marked. Sources: RECIST 1.1 (4.4.2, and 5 mm for too small),
CDISC RECIST 1.1 supplement; SDTM LOC terminology (C74456) for the names of lymph nodes.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from functools import cached_property
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
from attrs import frozen

from nettumor._arrays import Bools, Codes, Floats, at_least
from nettumor._sealed import SealedProperty
from nettumor.crf.cells import (
    UNKNOWN,
    Numbers,
    Role,
    State,
    merged_into,
    parse_flags,
    parse_roles,
    parse_states,
)
from nettumor.crf.columns import Column, Ints, blanks
from nettumor.criteria import RECIST_1_1
from nettumor.errors import choose
from nettumor.rows import values_at
from nettumor.words import numbers, roles, states, units
from nettumor.words.missing import is_missing
from nettumor.words.organs import is_node

__all__ = ["LENGTHS", "MEASURES", "LesionCells", "Measure", "in_mm", "is_node"]

LENGTHS = ("size", "perpendicular", "viable", "viable_perpendicular", "diameter")
MEASURES = (*LENGTHS, "volume", "attenuation")


@frozen(eq=False)
class Measure:
    """One measure of a lesion, one element per row.

    Attributes
    ----------
    value : ndarray of float
        Millimetres (mL, HU); 0 where the lesion is gone or merged into another; NaN where not
        measured.
    too_small : ndarray of bool
        Seen, too small to measure, and no actual value given; the value is NaN.
    unreadable : ndarray of bool
        The cell holds text that is neither a number nor a known word.
    """

    value: Floats
    too_small: Bools
    unreadable: Bools


_GONE = (State.ABSENT, State.MERGED)
_THERE = (State.PRESENT, State.UNEQUIVOCAL, State.UNEQUIVOCAL_PROGRESSION, State.EQUIVOCAL)
_GROUP = np.zeros(len(State) + 1, dtype=np.int8)
for _state in State:
    _GROUP[_state] = {State.BLANK: 0, State.ABSENT: 1, State.MERGED: 1, State.NOT_EVALUABLE: 3}.get(
        _state, 2
    )


class LesionRows(Protocol):
    """What is asked of the lesions table, in the words of `nettumor.crf.CrfTable`."""

    @property
    def n_rows(self) -> int:
        """Number of rows."""

    def __contains__(self, name: object) -> bool:
        """Whether the table has a column."""

    def column(self, name: str) -> Column:
        """A column with its distinct words and codes."""

    def numbers(self, name: str) -> Numbers:
        """A column's numbers, and what its other cells are."""

    def unit_of(self, name: str) -> str:
        """The unit that the layout gives a column."""

    def track(self) -> tuple[Ints, Ints]:
        """The track of each row, and the first row of each track."""


class LesionCells:
    """The lesions table, read.

    Parameters
    ----------
    table : CrfTable
        The lesions table.

    Attributes
    ----------
    role : ndarray of int8
        `Role`, -1 for an unknown word; new targets and new non-targets are NEW.
    identified : ndarray of int8
        The same with NEW_TARGET and NEW_NON_TARGET told apart, as iRECIST asks.
    state : ndarray of int8
        `State` of the row: its state cell; else a word in a measure's cell; else MEASURED or ABSENT
        by the numbers; BLANK where the row says nothing. -1 for an unknown word. UNEQUIVOCAL beside
        a non-target is its unequivocal progression (TRPROPRS has no other word for it); INCREASED,
        UNCHANGED and DECREASED are PRESENT.
    change : ndarray of int8
        INCREASED, UNCHANGED or DECREASED where the state cell says so, else BLANK.
    contradiction : ndarray of bool
        A number beside a contradicting state, or two states that exclude each other.
    not_evaluable, present : ndarray of bool
        Short forms of the state.
    nodal : ndarray of bool
        A lymph node, by the nodal cell, else by the role (TARGET NODAL), else by the organ
        (`is_node`).
    merged_into : ndarray of str
        The lesion named by "MERGED INTO T01" in the state or reason, else "".
    parent : ndarray of str
        For a part of a lesion that split (T04.1, where T04 is a lesion of the same subject and
        evaluator) the parent's name, else "".
    """

    def __init__(self, table: LesionRows) -> None:
        self.table = table
        self._n = table.n_rows

    def _column(self, name: str) -> Column:
        return self.table.column(name) if name in self.table else blanks(self._n)

    @SealedProperty
    def identified(self) -> Codes:
        """Codes of `Role`, each kind of new lesion by its own."""
        return parse_roles(self._column("role"))

    @SealedProperty
    def role(self) -> Codes:
        """Codes of `Role`, every new lesion as NEW."""
        return _translated(self.identified, roles.as_new)

    @SealedProperty
    def numbers(self) -> dict[str, Numbers]:
        """The numbers of each column of a measure."""
        return {m: self.table.numbers(m) for m in MEASURES if m in self.table}

    @SealedProperty
    def _states(self) -> Codes:
        """The state cell's code, as it is written."""
        return parse_states(self._column("state"))

    @SealedProperty
    def change(self) -> Codes:
        """INCREASED, UNCHANGED or DECREASED where the state cell says so, else BLANK."""
        changed = _one_of(self._states, (State.INCREASED, State.UNCHANGED, State.DECREASED))
        return np.where(changed, self._states, np.int8(State.BLANK))

    @SealedProperty
    def _said(self) -> Codes:
        """The state cell's code; what is unequivocal of a non-target lesion can only be its
        progression.
        """
        if "state" not in self.table:
            return np.zeros(self._n, dtype=np.int8)
        said = _translated(self._states, states.as_present)
        said[(said == State.UNEQUIVOCAL) & (self.role == Role.NON_TARGET)] = (
            State.UNEQUIVOCAL_PROGRESSION
        )
        return said

    @SealedProperty
    def _word(self) -> Codes:
        """The state that a word in a measure's cell gives, the first that is not blank."""
        out = np.zeros(self._n, dtype=np.int8)
        for name in MEASURES:
            if name in self.table and self.table.column(name).is_text:
                found = np.maximum(self._cell_states(name), 0)
                out = np.where(out == 0, found, out)
        return out

    def _cell_states(self, name: str) -> Codes:
        """The states that the cells of a measure give."""
        unit = self.table.unit_of(name)
        return self.table.column(name).map(lambda cell: _cell_state(cell, unit), np.int8)

    def _any(
        self, test: Callable[[Floats], Bools], measures: tuple[str, ...] = (*LENGTHS, "volume")
    ) -> Bools:
        """Whether one of the measures passes a test."""
        out = np.zeros(self._n, dtype=np.bool_)
        for name in measures:
            if name in self.numbers:
                out |= test(self.numbers[name].value)
        return out

    @SealedProperty
    def _gone_by_number(self) -> Bools:
        """A longest diameter or a volume of 0: all else of the lesion is 0 too."""
        out = np.zeros(self._n, dtype=np.bool_)
        for name in ("size", "diameter", "volume"):
            if name in self.numbers:
                out |= self.numbers[name].value == 0
        if "perpendicular" in self.numbers:
            size = (
                self.numbers["size"].value if "size" in self.numbers else np.full(self._n, np.nan)
            )
            out |= (self.numbers["perpendicular"].value == 0) & np.isnan(size)
        return out & ~self._any(lambda v: v > 0)

    @SealedProperty
    def state(self) -> Codes:
        """Codes of `State`."""
        state = self._any(lambda v: v > 0) * np.int8(State.MEASURED)
        state += self._gone_by_number * np.int8(State.ABSENT)  # then no number is above 0
        for better in (self._word, self._said):
            state = np.where(better != 0, better, state) if better.any() else state
        return state

    @SealedProperty
    def merged(self) -> Bools:
        """Where the lesion has merged into another, which only words can say."""
        if not (self._said.any() or self._word.any()):
            return np.zeros(self._n, dtype=np.bool_)
        return np.asarray(self.state == State.MERGED)

    @property
    def unknown(self) -> Bools:
        """Rows whose role or state is no word of the layout."""
        return np.asarray((self.role == UNKNOWN) | (self._said == UNKNOWN))

    @SealedProperty
    def contradiction(self) -> Bools:
        """Where number and state exclude each other."""
        if not (self._said.any() or self._word.any()):
            return np.zeros(self._n, dtype=np.bool_)
        said = np.where(self._said != 0, self._said, self._word)
        given, above = self._any(lambda v: ~np.isnan(v)), self._any(lambda v: v > 0)
        out = _one_of(said, _GONE) & above
        # the state cell only: one measure's NE beside another's number is no contradiction
        out |= (self._said == State.NOT_EVALUABLE) & given
        out |= _one_of(said, _THERE) & self._gone_by_number
        out |= (said == State.TOO_SMALL) & self._gone_by_number
        out |= (said == State.TOO_SMALL) & self._any(
            _measurable, LENGTHS
        )  # then it is not too small to measure
        both = (self._said > 0) & (self._word > 0)
        first, second = _GROUP[np.maximum(self._said, 0)], _GROUP[self._word]
        # a lesion that is present without being measurable is no contradiction
        allowed = _one_of(self._said, _THERE) & (self._word == State.NOT_EVALUABLE)
        return np.asarray(out | (both & (first != second) & ~allowed))

    @property
    def not_evaluable(self) -> Bools:
        """Where the row says not evaluable, not done, not assessed."""
        return np.asarray(self.state == State.NOT_EVALUABLE)

    @property
    def present(self) -> Bools:
        """Where the row says the lesion is there: present, equivocal or unequivocal, too small, or
        measured.
        """
        return _one_of(self.state, (*_THERE, State.TOO_SMALL, State.MEASURED))

    @SealedProperty
    def nodal(self) -> Bools:
        """Whether the lesion is a lymph node."""
        found = self._column("organ").map(is_node, np.bool_)
        for better in (
            self._column("role").map(roles.nodal, np.int8),
            parse_flags(self._column("nodal")),
        ):
            known = better != UNKNOWN
            found = np.where(known, better == 1, found) if known.any() else found
        return found

    @SealedProperty
    def merged_into(self) -> npt.NDArray[Any]:
        """The lesion this one merged into, where the cells name it."""
        columns = [self._column(name) for name in ("state", "reason")]
        if not any(states.merged_into(word) for c in columns for word in c.words):
            return _no_names(self._n)
        first, second = map(merged_into, columns)
        return np.where(first != "", first, second)

    @SealedProperty
    def is_merged_into(self) -> Bools:
        """Whether the cells name a lesion that this one merged into (`merged_into` is not "")."""
        state, reason = (
            self._column(c).map(lambda w: bool(states.merged_into(w)), np.bool_)
            for c in ("state", "reason")
        )
        return np.asarray(state | reason)

    @cached_property
    def has_parts(self) -> bool:
        """Whether any lesion has a name like that of a part."""
        return any(_PART.fullmatch(w) for w in self._column("lesion").trimmed.words)

    @SealedProperty
    def parent(self) -> npt.NDArray[Any]:
        """The parent of a part."""
        if not self.has_parts:
            return _no_names(self._n)
        lesion = self._column("lesion").trimmed
        found = [_PART.fullmatch(w) for w in lesion.words]
        place = {w: i for i, w in enumerate(lesion.words)}
        of_word = np.array([place.get(m.group(1), -1) if m else -1 for m in found], dtype=np.int64)
        wanted = of_word[lesion.codes] if len(found) else lesion.codes
        track, _ = self.table.track()
        width = len(found)
        known = (wanted >= 0) & np.isin(track * width + wanted, track * width + lesion.codes)
        names = np.array([*lesion.words, ""], dtype=object)
        return names[np.where(known, wanted, width)]

    def measure(self, name: str) -> Measure:
        """One measure: "size", "perpendicular", "viable", "viable_perpendicular", "diameter",
        "volume", "attenuation".

        Parameters
        ----------
        name : str
            The column. Where the table has no such column the value is 0 where the lesion is gone,
            else NaN.

        Returns
        -------
        Measure

        References
        ----------
        RECIST 1.1, 4.4.2; CDISC RECIST 1.1 supplement (too small to measure).
        """
        choose("name", name, MEASURES)
        numbers = self.numbers.get(name)
        if numbers is not None and self._only(name):
            return Measure(numbers.value, np.zeros(self._n, dtype=np.bool_), numbers.word)
        if numbers is None:
            none = np.zeros(self._n, dtype=np.bool_)
            value, unreadable, small = np.full(self._n, np.nan), none, none
        else:
            value, unreadable, small = self._read(name, numbers)
        if name != "attenuation":
            gone = _one_of(self.state, _GONE) | (self._gone_by_number & np.isnan(value))
            value = np.where(gone, 0.0, value) if gone.any() else value
        lost = (self._said == State.NOT_EVALUABLE) | self.contradiction
        value = np.where(lost, np.nan, value) if lost.any() else value
        small = (small | (self.state == State.TOO_SMALL)) & np.isnan(value) & ~self.contradiction
        return Measure(value, small & (name != "attenuation"), unreadable)

    def unreadable(self, name: str) -> Bools:
        """Where the cell of a measure that the table has holds text that is neither a number nor a
        known word, or a length in a unit that is none: `measure` without the rest.
        """
        numbers = self.numbers[name]
        return numbers.word if self._only(name) else self._read(name, numbers)[1]

    def _only(self, name: str) -> bool:
        """Whether the rows say nothing but one measure, as numbers in its own unit."""
        return (
            len(self.numbers) == 1
            and not self.table.column(name).is_text
            and "unit" not in self.table
            and not self._said.any()
        )

    def _read(self, name: str, numbers: Numbers) -> tuple[Floats, Bools, Bools]:
        """Value in mm, what could not be read, and what its own cell calls too small."""
        value, unreadable = numbers.value, numbers.word
        small = np.zeros(self._n, dtype=np.bool_)
        if self.table.column(name).is_text:
            cell = self._cell_states(name)
            unreadable = numbers.word & (
                cell <= 0
            )  # 0: a number with a comma that may separate thousands
            small = cell == State.TOO_SMALL
        if name in LENGTHS and "unit" in self.table:
            length = in_mm(value, self.table.column("unit"), numbers.has_unit)
            if length is not value:
                unreadable = unreadable | (~np.isfinite(length) & ~np.isnan(value))
                value = np.where(np.isfinite(length), length, np.nan)
        return value, unreadable, small


def _no_names(n: int) -> npt.NDArray[Any]:
    return np.broadcast_to(np.array("", dtype=object), n)  # takes no memory


def _one_of(codes: Codes, states: tuple[State, ...]) -> Bools:
    """Where a code is one of the states (`numpy.isin`, which takes ten times as long for codes of
    one byte).
    """
    out: Bools = codes == states[0]
    for state in states[1:]:
        out |= codes == state
    return out


def _translated(codes: Codes, translate: Callable[[int], int]) -> Codes:
    """Codes of one byte translated one by one; -1 stays."""
    if codes.size and (codes == codes[0]).all():  # most columns of states are empty
        return np.full(codes.shape, translate(int(codes[0])) if codes[0] >= 0 else -1, np.int8)
    table = np.array([translate(code) for code in (*range(16), -1)], dtype=np.int8)
    return np.asarray(table[codes])


def _measurable(value: Floats) -> Bools:
    selection = RECIST_1_1.selection
    assert selection is not None
    return at_least(value, np.nan if selection.min_size is None else selection.min_size)


def in_mm(value: Floats, unit: Column, has_unit: Bools | None = None) -> Floats:
    """Lengths in mm; NaN where the unit is neither mm nor cm, infinite where the number is too
    large. A cell that ``has_unit`` of its own is in mm already.
    """
    of_word = [1.0 if is_missing(u) else units.factor(u, "mm") for u in unit.words]
    if all(factor == 1 for factor in of_word):
        return value
    factor = values_at(np.array(of_word), unit.codes)
    if has_unit is not None:
        factor = np.where(has_unit, 1.0, factor)
    with np.errstate(over="ignore", invalid="ignore"):
        return np.where(factor == 1, value, np.round(value * factor, 9))


_PART = re.compile(r"(.+)\.\d+")


def _cell_state(cell: str, unit: str) -> int:
    """The state that a measure's cell gives: a word, or ``<5``; 0 for a number or a blank."""
    if not math.isnan(numbers.read(cell, True, unit).value):
        return 0
    return states.as_present(states.read(cell))
