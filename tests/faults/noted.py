"""Faults that are worth a note: `NOTED` holds for each its check, and the function that makes it."""

from faults import GAP, QUIET, UNSURE, A, B
from faults.dates import date_of, later, lesion
from faults.missed import measured, radii, resize, sizes, unsummed

NOTED = {}


def noted(name):
    """Register a fault that its check notes ("M33: another reader")."""

    def add(function):
        assert name not in NOTED, name
        NOTED[name] = function
        return function

    return add


def apart(t):
    """Every patient and reader measures in sizes of their own; no sum is reported."""
    lesions = t.tables["lesions"]
    who = sorted(set(zip(lesions["subject"], lesions["evaluator"], strict=True)))
    for row, key in enumerate(zip(lesions["subject"], lesions["evaluator"], strict=True)):
        for column in ("size", "perpendicular"):
            if lesions.loc[row, column]:
                own, number = who.index(key), int(lesions.loc[row, "lesion"][-1])
                size = float(lesions.loc[row, column]) * (
                    1 + 0.02 * own + 0.013 * (own % 3) * number
                )
                lesions.loc[row, column] = f"{size:.3g}"
    for column in ("sum", "percent_from_baseline", "percent_from_nadir"):
        t.tables["responses"][column] = ""


@noted("M17")
def copied_from_the_last_visit(t):
    unsummed(t)
    return resize(t, sizes(t, 4), measured(t, sizes(t, 3)))


@noted("M33")
def copied_from_an_earlier_visit(t):
    apart(t)
    return resize(t, sizes(t, 5), measured(t, sizes(t, 3)))


@noted("M33: another reader")
def copied_from_the_other_reader(t):
    apart(t)
    return resize(t, sizes(t, 4, B), measured(t, sizes(t, 4)))


@noted("M33: another patient")
def copied_from_the_other_patient(t):
    apart(t)
    return resize(t, sizes(t, 6, subject=UNSURE), measured(t, sizes(t, 6, subject=GAP)))


@noted("M32: the rise alone")
def long_axis_at_one_visit(t):
    unsummed(t)
    place = sizes(t, 3)[3:]
    return resize(t, place, [1.5 * v for v in measured(t, place)])


@noted("D19: one row")
def one_row_without_a_date(t):
    return t.set("lesions", lesion(t), date="", study_day="")


@noted("M19")
def too_many_decimals(t):
    return t.set("lesions", lesion(t), size="54.127")


@noted("L18")
def named_as_another_role(t):
    rows = t.find("lesions", subject=QUIET, evaluator=A, lesion="T03")
    return t.set("lesions", rows, lesion="NT07")


@noted("L19")
def a_number_left_out(t):
    rows = t.find("lesions", subject=QUIET, evaluator=A, lesion="T04")
    t.set("lesions", rows, lesion="T05")
    return "lesions", rows[0]


@noted("S10")
def blanks_in_a_name(t):
    return t.set("lesions", lesion(t, name="T03"), lesion="T03 ")


@noted("K06")
def below_detection(t):
    row = t.row("markers", subject=QUIET, marker="CHROMOGRANIN A", visit=3)
    return t.set("markers", row, value="<0.5")


@noted("D18")
def after_another_therapy(t):
    t.set("subjects", t.row("subjects", subject=QUIET), new_therapy=later(date_of(t, 6), -1))
    return [("lesions", t.row("lesions", subject=QUIET, evaluator=e, visit=6)) for e in t.readers]


@noted("M26: the last visit")
def half_of_all_at_the_last_visit(t):
    """No response is reported that tells whether they shrank."""
    del t.tables["responses"]
    return radii(t, 6)
