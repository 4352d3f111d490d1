"""Faults of lesions: their choice at baseline, and that each stays what it is."""

from faults import CURED, PLAIN, QUIET, A, fault


def baseline(t, lesion, subject=QUIET):
    return t.row("lesions", subject=subject, evaluator=A, visit=1, lesion=lesion)


def every(t, lesion, subject=QUIET):
    return t.find("lesions", subject=subject, evaluator=A, lesion=lesion)


@fault("L01")
def six_targets(t):
    """T05 and T06 as copies of T03 that lie elsewhere and never had another size; the sums
    agree.
    """
    rows = every(t, "T01", PLAIN)
    for name, organ in (
        ("T03", "SPLEEN"),
        ("T04", "KIDNEY"),
        ("T05", "BREAST"),
        ("T06", "THYROID"),
    ):
        for row in rows:
            t.copy("lesions", row, lesion=name, organ=organ)
    for row in t.find("responses", subject=PLAIN, evaluator=A):
        visit = t.tables["responses"].loc[row, "visit"]
        size = float(
            t.tables["lesions"].loc[
                t.row("lesions", subject=PLAIN, evaluator=A, visit=visit, lesion="T01"), "size"
            ]
        )
        total = float(t.tables["responses"].loc[row, "sum"]) + 4 * size
        t.set("responses", row, sum=f"{total:.0f}", percent_from_baseline="", percent_from_nadir="")
    return "lesions", baseline(t, "T06", PLAIN)


@fault("L02")
def three_in_one_organ(t):
    return t.set("lesions", every(t, "T03"), organ="LIVER")


@fault("L03")
def target_of_8_mm(t):
    t.changed("first", (7, 0, 1), 8)
    return "lesions", baseline(t, "T02", PLAIN)


@fault("L04")
def node_of_12_mm(t):
    t.changed("first", (0, 0, 3), 12)
    return "lesions", baseline(t, "T04")


@fault("L05")
def normal_node_as_non_target(t):
    rows = every(t, "NT01")
    t.set("lesions", rows, organ="INGUINAL LYMPH NODE")
    row = baseline(t, "NT01")
    return t.set("lesions", row, perpendicular="7", unit="mm", state="")


@fault("L06")
def target_gone_at_baseline(t):
    row = baseline(t, "T02")
    t.set(
        "responses",
        t.find("responses", subject=QUIET, evaluator=A),
        sum="",
        percent_from_baseline="",
        percent_from_nadir="",
    )
    return t.set("lesions", row, size="0", state="ABSENT")


@fault("L07")
def nothing_at_baseline(t):
    t.drop("lesions", t.find("lesions", subject=QUIET, evaluator=A))
    t.drop("lesions", t.find("lesions", subject=QUIET))
    for table in ("responses",):
        t.drop(table, t.find(table, subject=QUIET))
    return "subjects", t.row("subjects", subject=QUIET)


@fault("L10")
def ascites(t):
    rows = every(t, "T03")
    t.set("lesions", rows, organ="ASCITES")
    return "lesions", rows[0]


@fault("L11")
def bone(t):
    rows = every(t, "T03")
    t.set("lesions", rows, organ="BONE")
    return "lesions", rows[0]


@fault("L12")
def irradiated(t):
    t.tables["lesions"]["irradiated"] = "N"
    rows = every(t, "T03")
    t.set("lesions", rows, irradiated="Y")
    return "lesions", rows[0]


@fault("L13")
def new_at_baseline(t):
    return t.copy(
        "lesions", baseline(t, "NT01"), lesion="NEW01", role="NEW", organ="BRAIN", state="EQUIVOCAL"
    )


@fault("L14")
def late_target(t):
    """A non-target that nobody has seen at baseline."""
    rows = every(t, "NT01")
    t.set("lesions", rows[0], role="OTHER")
    late = [t.copy("lesions", row, lesion="NT02", organ="SPLEEN")[1] for row in rows[1:]]
    t.set("lesions", rows[0], role="NON-TARGET")
    return "lesions", late[0]


@fault("L15")
def role_changes(t):
    return t.set("lesions", every(t, "T03")[2], role="NON-TARGET")


@fault("L16")
def place_changes(t):
    return t.set("lesions", every(t, "T03")[2], organ="BRAIN")


@fault("L17")
def no_place(t):
    rows = every(t, "T03")
    t.set("lesions", rows, organ="")
    return "lesions", rows[0]


@fault("L20")
def twins(t):
    rows = every(t, "T01", PLAIN)
    for row in rows:
        other = t.row(
            "lesions",
            subject=PLAIN,
            evaluator=A,
            visit=t.tables["lesions"].loc[row, "visit"],
            lesion="T02",
        )
        size, was = (float(t.tables["lesions"].loc[r, "size"]) for r in (row, other))
        t.set("lesions", other, size=t.tables["lesions"].loc[row, "size"])
        response = t.row(
            "responses", subject=PLAIN, evaluator=A, visit=t.tables["lesions"].loc[row, "visit"]
        )
        total = float(t.tables["responses"].loc[response, "sum"]) + size - was
        t.set(
            "responses",
            response,
            sum=f"{total:.0f}",
            percent_from_baseline="",
            percent_from_nadir="",
        )
    return "lesions", baseline(t, "T02", PLAIN)


@fault("L21")
def one_part_only(t):
    """A target of a cured subject that split into one part, when all were gone."""
    rows = t.find("lesions", subject=CURED, evaluator=A, lesion="T01")[3:]
    return t.set("lesions", rows, lesion="T01.1")
