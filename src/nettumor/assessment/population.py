"""Who belongs to a study: screen failures and subjects without an arm are left out, and said.

Which subjects stand in the denominator? DM names everybody who signed a consent; a rate is of those
who were assigned to an arm. Left out is only who is *said* not to have been assigned: a planned arm
or its code, or the reason why there is none, that says screen failure or not assigned. A blank
never leaves anybody out, and who was assigned and not treated stays. Sources: SDTMIG 3.4, DM
(ARMCD, ARM, ARMNRS, C142179); SDTMIG 3.2 for SCRNFAIL and NOTASSGN as values of ARMCD.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

import numpy as np
from attrs import frozen

from nettumor._arrays import Bools
from nettumor.crf import CrfTable, Tables
from nettumor.crf.cells import tidy
from nettumor.crf.intake import Line
from nettumor.errors import InputError, choose

NOT_ASSIGNED = frozenset(
    {
        "SCRNFAIL", "NOTASSGN", "SCREEN FAILURE", "NOT ASSIGNED", "SCREEN FAIL", "SCREENFAIL",
        "SCREEN FAILED", "SCREEN FAILURES", "SCREENING FAILURE", "SCREEN-FAILURE", "SCREENFAILURE",
        "SF", "NOT RANDOMIZED", "NOT RANDOMISED",
    }
)  # fmt: skip
"""What an arm, its code, or the reason for its absence says of who was never assigned."""

COLUMNS = ("arm_code", "arm_reason", "arm")
"""Where it is said: ARMCD, ARMNRS, ARM."""


@frozen
class Population:
    """Who is left out of a study's denominators.

    Attributes
    ----------
    left_out : frozenset of str
        Subjects, as the subjects table names them.
    lines : tuple of Line
        For the intake: how many, and which word of which column says so.
    """

    left_out: frozenset[str] = frozenset()
    lines: tuple[Line, ...] = ()

    def of(self, tables: Tables, selection: Any) -> tuple[Tables, Any]:
        """The tables without the rows of who is left out, and the flags of the rows that stay."""
        if not self.left_out:
            return tables, selection
        stays = {name: self._stays(tables[name]) for name in ("subjects", "lesions")}
        if not isinstance(selection, Mapping) and np.ndim(selection) == 1:
            flags = np.asarray(selection)
            if len(flags) == len(stays["lesions"]):  # else it is refused where it is used
                selection = flags[stays["lesions"]]
        rest = {n: tables[n].take(np.flatnonzero(s)) for n, s in stays.items() if not s.all()}
        return tables.replace(**rest), selection

    def _stays(self, table: CrfTable) -> Bools:
        code, words = table.keys_of("subject")
        of_word = np.array([w not in self.left_out for w in words.tolist()], dtype=np.bool_)
        return of_word[code] if len(of_word) else np.zeros(0, dtype=np.bool_)


def read_population(tables: Tables, population: Any) -> Population:
    """Who is left out: with "assigned" those said not to have been assigned, with "all" nobody."""
    choose("population", population, ("assigned", "all"))
    if population == "all" or "subjects" not in tables:
        return Population()
    table = tables["subjects"]
    subject, words = table.keys_of("subject")
    said: dict[str, tuple[str, str]] = {}
    for column in COLUMNS:
        for row in _rows_not_assigned(table, column):
            said.setdefault(words[subject[row]], (column, table.text(column)[row]))
    said.pop("", None)
    if said and len(said) == len({w for w in words.tolist() if w}):
        column, word = next(iter(said.values()))
        raise InputError(
            f"`subjects` holds nobody who was assigned: {column!r} is {word!r} and alike for all "
            f'{len(said)}. Correct the column, or pass population="all".',
            argument="population",
        )
    counted = Counter(said.values())
    lines = tuple(
        Line(
            "subject",
            f"subjects.{column}",
            word,
            "not assigned to treatment",
            n,
            "not needed",
            'left out of the denominators; population="all" keeps them',
        )
        for (column, word), n in sorted(counted.items())
    )
    return Population(frozenset(said), lines)


def _rows_not_assigned(table: CrfTable, column: str) -> list[int]:
    if column not in table:
        return []
    cells = table.column(column)
    says_so = cells.map(lambda word: tidy(word) in NOT_ASSIGNED, bool)
    return [int(row) for row in says_so.nonzero()[0]]
