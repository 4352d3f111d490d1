"""Faults under RECIST 1.0, mRECIST, WHO and iRECIST, and of criteria that are mixed."""

from faults import NEWLY, PLAIN, QUIET, A, fault


def lesion(t, name="T01", visit=1, subject=QUIET):
    return t.row("lesions", subject=subject, evaluator=A, lesion=name, visit=visit)


def every(t, name, subject=QUIET):
    return t.find("lesions", subject=subject, evaluator=A, lesion=name)


def response(t, visit=3, subject=QUIET):
    return t.row("responses", subject=subject, evaluator=A, visit=visit)


@fault("Q01")
def eleven_targets(t):
    t.under("recist-1.0")
    organs = (
        "SPLEEN",
        "KIDNEY",
        "BREAST",
        "THYROID",
        "PANCREAS",
        "OVARY",
        "UTERUS",
        "BLADDER",
        "STOMACH",
    )
    for place, organ in enumerate(organs):
        for row in every(t, "T01", PLAIN):
            t.copy("lesions", row, lesion=f"T{place + 3:02d}", organ=organ)
    t.set(
        "responses",
        t.find("responses", subject=PLAIN, evaluator=A),
        sum="",
        percent_from_baseline="",
        percent_from_nadir="",
    )
    return "lesions", lesion(t, "T11", subject=PLAIN)


@fault("Q02")
def too_small_for_1_0(t):
    t.criteria = "recist-1.0"
    t.changed("first", (7, 0, 1), 8)
    return "lesions", lesion(t, "T02", subject=PLAIN)


@fault("Q03")
def short_axis_under_1_0(t):
    t.under("recist-1.0")
    rows = every(t, "T04")
    sizes = t.tables["lesions"].loc[rows, "size"].tolist()
    for row, size in zip(rows, sizes, strict=True):
        t.set("lesions", row, perpendicular=size, size="")
    t.set(
        "responses",
        t.find("responses", subject=QUIET, evaluator=A),
        sum="",
        percent_from_baseline="",
        percent_from_nadir="",
    )
    return "lesions", rows[0]


@fault("Q04")
def another_criterion(t):
    return t.set("responses", response(t), criteria="RECIST 1.0")


@fault("Q05")
def viable_beyond_the_lesion(t):
    t.under("mrecist-2010")
    return t.set("lesions", lesion(t, visit=3), size="50")


@fault("Q06")
def nothing_enhances(t):
    t.under("mrecist-2010")
    rows = every(t, "T02")
    t.set("lesions", rows, viable="")
    return "lesions", rows[0]


@fault("Q07")
def portal_vein(t):
    t.under("mrecist-2010")
    rows = every(t, "T03")
    t.set("lesions", rows, organ="PORTAL VEIN THROMBOSIS")
    return "lesions", rows[0]


@fault("Q08")
def node_at_the_porta_hepatis(t):
    t.criteria = "mrecist-2010"
    t.changed("first", (0, 0, 3), 18)
    t.set("lesions", every(t, "T04"), organ="LYMPH NODE PORTA HEPATIS")
    return "lesions", lesion(t, "T04")


@fault("Q09")
def ascites_without_cytology(t):
    t.under("mrecist-2010")
    rows = every(t, "NEW01", NEWLY)
    t.set("lesions", rows, organ="ASCITES", cytology="NEGATIVE")
    return "lesions", rows[0]


@fault("Q10")
def new_nodule_of_7_mm(t):
    t.under("mrecist-2010")
    rows = every(t, "NEW01", NEWLY)
    t.set("lesions", rows, size="7", unit="mm")
    return "lesions", rows[0]


@fault("Q11")
def one_diameter(t):
    t.under("who-1981")
    t.set("responses", response(t), sum="", percent_from_baseline="", percent_from_nadir="")
    return t.set("lesions", lesion(t, visit=3), perpendicular="")


@fault("Q12", T01="the target response of that visit is as wrong as the overall one")
def one_lesion_grew(t):
    """T01 grows while the sum of products does not pass the limit, and the response stays."""
    t.under("who-1981")
    t.set(
        "responses",
        t.find("responses", subject=PLAIN, evaluator=A),
        sum="",
        percent_from_baseline="",
        percent_from_nadir="",
    )
    row = lesion(t, "T02", 6, PLAIN)
    grown = [
        round(1.15 * float(t.tables["lesions"].loc[lesion(t, "T02", 1, PLAIN), c]))
        for c in ("size", "perpendicular")
    ]
    t.set("lesions", row, size=str(grown[0]), perpendicular=str(grown[1]))
    return "responses", response(t, 6, PLAIN)


@fault("Q14", O03="a progression confirmed before it was suspected has no reason, either")
def confirmed_before_suspected(t):
    t.under("irecist-2017")
    return t.set("responses", response(t), overall="iCPD")
