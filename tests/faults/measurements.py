"""Faults of measurements: single cells, series, methods."""

from faults import GAP, QUIET, A, fault


def cell(t, lesion="T01", visit=3, subject=QUIET):
    return t.row("lesions", subject=subject, evaluator=A, visit=visit, lesion=lesion)


@fault("M01")
def target_without_row(t):
    t.drop("lesions", [cell(t, "T03")])
    return "lesions", cell(t, "T01")


@fault("M02")
def not_evaluable_without_reason(t):
    row = cell(t, subject=GAP)
    return t.set("lesions", row, reason="")


@fault("M03")
def value_and_not_evaluable(t):
    return t.set("lesions", cell(t), state="NOT EVALUABLE", reason="POOR SCAN QUALITY")


@fault("M04")
def negative(t):
    return t.set("lesions", cell(t), size="-54")


@fault("M05")
def too_large(t):
    return t.set("lesions", cell(t), size="300")


@fault("M06")
def letter_for_digit(t):
    return t.set("lesions", cell(t), size="5O")


@fault("M07")
def comma(t):
    size = t.tables["lesions"].loc[cell(t), "size"]
    return t.set("lesions", cell(t), size=f"{size},0")


@fault("M08")
def no_unit(t):
    return t.set("lesions", cell(t), unit="")


@fault("M09")
def decimal_point_lost(t):
    size = float(t.tables["lesions"].loc[cell(t, "T04"), "perpendicular"])
    return t.set("lesions", cell(t, "T04"), perpendicular=f"{size * 10:.0f}")


@fault("M10", M09="each series that was in cm for one visit jumps tenfold there as well")
def a_visit_in_cm(t):
    rows = t.find("lesions", subject=QUIET, evaluator=A, visit=3)
    for row in rows:
        for column in ("size", "perpendicular"):
            value = t.tables["lesions"].loc[row, column]
            if value:
                t.set("lesions", row, **{column: f"{float(value) / 10:g}"})
    return "lesions", rows[0]


@fault("M12")
def axes_exchanged(t):
    return t.set("lesions", cell(t), perpendicular="90")


@fault("M13")
def long_axis_of_node(t):
    row = cell(t, "T04")
    return t.set(
        "lesions", row, size=t.tables["lesions"].loc[row, "perpendicular"], perpendicular=""
    )


@fault("M15")
def too_small_with_a_value(t):
    return t.set("lesions", cell(t), state="TOO SMALL", size="7")


@fault("M16")
def comes_back(t):
    return t.set("lesions", cell(t, "NT01"), state="ABSENT")


@fault("M20")
def another_method(t):
    return t.set("lesions", cell(t), method="MRI")


@fault("M20: for all targets and good")
def ultrasound_from_a_visit_on(t):
    """One finding for three targets at four visits; that ultrasound is not allowed follows."""
    targets = [r for n in ("T01", "T02", "T03") for r in t.find("lesions", subject=QUIET, lesion=n)]
    frame = t.tables["lesions"].loc[targets]
    later = frame.index[(frame["evaluator"] == A) & (frame["visit"].astype(int) >= 3)].tolist()
    t.set("lesions", later, method="ULTRASOUND")
    return "lesions", min(later)


@fault("M21")
def ultrasound(t):
    """One finding, at baseline."""
    rows = t.find("lesions", subject=QUIET, evaluator=A, lesion="T01")
    return t.set("lesions", rows, method="ULTRASOUND")


@fault("M24")
def without_contrast(t):
    t.under("mrecist-2010")
    rows = t.find("lesions", subject=QUIET, evaluator=A, visit=3)
    return t.set("lesions", rows, contrast="N")
