"""Faults of target, non-target, new-lesion and overall responses as reported, and of the course."""

from faults import CURED, GAP, NEWLY, PARTIAL, PLAIN, QUIET, UNSURE, WORSE, A, fault


def visit(t, number=3, subject=QUIET):
    return t.row("responses", subject=subject, evaluator=A, visit=number)


def best(t, subject, **cells):
    return t.set("responses", t.find("responses", subject=subject, evaluator=A)[-1], **cells)


def lesion(t, name, number, subject):
    return t.row("lesions", subject=subject, evaluator=A, lesion=name, visit=number)


def sizes(t, subject, numbers):
    """Other sizes of T01 in a patient of two targets, the sums and percents with them."""
    for number, size in numbers.items():
        t.set("lesions", lesion(t, "T01", number, subject), size=str(size), state="MEASURED")
    rows = t.find("responses", subject=subject, evaluator=A)
    t.set("responses", rows, sum="", percent_from_baseline="", percent_from_nadir="")


@fault("T01")
def progression_that_is_none(t):
    return t.set("responses", visit(t), target="PR", overall="PR")


@fault("T02")
def cr_with_a_target_left(t):
    return t.set("responses", visit(t), target="CR", overall="PR")


@fault("T03")
def cr_called_pr(t):
    return t.set("responses", visit(t, 4, CURED), target="PR", overall="PR")


@fault("T04")
def pd_short_of_5_mm(t):
    sizes(t, PLAIN, {3: 10, 4: 10, 5: 10, 6: 10})
    for number in (2, 3, 4, 5, 6):
        t.set(
            "lesions",
            lesion(t, "T02", number, PLAIN),
            size="10" if number < 5 else "14",
            state="MEASURED",
        )
    t.set("lesions", lesion(t, "T01", 2, PLAIN), size="10")
    for number in (2, 3, 4, 5, 6):
        t.set("responses", visit(t, number, PLAIN), target="PR", overall="PR")
    best(t, PLAIN, best="PR")
    return t.set("responses", visit(t, 5, PLAIN), target="PD", overall="PD")


@fault("T05")
def pr_against_the_visit_before(t):
    sizes(t, PLAIN, {2: 70, 3: 35, 4: 35, 5: 35, 6: 35})
    for number in (2, 3, 4, 5, 6):
        t.set("lesions", lesion(t, "T02", number, PLAIN), size="39")
        t.set("responses", visit(t, number, PLAIN), target="SD", overall="SD")
    return t.set("responses", visit(t, 3, PLAIN), target="PR", overall="PR")


@fault("T07")
def ne_though_measured(t):
    return t.set("responses", visit(t), target="NE", overall="NE", reason="POOR SCAN QUALITY")


@fault("T08")
def sd_with_a_target_not_measured(t):
    return t.set("responses", visit(t, 3, GAP), target="SD", overall="SD")


@fault("T09")
def target_response_without_targets(t):
    """T01 and T02 become non-target lesions of the patient, and the target response stays."""
    lesions = t.tables["lesions"]
    rows = [
        r for n in ("T01", "T02") for r in t.find("lesions", subject=PLAIN, evaluator=A, lesion=n)
    ]
    lesions.loc[rows, ["role", "state", "size", "unit"]] = ["NON-TARGET", "PRESENT", "", ""]
    for row in rows:
        lesions.loc[row, "lesion"] = lesions.loc[row, "lesion"].replace("T0", "NT0")
    places = t.find("responses", subject=PLAIN, evaluator=A)
    t.set("responses", places, sum="", percent_from_baseline="", percent_from_nadir="", target="")
    t.set("responses", places[1:], non_target="NON-CR/NON-PD", overall="NON-CR/NON-PD")
    best(t, PLAIN, best="NON-CR/NON-PD")
    return t.set("responses", places[3], target="NE")


@fault("T10")
def no_target_response(t):
    return t.set("responses", visit(t), target="")


@fault("T11")
def response_at_baseline(t):
    return t.set("responses", visit(t, 1), overall="SD")


@fault("N01")
def non_target_cr_with_a_lesion_left(t):
    """With markers in their limits, so that the lesion alone speaks against CR."""
    rows = t.find("markers", subject=QUIET)
    t.set("markers", rows, value="5.0")
    return t.set("responses", visit(t), non_target="CR")


@fault("N03")
def cr_with_a_marker_above(t):
    rows = t.find("markers", subject=CURED, marker="CHROMOGRANIN A")
    t.set("markers", rows, value="310.0")
    places = t.find("responses", subject=CURED, evaluator=A)
    other = t.find("responses", subject=CURED, evaluator="READER 1")
    wrong = [
        r
        for r in places + other
        if "CR"
        in (t.tables["responses"].loc[r, "non_target"], t.tables["responses"].loc[r, "overall"])
    ]
    return [("responses", r) for r in wrong]


@fault("N04")
def non_target_pd_without_a_lesion(t):
    t.set("responses", visit(t, 6), non_target="PD", overall="PD")
    return t.set("responses", visit(t, 6), non_target="PD")


@fault("N05")
def non_target_pd_with_targets_pr(t):
    t.set("lesions", lesion(t, "NT01", 6, PARTIAL), state="UNEQUIVOCAL PROGRESSION")
    return best(t, PARTIAL, non_target="PD", overall="PD")


@fault("N06")
def non_target_without_a_row(t):
    t.drop("lesions", [t.row("lesions", subject=QUIET, evaluator=A, lesion="NT01", visit=3)])
    return "lesions", t.row("lesions", subject=QUIET, evaluator=A, visit=3)


@fault("N07")
def non_target_response_without_lesions(t):
    return t.set("responses", visit(t, 3, PLAIN), non_target="NON-CR/NON-PD")


@fault("N08")
def non_target_back(t):
    t.set("lesions", lesion(t, "NT01", 3, QUIET), state="ABSENT")
    t.set("markers", t.find("markers", subject=QUIET), value="5.0")
    t.set("responses", visit(t, 3), non_target="CR")
    return "lesions", lesion(t, "NT01", 4, QUIET)


@fault("N09")
def non_target_pr(t):
    return t.set("responses", visit(t), non_target="PR")


@fault("W01")
def new_lesion_passed_over(t):
    return best(t, NEWLY, overall="SD", best="SD")


@fault("W02")
def new_lesion_nowhere(t):
    return t.set("responses", visit(t, 6), new_lesion="UNEQUIVOCAL", overall="PD")


@fault("W03")
def new_lesion_not_ticked(t):
    return best(t, NEWLY, new_lesion="N")


@fault("W04")
def new_lesion_without_a_word(t):
    row = t.row("lesions", subject=NEWLY, evaluator=A, lesion="NEW01")
    return t.set("lesions", row, state="")


@fault("W05")
def progression_dated_late(t):
    rows = t.find("lesions", subject=UNSURE, evaluator=A, lesion="NEW01")
    t.set("lesions", rows[-1], state="UNEQUIVOCAL")
    best(t, UNSURE, overall="PD", new_lesion="UNEQUIVOCAL")
    return "lesions", rows[0]


@fault("W06")
def new_lesion_gone_again(t):
    rows = t.find("lesions", subject=UNSURE, evaluator=A, lesion="NEW01")
    t.set("lesions", rows[0], state="UNEQUIVOCAL")
    t.set(
        "responses",
        t.row("responses", subject=UNSURE, evaluator=A, visit=4),
        overall="PD",
        new_lesion="UNEQUIVOCAL",
    )
    t.set("lesions", rows[1:], state="UNEQUIVOCAL")
    for number in (5, 6):
        t.set("responses", visit(t, number, UNSURE), overall="PD", new_lesion="UNEQUIVOCAL")
    t.drop("lesions", [t.row("lesions", subject=UNSURE, evaluator=A, lesion="NEW01", visit=5)])
    return "lesions", t.row("lesions", subject=UNSURE, evaluator=A, visit=5)


@fault("W08")
def new_lesion_outside_the_scan(t):
    t.set("subjects", t.row("subjects", subject=NEWLY), baseline_regions="CHEST; PELVIS")
    return [
        ("lesions", t.row("lesions", subject=NEWLY, evaluator=e, lesion="NEW01"))
        for e in (A, "READER 1")
    ]


@fault("O01")
def parts_that_give_another(t):
    return t.set("responses", visit(t), overall="PR", target="SD")


@fault("O02")
def progression_of_a_non_target_passed_over(t):
    return best(t, WORSE, non_target="NON-CR/NON-PD", overall="SD")


@fault("O03")
def pd_without_a_reason(t):
    return t.set("responses", visit(t, 6), overall="PD")


@fault("O04")
def response_after_pd(t):
    """The targets grow by a half at visit 3 and shrink again; nothing of it is wrong but the
    responses after.
    """
    sizes(t, PLAIN, {2: 60, 3: 110, 4: 20, 5: 20, 6: 20})
    for number, found in ((2, "SD"), (3, "PD"), (4, "PR"), (5, "PR"), (6, "PR")):
        t.set("responses", visit(t, number, PLAIN), target=found, overall=found)
    best(t, PLAIN, best="SD")
    return [("responses", visit(t, number, PLAIN)) for number in (4, 5, 6)]


@fault("O06")
def pr_after_cr(t):
    """A non-target lesion that was not evaluable makes PR of CR."""
    t.set("lesions", lesion(t, "NT01", 5, CURED), state="NOT EVALUABLE", reason="POOR SCAN QUALITY")
    return t.set(
        "responses", visit(t, 5, CURED), non_target="NE", overall="PR", reason="POOR SCAN QUALITY"
    )


@fault("O08")
def pr_not_confirmed(t):
    sizes(t, PLAIN, {6: 20})
    return best(t, PLAIN, target="PR", overall="PR", best="PR")


@fault("O10")
def another_best_response(t):
    return best(t, WORSE, best="PR")


@fault("O11")
def another_date_of_progression(t):
    return t.set("subjects", t.row("subjects", subject=NEWLY), progression_date="2020-05-05")


@fault("O12")
def ne_without_a_reason(t):
    t.set("lesions", lesion(t, "NT01", 3, QUIET), state="NOT EVALUABLE")
    return t.set("responses", visit(t, 3), non_target="NE")


@fault("O13")
def not_done_with_a_response(t):
    return t.set("responses", visit(t), status="NOT DONE")


@fault("O14")
def ended_for_a_progression_that_is_none(t):
    return t.set("subjects", t.row("subjects", subject=QUIET), end_reason="PROGRESSIVE DISEASE")
