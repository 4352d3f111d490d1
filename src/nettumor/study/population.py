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
from nettumor.crf import CrfTable, StudyFile, Tables
from nettumor.crf.cells import tidy
from nettumor.crf.intake import Line
from nettumor.errors import InputError, choose, did_you_mean
from nettumor.words.dates import is_date

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


def read_population(tables: Tables, population: Any, reference: str | None = None) -> Population:
    """Who is left out: with "assigned" those said not to have been assigned, with "all" nobody; and
    who has no full date in the column ``reference``, where one is asked for.
    """
    assigned = _assigned(tables, population)
    if reference is None:
        return assigned
    without = _without_reference(tables, reference) - assigned.left_out
    if not without:
        return assigned
    line = Line(
        "subject",
        f"subjects.{reference}",
        "",
        "not in this cycle",
        len(without),
        "not needed",
        f"no full date in {reference}: left out of the denominators",
    )
    return Population(assigned.left_out | without, (*assigned.lines, line))


def _without_reference(tables: Tables, reference: str) -> frozenset[str]:
    """Subjects without a full date in a column."""
    known = list(tables["subjects"]) if "subjects" in tables else []
    if reference not in known:
        raise InputError(
            f"`reference` names no column of `subjects`: {reference!r}. "
            f"{did_you_mean(reference, known) if known else 'Give a subjects table.'}",
            argument="reference",
        )
    table = tables["subjects"]
    cells = table.column(reference)
    days = tables.days and not (cells.is_text and any(is_date(w) for w in cells.words))
    day = table.dates(reference, days=days).day
    subject, words = table.keys_of("subject")
    has = {words[code] for code in np.unique(subject[~np.isnan(day)]).tolist()}
    every = {str(w) for t in ("subjects", "lesions") for w in tables[t].keys_of("subject")[1]}
    if not has:
        raise InputError(
            f"`reference` must be a column of dates or days; {reference!r} of `subjects` holds none. "
            "Name the column of the start of the cycle.",
            argument="reference",
        )
    return frozenset(every - has - {""})


def _assigned(tables: Tables, population: Any) -> Population:
    """Who is left out: with "assigned" those said not to have been assigned, with "all" nobody; and
    those whom the study file leaves out. Its ``who`` holds where ``population`` is the default.
    """
    choose("population", population, ("assigned", "all"))
    study = tables.study
    who = study.population.who if study is not None else ""
    by_arm = _not_assigned(tables, who if who and population == "assigned" else population)
    if study is None or not (study.population.leave_out or study.population.where):
        return by_arm
    own = _by_the_study(tables, study)
    left_out = by_arm.left_out | own.left_out
    _somebody_stays(tables, left_out, study)
    return Population(left_out, (*by_arm.lines, *own.lines))


def _by_the_study(tables: Tables, study: StudyFile) -> Population:
    """Who is left out by name, or because a column of the subjects table says another word."""
    named = [(n, f"{n}: {why}" if why else n) for n, why in study.population.leave_out.items()]
    known = {w for name in tables for w in tables[name].keys_of("subject")[1].tolist()}
    for subject, _ in named:
        if subject not in known:
            raise InputError(
                f"`population.leave_out` names {subject!r}, who is no subject of the study "
                f"({study.place('population', 'leave_out', subject)}). {did_you_mean(subject, known)}",
                argument=subject,
            )
    why = f"left out of the denominators, as {study.name} says"
    lines = [
        Line("subject", study.name, said, "left out", 1, "not needed", why) for _, said in named
    ]
    left_out = {subject for subject, _ in named}
    for column, words in study.population.where.items():
        without = _without(tables, study, column, words)
        text = " or ".join(words)
        found = f"{column} is not {text}"
        lines += [
            Line("subject", study.name, found, "left out", len(without), "not needed", why)
        ] * bool(without)
        left_out |= without
    return Population(frozenset(left_out), tuple(lines))


def _without(
    tables: Tables, study: StudyFile, column: str, words: tuple[str, ...]
) -> frozenset[str]:
    """Subjects in whose column none of the words stands."""
    table = tables.get("subjects")
    spelled = {n.casefold(): n for n in table} if table is not None else {}
    if table is None or column.casefold() not in spelled:
        raise InputError(
            f"`population.where` names {column!r}, which is no column of `subjects` "
            f"({study.place('population', 'where', column)}). {did_you_mean(column, spelled)}",
            argument=column,
        )
    wanted = {tidy(word) for word in words}
    stays = table.column(spelled[column.casefold()]).map(lambda w: tidy(w) in wanted, np.bool_)
    code, names = table.keys_of("subject")
    here = set(names[code[stays]].tolist())
    return frozenset(w for w in names.tolist() if w and w not in here)


def _somebody_stays(tables: Tables, left_out: frozenset[str], study: StudyFile) -> None:
    known = {w for n in tables for w in tables[n].keys_of("subject")[1].tolist() if w}
    if known <= left_out:
        raise InputError(
            f"`population` leaves out all {len(known)} subjects ({study.place('population')}). "
            "Correct it.",
            argument="population",
        )


def _not_assigned(tables: Tables, population: str) -> Population:
    """Those said not to have been assigned, unless all stay."""
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
