"""The same fault at each place of a course: at the first visit, an inner one and the last, for a target
outside nodes, a node, a non-target and a new lesion, for either reader, with and without reported sums,
in a study of dates and of days.

`KINDS` holds the functions that make a fault at a `Place` and give its rows; `UNTOLD` the places at which
nothing in the tables tells it, with the reason.
"""

import itertools

import attrs
import numpy as np

from faults import CURED, GROWS, NEWLY, PARTIAL, QUIET, UNSURE, A, B, Trial
from faults.dates import later

FIRST, INNER, LAST = 1, 3, 6
VISITS = (FIRST, INNER, LAST)
DATED, UNSUMMED, IN_DAYS = "dates", "no sums", "days"
DATES = ("birth", "consent", "randomized", "treatment_start", "last_known_alive", "death")
KINDS = {}


@attrs.frozen
class Place:
    """Where a fault is put."""

    visit: int | None = None
    lesion: str = ""
    reader: str = A

    def __str__(self):
        return "-".join(str(p) for p in (self.visit, self.lesion, self.reader) if p)


@attrs.frozen
class Kind:
    """A kind of fault: what makes it, the checks that may find it, where and in which studies."""

    make: object
    checks: tuple
    places: tuple
    studies: tuple


def kind(
    name, *checks, visits=(None,), lesions=("",), readers=(A,), studies=(DATED, UNSUMMED, IN_DAYS)
):
    """Register a kind of fault with the checks of which one must find it."""

    def add(function):
        assert name not in KINDS, name
        places = tuple(Place(*p) for p in itertools.product(visits, lesions, readers))
        KINDS[name] = Kind(function, checks, places, studies)
        return function

    return add


def cases():
    """Every kind at every place in every study; in a study of days at the first lesion and reader of each
    visit, of the second reader in a study of dates alone.
    """
    for name, one in KINDS.items():
        seen = set()
        for place in one.places:
            for study in one.studies:
                first = study == DATED or place.reader == one.places[0].reader
                if first and (study != IN_DAYS or place.visit not in seen):
                    yield name, place, study
            seen.add(place.visit)


def study_with(name, place, study):
    """The trial with one fault, as a study of dates or days, with or without sums; and the rows of the
    fault.
    """
    trial = Trial()
    if study == UNSUMMED:
        for column in ("sum", "percent_from_baseline", "percent_from_nadir"):
            trial.tables["responses"][column] = ""
    where = KINDS[name].make(trial, place)
    if study == IN_DAYS:
        count_days(trial)
    return trial, set(where)


def count_days(trial):
    """Days from the first dose (as it was before the fault) in place of all dates."""
    clean = Trial().tables["subjects"]
    start = dict(zip(clean["subject"], clean["treatment_start"], strict=True))

    def days(dates, subjects):
        return [
            "" if not d else str((np.datetime64(d, "D") - np.datetime64(start[s], "D")).astype(int))
            for d, s in zip(dates, subjects, strict=True)
        ]

    for name, frame in trial.tables.items():
        if name == "subjects":
            for column in (*DATES, "data_cutoff"):
                frame[column] = days(frame[column], frame["subject"])
        else:
            dated = frame.rename(columns={"date": "day"})
            dated["day"] = days(dated["day"], dated["subject"])
            trial.tables[name] = dated.drop(columns="study_day", errors="ignore")


def row(t, place, subject=QUIET):
    """The row of the lesion of a place."""
    keys = {"evaluator": place.reader, "visit": place.visit, "lesion": place.lesion}
    return t.row("lesions", subject=subject, **keys)


def cell(t, place):
    """The row and column of the size of a lesion."""
    at = row(t, place)
    return at, "size" if t.tables["lesions"].loc[at, "size"] else "perpendicular"


def size(t, at):
    return float(t.tables["lesions"].loc[at])


def resize(t, at, value):
    t.set("lesions", at[0], **{at[1]: f"{value:g}"})
    return "lesions", at[0]


def targets(t, place, subject=QUIET):
    """The cells of all targets of a visit."""
    frame = t.tables["lesions"]
    keys = {"subject": subject, "evaluator": place.reader, "visit": place.visit, "role": "TARGET"}
    return [
        (r, "size" if frame.loc[r, "size"] else "perpendicular") for r in t.find("lesions", **keys)
    ]


def times(factor):
    """All sizes of a visit times a number; the first row of the visit."""

    def make(t, place):
        return [resize(t, at, factor * size(t, at)) for at in targets(t, place)][:1]

    return make


def exchange(t, mine, theirs):
    """The sizes of two visits exchanged; the first rows of both."""
    values = [[size(t, at) for at in places] for places in (mine, theirs)]
    for places, new in ((mine, values[1]), (theirs, values[0])):
        for at, value in zip(places, new, strict=True):
            resize(t, at, value)
    return [("lesions", mine[0][0]), ("lesions", theirs[0][0])]


def larger(t, reader=A, subject=QUIET):
    """Another patient or reader whose sizes are 1.6 times as large throughout; the sums agree."""
    for visit in range(FIRST, LAST + 1):
        total = 0
        for at in targets(t, Place(visit, reader=reader), subject):
            value = round(1.6 * size(t, at))
            resize(t, at, value)
            total += value
        said = t.row("responses", subject=subject, evaluator=reader, visit=visit)
        if t.tables["responses"].loc[said, "sum"]:
            blank = {"percent_from_baseline": "", "percent_from_nadir": ""}
            t.set("responses", said, sum=str(total), **blank)


# sizes, cell by cell

SIZED = {"visits": VISITS, "lesions": ("T01", "T04"), "readers": (A, B)}


@kind("a size times ten", "M05", "M09", "M31", **SIZED)
def tenfold(t, place):
    at = cell(t, place)
    return [resize(t, at, 10 * size(t, at))]


@kind("a tenth of a size", "M09", "M31", **SIZED)
def a_tenth(t, place):
    at = cell(t, place)
    return [resize(t, at, size(t, at) / 10)]


@kind("a radius", "M26", "M31", visits=VISITS, lesions=("T01", "T04"))
def radius(t, place):
    at = cell(t, place)
    return [resize(t, at, size(t, at) / 2)]


@kind("digits exchanged", "M09", "M27", "M31", visits=VISITS, lesions=("T02", "T04"))
def digits(t, place):
    """39 for 93: of a size whose digits differ by enough to leave its course."""
    at = cell(t, place)
    return [resize(t, at, int(f"{size(t, at):02.0f}"[::-1]))]


def gone(t, place):
    """Without sums at an inner visit M16 asks; where the responses of that visit and later change with
    the size, they are asked for as well: M16 may be of a non-target, and explains none of them.
    """
    return [resize(t, cell(t, place), 0)]


ZERO = {"lesions": ("T01", "T04")}
kind("a size of 0", "L06", "M31", visits=VISITS, studies=(DATED, IN_DAYS), **ZERO)(gone)
kind("a size of 0, unsummed", "L06", visits=(FIRST, LAST), studies=(UNSUMMED,), **ZERO)(gone)
kind("a node of 0", "M16", visits=(INNER,), lesions=("T04",), studies=(UNSUMMED,))(gone)


@kind("a negative size", "M04", visits=VISITS, lesions=("T01", "T04"))
def negative(t, place):
    at = cell(t, place)
    return [resize(t, at, -size(t, at))]


@kind("a letter in a size", "M06", visits=VISITS, lesions=("T01", "T04"))
def letter(t, place):
    at = cell(t, place)
    return [t.set("lesions", at[0], **{at[1]: "5O"})]


@kind("no unit", "M08", visits=VISITS, lesions=("T01", "T04"))
def unitless(t, place):
    return [t.set("lesions", row(t, place), unit="")]


@kind("cm for mm as the unit", "M08", visits=VISITS, lesions=("T01", "T04"))
def other_unit(t, place):
    return [t.set("lesions", row(t, place), unit="cm")]


@kind("no size", "M02", visits=VISITS, lesions=("T01", "T04"), readers=(A, B))
def sizeless(t, place):
    at = cell(t, place)
    return [t.set("lesions", at[0], state="", **{at[1]: ""})]


@kind("the long axis of a node", "M31", "M32", visits=VISITS, lesions=("T04",))
def long_axis(t, place):
    for visit in range(FIRST, LAST + 1):
        at = row(t, attrs.evolve(place, visit=visit))
        short = float(t.tables["lesions"].loc[at, "perpendicular"])
        t.set("lesions", at, size=f"{1.5 * short:g}")
    at = row(t, place)
    return [t.set("lesions", at, perpendicular=t.tables["lesions"].loc[at, "size"])]


# rows of lesions

EACH = {"visits": VISITS, "lesions": ("T01", "T04", "NT01"), "studies": (DATED, IN_DAYS)}


@kind("a row left out", "L14", "M01", "N06", **EACH)
def left_out(t, place):
    """Missed at the first row of the visit; at baseline at the lesion's next row."""
    t.drop("lesions", [row(t, place)])
    if place.visit == FIRST:
        return [("lesions", row(t, attrs.evolve(place, visit=FIRST + 1)))]
    return [("lesions", t.row("lesions", subject=QUIET, evaluator=A, visit=place.visit))]


@kind("a second row", "S03", **EACH)
def second_row(t, place):
    other = {"T01": {"size": "77"}, "T04": {"perpendicular": "44"}, "NT01": {"state": "ABSENT"}}
    return [t.copy("lesions", row(t, place), **other[place.lesion])]


@kind("another role", "L15", **EACH)
def other_role(t, place):
    role = "TARGET" if place.lesion == "NT01" else "NON-TARGET"
    return [t.set("lesions", row(t, place), role=role)]


@kind("another organ", "L16", **EACH)
def other_organ(t, place):
    return [t.set("lesions", row(t, place), organ="BRAIN")]


@kind("a mistyped name", "L14", **EACH)
def other_name(t, place):
    return [t.set("lesions", row(t, place), lesion="NT09" if place.lesion == "NT01" else "T09")]


@kind("a state that is none", "S11", visits=VISITS, lesions=("NT01",), studies=(DATED, IN_DAYS))
def no_state(t, place):
    return [t.set("lesions", row(t, place), state="?")]


@kind(
    "absent, then there",
    "M16",
    "N10",
    visits=(FIRST, 2, INNER, LAST - 1),
    lesions=("NT01",),
    studies=(DATED, IN_DAYS),
)
def absent(t, place):
    return [t.set("lesions", row(t, place), state="ABSENT")]


@kind("progressing", "N10", visits=(FIRST,), lesions=("NT01",), studies=(DATED, IN_DAYS))
def progressing(t, place):
    return [t.set("lesions", row(t, place), state="UNEQUIVOCAL PROGRESSION")]


@kind(
    "progressing unsaid", "O02", visits=(INNER, LAST), lesions=("NT01",), studies=(DATED, IN_DAYS)
)
def progressing_unsaid(t, place):
    """The response of the visit passes over it."""
    t.set("lesions", row(t, place), state="UNEQUIVOCAL PROGRESSION")
    return [("responses", said(t, place.visit))]


@kind(
    "a new lesion without a word", "W04", visits=(4,), lesions=("NEW01",), studies=(DATED, IN_DAYS)
)
def wordless(t, place):
    return [t.set("lesions", row(t, place, UNSURE), state="")]


@kind(
    "a new lesion at baseline", "L13", visits=(FIRST,), lesions=("NT01",), studies=(DATED, IN_DAYS)
)
def new_at_baseline(t, place):
    new = {"lesion": "NEW01", "role": "NEW", "organ": "BRAIN", "state": "EQUIVOCAL"}
    return [t.copy("lesions", row(t, place), **new)]


@kind("a new lesion passed over", "W01", visits=(4, 5, LAST), studies=(DATED, IN_DAYS))
def passed_over(t, place):
    """Unequivocal from a visit on, and never in a response: the first of them is at fault."""
    for visit in range(place.visit, LAST + 1):
        at = row(t, Place(visit, "NEW01"), UNSURE)
        t.set("lesions", at, state="UNEQUIVOCAL")
    return [("responses", said(t, place.visit, UNSURE))]


# whole visits and courses

AT_EACH = {"visits": VISITS, "readers": (A, B)}
kind("a visit in cm", "M10", **AT_EACH)(times(0.1))
kind("a visit ten times too large", "M10", **AT_EACH)(times(10))
kind("a visit of radii", "M26", "M36", **AT_EACH)(times(0.5))


def throughout(t, place, factor):
    """All sizes of a reader times a number; the first row."""
    for visit in range(LAST, 0, -1):
        where = times(factor)(t, attrs.evolve(place, visit=visit))
    return where


@kind("a patient in cm", "M25", readers=(A, B))
def patient_in_cm(t, place):
    return throughout(t, place, 0.1)


@kind("a patient of radii", "M35", readers=(A, B))
def patient_of_radii(t, place):
    return throughout(t, place, 0.5)


@kind("two lesions exchanged", "M28", "M34", visits=VISITS, lesions=("T03", "T04"))
def lesions_exchanged(t, place):
    one = [cell(t, attrs.evolve(place, lesion="T01"))]
    return exchange(t, one, [cell(t, place)])[:1]


@kind("readers exchanged", "M29", "M36", visits=VISITS)
def readers_exchanged(t, place):
    larger(t, B)
    return exchange(t, targets(t, place), targets(t, attrs.evolve(place, reader=B)))


@kind("names of readers exchanged", "M29", visits=VISITS)
def names_of_readers_exchanged(t, place):
    """In the rows of the lesions and of the responses of a visit."""
    larger(t, B)
    for table in ("lesions", "responses"):
        rows = [t.find(table, subject=QUIET, evaluator=e, visit=place.visit) for e in (A, B)]
        t.set(table, rows[0], evaluator=B)
        t.set(table, rows[1], evaluator=A)
    return [("lesions", targets(t, attrs.evolve(place, reader=e))[0][0]) for e in (A, B)]


@kind("patients exchanged", "M30", "M36", visits=VISITS)
def patients_exchanged(t, place):
    larger(t, subject=UNSURE)
    return exchange(t, targets(t, place), targets(t, place, UNSURE))


@kind("names of patients exchanged", "M30", visits=VISITS)
def names_of_patients_exchanged(t, place):
    """In the rows of the targets and of the responses of a visit."""
    larger(t, subject=UNSURE)
    rows = [[at for at, _ in targets(t, place, s)] for s in (QUIET, UNSURE)]
    said_of = [
        t.find("responses", subject=s, evaluator=A, visit=place.visit) for s in (QUIET, UNSURE)
    ]
    for table, (mine, theirs) in (("lesions", rows), ("responses", said_of)):
        t.set(table, mine, subject=UNSURE)
        t.set(table, theirs, subject=QUIET)
    return [("lesions", targets(t, place, s)[0][0]) for s in (QUIET, UNSURE)]


@kind("a visit copied", "M36", "M17", visits=VISITS, studies=(DATED, UNSUMMED, IN_DAYS))
def copied(t, place):
    """From the visit before, the first from the next."""
    source = attrs.evolve(place, visit=place.visit + (1 if place.visit == FIRST else -1))
    values = [size(t, at) for at in targets(t, source)]
    return [resize(t, at, v) for at, v in zip(targets(t, place), values, strict=True)][:1]


# responses and sums


def said(t, visit, subject=QUIET, reader=A):
    return t.row("responses", subject=subject, evaluator=reader, visit=visit)


LATER = {"visits": (2, INNER, LAST), "studies": (DATED, IN_DAYS)}


def answers(name, *checks, visits=(2, INNER, LAST), subject=QUIET, **cells):
    """Register a wrong word in the responses."""

    def make(t, place):
        return [t.set("responses", said(t, place.visit, subject), **cells)]

    kind(name, *checks, visits=visits, studies=(DATED, IN_DAYS))(make)


answers("a CR that is none", "O01", overall="CR")
answers("a CR of targets that are left", "T02", target="CR", overall="CR")
answers("a PR that is none", "T01", target="PR", overall="PR")
answers("a PD that is none", "T01", target="PD", overall="PD")
answers("a PD without a reason", "O03", overall="PD")
answers("NE though measured", "T07", target="NE", overall="NE")
answers("NE for SD", "O01", overall="NE")
answers("a CR of a patient with PR", "T02", subject=PARTIAL, target="CR", overall="CR")
answers(
    "a CR overall of a patient with PR", "O01", visits=(2, INNER), subject=PARTIAL, overall="CR"
)
answers("no target response", "T10", target="")
answers("no overall response", "S09", overall="")
answers("a non-target CR", "N01", non_target="CR")
answers("a non-target PD", "N04", non_target="PD")
answers("a word that is no response", "S11", overall="CHECK")
answers("a response at baseline", "T11", visits=(FIRST,), overall="PD")
answers("another best response", "O10", visits=(LAST,), best="PR")


@kind("a sum ten times too large", "U01", visits=VISITS, studies=(DATED, IN_DAYS))
def sum_tenfold(t, place):
    at = said(t, place.visit)
    return [t.set("responses", at, sum=t.tables["responses"].loc[at, "sum"] + "0")]


@kind("a sum 10 mm too large", "U01", visits=VISITS, studies=(DATED, IN_DAYS))
def sum_too_large(t, place):
    at = said(t, place.visit)
    return [t.set("responses", at, sum=str(int(t.tables["responses"].loc[at, "sum"]) + 10))]


# dates


def move(t, place, days, *tables):
    """The dates of a visit some days later, without study days; the first row of the first table."""
    first = []
    for table in tables:
        keys = {"evaluator": place.reader} if table in ("lesions", "responses") else {}
        rows = t.find(table, subject=QUIET, visit=place.visit, **keys)
        for at in rows:
            t.set(table, at, date=later(t.tables[table].loc[at, "date"], days))
        if "study_day" in t.tables[table]:
            t.set(table, rows, study_day="")
        first += [(table, rows[0])]
    return first


DATES_OF = {"visits": VISITS, "readers": (A, B), "studies": (DATED, IN_DAYS)}


def misdated(name, days, *tables):
    """Register a visit dated early or late in some tables."""
    checks = ("D08", "D21", "D07", "D06", "D16", "A07", "D04")
    kind(name, *checks, **DATES_OF)(lambda t, place: move(t, place, days, *tables))


misdated("a visit a year late", 365, "lesions", "responses")
misdated("a visit a year early", -365, "lesions", "responses")
misdated("a visit a month late", 30, "lesions", "responses")
misdated("a visit a month early", -30, "lesions", "responses")
misdated("scans a year late", 365, "lesions")
misdated("scans a year early", -365, "lesions")
misdated("scans a month late", 30, "lesions")
misdated("scans a month early", -30, "lesions")
misdated("a response a year late", 365, "responses")
misdated("a response a year early", -365, "responses")
misdated("a response a month late", 30, "responses")
misdated("a response a month early", -30, "responses")


def of_both(name, days, *tables):
    """Register a visit dated early or late by both readers alike, and in some other tables."""

    def make(t, place):
        for table in tables:
            move(t, place, days, table)
        return [
            where
            for reader in (A, B)
            for where in move(t, attrs.evolve(place, reader=reader), days, "lesions", "responses")
        ]

    kind(name, "D06", "D07", "D08", "K12", visits=VISITS, studies=(DATED, IN_DAYS))(make)


of_both("both readers a year late", 365)
of_both("both readers a year early", -365)
of_both("both readers a month late", 30)
of_both("both readers a month early", -30)
of_both("all tables a year late", 365, "markers", "symptoms")
of_both("all tables a year early", -365, "markers", "symptoms")
of_both("all tables a month late", 30, "markers", "symptoms")
of_both("all tables a month early", -30, "markers", "symptoms")


@kind("a visit without dates", "D19", visits=VISITS, studies=(DATED, IN_DAYS))
def undated(t, place):
    out = []
    for table in ("lesions", "responses"):
        rows = t.find(table, subject=QUIET, evaluator=A, visit=place.visit)
        t.set(table, rows, date="", study_day="")
        out += [(table, rows[0])]
    return out


@kind("dates exchanged", "D08", visits=(FIRST, INNER, LAST - 1), studies=(DATED, IN_DAYS))
def dates_exchanged(t, place):
    apart = (1, -1)
    days = [
        np.datetime64(t.tables["lesions"].loc[targets(t, Place(v))[0][0], "date"], "D")
        for v in (place.visit, place.visit + 1)
    ]
    gap = int((days[1] - days[0]).astype(int))
    for offset, sign in zip((0, 1), apart, strict=True):
        move(t, Place(place.visit + offset), sign * gap, "lesions", "responses")
    return [("lesions", targets(t, Place(place.visit + 1))[0][0])]


@kind(
    "numbers of visits exchanged", "D08", visits=(FIRST, INNER, LAST - 1), studies=(DATED, IN_DAYS)
)
def numbers_exchanged(t, place):
    for table in ("lesions", "responses"):
        rows = [t.find(table, subject=QUIET, evaluator=A, visit=place.visit + k) for k in (0, 1)]
        names = [t.tables[table].loc[r[0], "visit_name"] for r in rows]
        for k in (0, 1):
            t.set(table, rows[k], visit=str(place.visit + 1 - k), visit_name=names[1 - k])
    return [("lesions", targets(t, Place(place.visit + 1))[0][0])]


def of_subject(name, column, days, *checks, studies=(DATED, IN_DAYS)):
    """Register a date of the subjects table some days late."""

    def make(t, place):
        at = t.row("subjects", subject=QUIET)
        return [
            t.set("subjects", at, **{column: later(t.tables["subjects"].loc[at, column], days)})
        ]

    kind(f"{name}, {days:+d} days", *checks, studies=studies)(make)


for _days in (-3650, -365, -30, -10, 10, 30, 365, 3650):
    _checks = ("D03",) if _days == 3650 else ("D22",)
    of_subject("treatment start", "treatment_start", _days, *_checks, studies=(DATED,))
    if _days != 10:  # in days nothing tells of a start between two visits
        of_subject("first dose", "treatment_start", _days, *_checks, studies=(IN_DAYS,))
for _days in (-3650, -365, 10, 30, 365, 3650):
    of_subject("randomisation", "randomized", _days, "D03", "D04", "D22")
for _days in (10, 30, 365):
    of_subject("consent", "consent", _days, "D04")
of_subject("consent", "consent", -3650, "P03", studies=(DATED,))
of_subject("birth", "birth", 3650, "P03", studies=(DATED,))
of_subject("birth", "birth", -3650, "P03", studies=(DATED,))
of_subject("cut-off", "data_cutoff", -3650, "D03", studies=(DATED,))


def about_subject(name, check, **cells):
    """Register a cell of the subjects table that cannot be."""

    def make(t, place):
        return [t.set("subjects", t.row("subjects", subject=QUIET), **cells)]

    kind(name, check, studies=(DATED,))(make)


about_subject("a sex that is none", "P02", sex="X")
about_subject("an age of 250", "P02", age="250")
about_subject("an age of a child", "P03", age="16")


@kind("a death before the last visits", "D05", visits=(2, INNER), studies=(DATED, IN_DAYS))
def dead_too_early(t, place):
    day = later(t.tables["lesions"].loc[targets(t, place)[0][0], "date"], 1)
    return [t.set("subjects", t.row("subjects", subject=QUIET), death=day, last_known_alive=day)]


@kind("alive before the last visits", "P01", visits=VISITS[:2], studies=(DATED, IN_DAYS))
def alive_too_early(t, place):
    day = later(t.tables["lesions"].loc[targets(t, place)[0][0], "date"], 1)
    return [t.set("subjects", t.row("subjects", subject=QUIET), last_known_alive=day)]


@kind("alive before the last visit", "P01", visits=(LAST,), studies=(DATED, IN_DAYS))
def alive_before_the_last(t, place):
    day = later(t.tables["lesions"].loc[targets(t, place)[0][0], "date"], -1)
    return [t.set("subjects", t.row("subjects", subject=QUIET), last_known_alive=day)]


# samples and diaries

MARKERS = ("CHROMOGRANIN A", "5-HIAA")
SAMPLES = {"visits": VISITS, "lesions": MARKERS, "studies": (DATED, IN_DAYS)}


def sample(t, place):
    return t.row("markers", subject=QUIET, marker=place.lesion, visit=place.visit)


def slip(name, factor, visits=VISITS, lesions=MARKERS):
    """Register a sample that slipped by a factor."""

    def make(t, place):
        at = sample(t, place)
        value = factor * float(t.tables["markers"].loc[at, "value"])
        return [t.set("markers", at, value=f"{value:.4g}")]

    kind(name, "K07", visits=visits, lesions=lesions, studies=(DATED, IN_DAYS))(make)


slip("a sample times ten", 10)
slip("a tenth of a sample", 0.1)
slip("a sample times a hundred", 100)
slip("a sample times a thousand", 1000)
slip("a thousandth of a sample", 0.001)
slip("an amount for a mass", 5.23, lesions=("5-HIAA",))
slip("a mass for an amount", 1 / 5.23, lesions=("5-HIAA",))


def in_sample(name, check, **cells):
    """Register a cell of a sample."""
    kind(name, check, **SAMPLES)(lambda t, place: [t.set("markers", sample(t, place), **cells)])


in_sample("a sample in another unit", "K03", unit="nmol/L")
in_sample("a negative sample", "K01", value="-3")
in_sample("a sample without a limit", "K02", upper_limit="")


@kind("a sample a year late", "K12", visits=VISITS, studies=(DATED, IN_DAYS))
def sample_late(t, place):
    return move(t, place, 365, "markers")


@kind("a sample a month late", "K12", visits=VISITS, studies=(DATED, IN_DAYS))
def sample_a_month_late(t, place):
    return move(t, place, 30, "markers")


@kind("all samples a year late", "K12", studies=(DATED, IN_DAYS))
def samples_late(t, place):
    return redate(t, "markers", 365)


@kind("all samples a year early", "K12", studies=(DATED, IN_DAYS))
def samples_early(t, place):
    return redate(t, "markers", -365)


def redate(t, table, days):
    """All dates of a patient in a table some days later; the first row."""
    rows = t.find(table, subject=QUIET)
    for at in rows:
        t.set(table, at, date=later(t.tables[table].loc[at, "date"], days))
    if "study_day" in t.tables[table]:
        t.set(table, rows, study_day="")
    return [(table, rows[0])]


def in_diary(name, check, **cells):
    """Register a cell of a diary."""

    def make(t, place):
        at = t.row("symptoms", subject=QUIET, symptom="DIARRHOEA", visit=place.visit)
        return [t.set("symptoms", at, **cells)]

    kind(name, check, visits=VISITS, studies=(DATED, IN_DAYS))(make)


in_diary("sixty a day", "Y04", per_day="60")
in_diary("a diary of no day", "Y01", days_recorded="0")

SHIFTED = (GROWS, CURED, NEWLY, PARTIAL)
RESPONDS = {GROWS: 4, CURED: 3, NEWLY: 4, PARTIAL: 3}
"""The visit at which the response of a patient changes."""


@kind("responses one visit late", "T01", "T03", "W01", "W03", lesions=SHIFTED, studies=(DATED,))
def shifted(t, place):
    """All responses of a patient stand one visit late: that at which they change does not fit."""
    move_words(t, place.lesion, lambda words: [words[0], words[1], *words[1:-1]])
    return [("responses", said(t, RESPONDS[place.lesion], place.lesion))]


@kind("responses one visit early", "T01", "T02", "N01", "W02", lesions=SHIFTED, studies=(DATED,))
def shifted_early(t, place):
    """They change at the visit before."""
    move_words(t, place.lesion, lambda words: [words[0], *words[2:], words[-1]])
    return [("responses", said(t, RESPONDS[place.lesion] - 1, place.lesion))]


def move_words(t, subject, moved):
    """The words of all responses of a patient put into another order."""
    frame, rows = t.tables["responses"], t.find("responses", subject=subject, evaluator=A)
    for column in ("target", "non_target", "new_lesion", "overall"):
        frame.loc[rows, column] = moved(frame.loc[rows, column].tolist())


@attrs.frozen
class Untold:
    """Places at which nothing above note can be told of a kind of fault."""

    name: str
    reason: str
    note: str = ""
    studies: tuple = (DATED, UNSUMMED, IN_DAYS)
    visits: tuple = ()
    lesions: tuple = ()

    def holds(self, name, place, study):
        """Whether a case is one of them."""
        return (
            name == self.name
            and study in self.studies
            and (not self.visits or place.visit in self.visits)
            and (not self.lesions or place.lesion in self.lesions)
        )


_ALONE = "a lesion alone may halve, or double, from one visit to the next"
_SMALL_THEN = (
    "that the target is too small at baseline is found; that its size is a slip is not known"
)
_MAY_RISE = "the rise, or the fall under therapy, may be real: a note"
_MAY_BE_LATE = "a visit may be held a month early or late: a note of the schedule"
_ENDS = (FIRST, LAST)

UNTOLD = [
    Untold("a radius", _ALONE, studies=(UNSUMMED,), visits=_ENDS),
    Untold(
        "a radius",
        "below 20 mm whole millimetres fit a half by chance",
        "",
        (UNSUMMED,),
        (INNER,),
        ("T04",),
    ),
    Untold(
        "digits exchanged",
        "of one step at the end 8 to 20 % would be found at one false alarm in 1,000",
        studies=(UNSUMMED,),
        visits=(LAST,),
    ),
    Untold(
        "a size of 0, unsummed",
        "a lesion may be gone at the last visit",
        studies=(UNSUMMED,),
        visits=(LAST,),
    ),
    Untold(
        "the long axis of a node",
        "a node may grow by a half from one visit to the next",
        studies=(UNSUMMED,),
        visits=_ENDS,
    ),
    Untold(
        "a visit copied",
        "of two visits alike the second is asked",
        studies=(UNSUMMED,),
        visits=(FIRST,),
    ),
    Untold(
        "a visit copied",
        "stable lesions may measure the same: a note",
        "M17",
        (UNSUMMED,),
        (INNER, LAST),
    ),
    Untold(
        "all tables a year late",
        "a last visit may be late; that the patient was last known alive before is told",
        "D10",
        visits=(LAST,),
    ),
    Untold("all tables a month late", _MAY_BE_LATE, "D10", visits=(INNER, LAST)),
    Untold("all tables a month early", _MAY_BE_LATE, "D10", visits=(INNER, LAST)),
    Untold("a sample times ten", _MAY_RISE, "K07", visits=_ENDS),
    Untold("a tenth of a sample", _MAY_RISE, "K07", visits=_ENDS),
    Untold("a sample times a hundred", _MAY_RISE, "K07", visits=_ENDS),
    Untold(
        "an amount for a mass", "a step of 5.23 alone is none that no disease makes", visits=_ENDS
    ),
    Untold(
        "a mass for an amount", "a step of 5.23 alone is none that no disease makes", visits=_ENDS
    ),
]
"""The places at which the tables do not tell more."""
