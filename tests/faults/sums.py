"""Faults of sums and percents as reported."""

from faults import GAP, QUIET, A, fault


def visit(t, number=3, subject=QUIET):
    return t.row("responses", subject=subject, evaluator=A, visit=number)


@fault("U01")
def wrong_sum(t):
    return t.set("responses", visit(t), sum="147")


@fault("U02")
def sum_of_a_part(t):
    return t.set("responses", visit(t, subject=GAP), sum="81")


@fault("U03")
def sign_flipped(t):
    row = visit(t)
    percent = float(t.tables["responses"].loc[row, "percent_from_baseline"])
    return t.set("responses", row, percent_from_baseline=f"{-percent}")


@fault("U04")
def from_baseline_not_nadir(t):
    row = visit(t)
    return t.set(
        "responses", row, percent_from_nadir=t.tables["responses"].loc[row, "percent_from_baseline"]
    )


@fault("U05")
def nadir_rises(t):
    rows = t.find("responses", subject=QUIET, evaluator=A)
    sums = t.tables["responses"].loc[rows, "sum"].tolist()
    for row, lowest in zip(rows[1:], sums[:-1], strict=True):
        t.set("responses", row, nadir=lowest)
    return t.set("responses", rows[4], nadir="155")


@fault("U06")
def one_target_not_measured_at_baseline(t):
    """Without a baseline sum there is a target without a size, which L06 finds first."""
    t.set(
        "responses",
        t.find("responses", subject=QUIET, evaluator=A),
        sum="",
        percent_from_baseline="",
        percent_from_nadir="",
    )
    row = t.row("lesions", subject=QUIET, evaluator=A, visit=1, lesion="T02")
    t.set("lesions", row, size="", unit="", state="NOT EVALUABLE", reason="POOR SCAN QUALITY")
    return "lesions", t.row("lesions", subject=QUIET, evaluator=A, visit=1)


@fault("U07")
def product_not_multiplied(t):
    t.under("who-1981")
    return t.set("responses", visit(t), sum="147", percent_from_baseline="", percent_from_nadir="")
