"""The subjects table against itself, and deaths across domains.

Which facts of one patient exclude each other? Sources: CDISC CORE rules on DM and DS (DTHFL and
DTHDTC, RFSTDTC and RFENDTC); SDTMIG 3.4, DM and DS; WHO 2019 for the grade by Ki-67 (grade G1 below
3 %, G2 to 20 %, G3 above; mitoses may raise it, never lower it). Input: the subjects table, and DM
and DS where the study is SDTM. Output: values that cannot be, dates in an order that cannot be, and
deaths that one place tells and another does not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from nettumor._arrays import at_least, more_than
from nettumor.crf import iso, parse_flags
from nettumor.crf.cells import tidy
from nettumor.edit_checks.engine.places import looked
from nettumor.edit_checks.engine.register import Hits, Parameters, Skip, check, flag
from nettumor.edit_checks.reading.data import Data
from nettumor.edit_checks.reading.dated import Found, assessments, look_at, subject_of
from nettumor.edit_checks.reading.subjects import of_subject
from nettumor.edit_checks.rules.date import of_the_subject, several_days
from nettumor.grading import WHO_2019_GEP
from nettumor.words.flags import read_sex
from nettumor.words.missing import UNKNOWN
from nettumor.words.negation import says

_ORDER = (
    ("therapy_completed", "treatment_start", "", "therapy was completed", "treatment began"),
    ("end_date", "treatment_start", "", "treatment ended", "it began"),
    ("study_end", "treatment_start", "", "the study ended", "treatment began"),
    ("study_end", "randomized", "", "the study ended", "randomisation"),
    ("study_end", "consent", "", "the study ended", "consent"),
    ("death", "last_known_alive", "", "death", "the patient was last known alive"),
    ("death", "treatment_start", "", "death", "treatment began"),
    ("treatment_start", "randomized", "warning", "treatment began", "randomisation"),
    ("new_therapy", "treatment_start", "warning", "another therapy began", "treatment began"),
)
"""Pairs of dates of which the first cannot lie before the second: column, column, severity, and the
words for both."""


@check("P01", needs={"subjects": ()}, follows=("=D01", "D03", "D04", "D05", "D22"))
def dates_in_wrong_order(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """An end before its beginning, death before last known alive, treatment before randomisation
    (warning); last known alive before scans of the patient (warning; a note where one day alone lies
    after it).

    A partial date is at fault only where every day it allows is.
    """
    rows = data["subjects"]
    pairs = [p for p in _ORDER if p[0] in rows and p[1] in rows]
    if not pairs and "last_known_alive" not in rows:
        raise Skip("subjects has no two dates of which one comes first")
    for later, earlier, severity, what, before in pairs:
        if earlier == "last_known_alive" and rows.table.source.kind == "sdtm":
            severity = "note"  # RFPENDTC is the end of participation, which may be told later
        both = ~rows.blank(later) & ~rows.blank(earlier)
        last, first = rows.dates(later).latest, rows.dates(earlier).earliest
        looked(data, ~np.isnan(last) & ~np.isnan(first), both)
        at = np.flatnonzero(more_than(first, last))
        yield Hits(
            table="subjects",
            rows=at,
            column=later,
            expected=[f"on or after {w}" for w in rows.text(earlier, at).tolist()],
            severity=severity,
            message=f"{what} on {{value}}, before {before} ({{{earlier}}})",
        )
    if "last_known_alive" in rows:
        yield from _seen_later(data)


def _seen_later(data: Data) -> Iterator[Hits]:
    """Patients who were last known alive before their last scan. Where several days or kinds of dates
    lie after it that date is wrong; of one day it may be the scan. A response may be read later, and
    does not count.
    """
    alive = of_subject(data, "last_known_alive")[1]
    found: Found = []
    scanned = np.zeros(len(alive), np.bool_)
    for dated in assessments(data):
        if dated.table not in ("responses", "RS"):
            look_at(data, dated, ~np.isnan(alive)[dated.subject])
            late = more_than(dated.dates.earliest, alive[dated.subject])
            if dated.table not in ("markers", "symptoms"):
                scanned[dated.subject[late]] = True
            found.append((dated, late))
    several = several_days(data, found)
    derived = data["subjects"].table.source.kind == "sdtm"
    for doubtful, severity in ((several, "warning"), (~several, "note")):
        if (scanned & doubtful).any():
            yield of_the_subject(
                data,
                "last_known_alive",
                found,
                scanned & doubtful,
                "before",
                "note" if derived else severity,
            )


@check("P02", needs={"subjects": ("age|sex|ki67|grade",)}, max_age=110.0)
def impossible_value(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """An age, sex, Ki-67 or grade that nobody has."""
    rows = data["subjects"]
    age, ki67 = rows.number("age"), rows.number("ki67")
    for column, bad, expected in (
        ("age", (age < 0) | more_than(age, parameters["max_age"]), "0 to {:g} years"),
        ("ki67", (ki67 < 0) | more_than(ki67, 100.0), "0 to 100 %"),
    ):
        if column in rows:
            yield flag(
                "subjects",
                bad,
                "{column} of {subject} is {value}",
                column,
                expected=expected.format(parameters["max_age"]),
            )
    for column, read, expected in (
        ("sex", read_sex, "F, M or U"),
        ("grade", _grade, "G1, G2, G3 or NEC"),
    ):
        if column in rows:
            known = rows.table.column(column).map(read, np.int64)
            yield flag(
                "subjects",
                (known == UNKNOWN) & ~rows.blank(column),
                "{column} of {subject} is {value}",
                column,
                expected=expected,
            )


_GRADE = re.compile(r"(?:(?:WHO|NET|NEC|NEN|PNET|GRADE|GR?)[ .:_-]*)*([1-4]|I{1,3}V?|IV|X)\b.*")
_WORDS = {"LOW": 1, "INTERMEDIATE": 2, "HIGH": 3, "NEC": 4, "UNKNOWN": 0, "NE": 0, "GX": 0, "ND": 0}
_ROMAN = {"I": 1, "II": 2, "III": 3, "IV": 4, "X": 0}


def _grade(word: str) -> int:
    """The grade that a cell says (4: NEC), 0 for none, -1 for another word.

    >>> [_grade(w) for w in ("G1", "NET G3", "grade II", "NEC", "G9", "X")]
    [1, 3, 2, 4, -1, 0]
    """
    text = tidy(word)
    head = text.split(" ")[0].split("-")[0] if text else ""
    if head in _WORDS:
        return _WORDS[head]
    found = _GRADE.fullmatch(text)
    if not found:
        return 0 if not text else UNKNOWN
    return _ROMAN[found[1]] if found[1] in _ROMAN else int(found[1])


@check("P03", needs={"subjects": ("age", "birth")}, follows=("=D01", "=D04", "P02"), years=1.0)
def age_against_birth(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """An age that is not that of the date of birth at consent, randomisation or treatment start.

    Where it is so of most subjects the dates of birth were shifted, or the ages are of another day:
    one note on the table.
    """
    rows = data["subjects"]
    age, born = rows.number("age"), rows.dates("birth")
    when = np.full(rows.n, np.nan)
    for column in ("consent", "randomized", "treatment_start"):
        if column in rows:
            when = np.where(np.isnan(when), rows.dates(column).day, when)
    if data.tables.days:
        raise Skip("the study has days in place of dates")
    most = (when - born.earliest) / 365.25
    least = (when - born.latest) / 365.25
    # an age is whole years; a protocol may take another day than the consent
    spare = parameters["years"]
    bad = more_than(np.floor(age), most + spare) | more_than(least, np.floor(age) + 1 + spare)
    bad &= age >= 0
    compared = (age >= 0) & ~np.isnan(most)
    looked(data, compared, compared | np.isnan(age) & ~rows.blank("age"))
    known = int(np.count_nonzero((age >= 0) & ~np.isnan(most)))
    wrong = int(np.count_nonzero(bad))
    if known >= _FEW and 2 * wrong > known:
        yield Hits(
            table="subjects",
            rows=[-1],
            column="age",
            value="",
            severity="note",
            message=f"the ages of {wrong} of {known} subjects are not those of their dates of birth: "
            "were the dates shifted?",
        )
        return
    at = np.flatnonzero(bad)
    yield Hits(
        table="subjects",
        rows=at,
        column="age",
        expected=[f"about {v:.0f}" if v == v else "" for v in np.floor(most[at]).tolist()],
        message="{subject} is {value} years old, born {birth}: that makes {expected}",
    )


_FEW = 5
"""Subjects from which what most of them have is a habit of the study."""


@check("P04", needs={"subjects": ("grade", "ki67")}, follows=("P02",))
def grade_below_ki67(data: Data, parameters: Parameters) -> Hits:
    """A grade lower than Ki-67 alone makes it (WHO 2019); mitoses may make it higher, not lower."""
    rows = data["subjects"]
    ki67, grade = rows.number("ki67"), rows.table.column("grade").map(_grade, np.int64)
    low, high = WHO_2019_GEP.ki67
    least = 1 + at_least(ki67, low).astype(np.int64) + more_than(ki67, high)
    looked(data, (grade > 0) & ~np.isnan(ki67), ~rows.blank("grade") & ~rows.blank("ki67"))
    bad = (grade > 0) & (grade < least) & (ki67 >= 0) & ~more_than(ki67, 100.0)
    at = np.flatnonzero(bad)
    return Hits(
        table="subjects",
        rows=at,
        column="grade",
        expected=np.array([f"G{g}" for g in least[at].tolist()], dtype=object),
        message="{subject} has {value} with Ki-67 {ki67} %, which alone makes it {expected}",
    )


_DEATH = re.compile(r"\bDEATH\b|\bDIED\b|\bDECEASED\b|\bDEAD\b")


@check("P05", needs={}, follows=("=D01", "P01"), days=1.0)
def death_told_apart(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """A death that one place tells and another does not: an end for death without its date; DTHFL
    against DTHDTC; DS against DM, by more than ``days``.
    """
    asked = False
    if "subjects" in data.tables and {"end_reason", "subject"} <= {*data.tables["subjects"]}:
        asked, rows = True, data["subjects"]
        died = rows.table.column("end_reason").map(lambda w: says(w, _DEATH), np.bool_)
        column = "death" if "death" in rows else "end_reason"
        looked(data, ~rows.blank("end_reason"))
        yield flag(
            "subjects",
            died & rows.blank("death"),
            "{subject} ended for {end_reason}, and there is no date of death",
            column,
            expected="the date of death",
        )
    if "DM" in data and {"DTHFL", "USUBJID"} <= {*data.tables.domains["DM"]}:
        asked, rows = True, data["DM"]
        flagged = parse_flags(rows.table.column("DTHFL")) == 1
        looked(data, np.ones(rows.n, np.bool_))
        yield flag(
            "DM",
            flagged & rows.blank("DTHDTC"),
            "DTHFL is {DTHFL}, and there is no date of death",
            "DTHDTC",
            expected="the date of death",
        )
        yield flag(
            "DM",
            ~flagged & ~rows.blank("DTHDTC"),
            "DTHDTC is {DTHDTC}, and DTHFL does not say that the patient died",
            "DTHFL",
            expected="Y",
        )
    if "DS" in data and "DM" in data and "DSDECOD" in data.tables.domains["DS"]:
        asked = True
        yield from _deaths_of_ds(data, parameters["days"])
    if not asked:
        raise Skip("there is neither a reason for the end, nor DTHFL, nor DS")


def _deaths_of_ds(data: Data, days: float) -> Iterator[Hits]:
    """Deaths in DS without a date in DM, or on another day."""
    rows, dm = data["DS"], data["DM"]
    died = rows.table.column("DSDECOD").map(lambda w: says(w, _DEATH), np.bool_)
    looked(data, died)
    known = np.full(len(data.subjects) + 1, np.nan)
    owner = subject_of(data, "DM")
    known[owner[::-1]] = dm.table.dates("DTHDTC").day[::-1]
    known[-1] = np.nan
    day = known[subject_of(data, "DS")]
    yield flag(
        "DS",
        died & np.isnan(day) & (subject_of(data, "DS") >= 0),
        "DS says {value}, and DM has no date of death",
        "DSDECOD",
        expected="a date in DTHDTC of DM",
    )
    apart = np.abs(rows.table.dates("DSSTDTC").day - day)
    at = np.flatnonzero(died & more_than(apart, days))
    yield Hits(
        table="DS",
        rows=at,
        column="DSSTDTC",
        expected=iso(day[at]),
        parts={"apart": apart[at]},
        message="DS dates the death {value}, {apart} days from DTHDTC in DM",
    )
