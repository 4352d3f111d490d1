"""The review as data: rows and columns counted, fragments of the review, figures recomputed."""

import collections
from decimal import ROUND_HALF_UP, Decimal

import numpy as np
import pytest

import nettumor as nt
from nettumor import evidence
from nettumor.errors import InputError


@pytest.mark.parametrize(
    ("number", "rows", "lines", "poolable"), [(1, 23, 18, 7), (2, 33, 18, 1), (3, 60, 25, 17), (4, 45, 25, 0)]
)  # fmt: skip
def test_tables_are_whole(number, rows, lines, poolable):
    """Each table has its rows, from every line that is printed, with unique names; 25 rows in all can
    be pooled, each with count, denominator, patients and a group."""
    t = evidence.table(number)
    assert t.n_rows == rows
    assert len(t) == 57
    assert sorted(set(t["printed_line"].tolist())) == list(range(1, lines + 1))
    assert len(set(t["id"].tolist())) == rows
    ok = t["poolable"] == "true"
    assert np.count_nonzero(ok) == poolable
    assert (t["unit"][ok] == "patients").all()
    assert (t["poolable_as"][ok] != "").all()
    assert not np.isnan(t["count"][ok] + t["denominator"][ok]).any()
    assert (t["poolable_as"][~ok] == "").all()
    known = ~np.isnan(t["count"] + t["denominator"])
    assert (t["count"][known] <= t["denominator"][known]).all()


ROWS = [  # what is printed in the review, cell by cell
    ("T1-08-1", "15.5 symptomatic", "3/5", "60%", "[16]", 3, 5, 60),
    ("T1-10-1", "24.11 symt", "8/11", "72.7", "[48]", 8, 11, 72.7),
    ("T1-14-1", "64", "", "93", "[51]", None, None, 93),
    ("T2-10-1", "30", "12/17 (75%CHa) 9/10 (90%isl)", "", "[55]", 12, 17, 75),
    ("T3-04-3", "24", "CR4, PR12, SD5, PD1", "18%, 55%, 22.7%", "[1]", 5, 22, 22.7),
    ("T3-20-1", "10", "OR 3/7, MR 2/7", "43%, 29%", "", 3, 7, 43),
    ("T3-26-4", "54 islet cell tumor", "PR 19, MR 1, SD 32, PD 2", "PR 35%, MR 2%, SD 59%, PD 4%", "", 2, 54, 4),
    ("T4-05-1", "23", "", "65.4%", "[1]", None, None, 65.4),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "patients", "response", "percent", "reference", "count", "denominator", "read"), ROWS
)
def test_rows_are_as_printed(
    name, patients, response, percent, reference, count, denominator, read
):
    """Cells stand as the review prints them, with its misprints, and are read beside that."""
    (row,) = (r for r in evidence.table(int(name[1])).rows() if r["id"] == name)
    printed = [row[f"{c}_printed"] for c in ("n_patients", "response", "percent", "reference")]
    assert printed == [patients, response, percent, reference]
    got = [row["count"], row["denominator"], row["percent"]]
    np.testing.assert_equal(got, [np.nan if v is None else v for v in (count, denominator, read)])


def test_a_blank_is_never_0():
    """What is not printed is NaN; the zeros are those of the review: nobody of 9, of 10, of 12."""
    zeros = [r["id"] for n in (1, 2, 3, 4) for r in evidence.table(n).rows() if r["count"] == 0]
    assert zeros == ["T1-17-1", "T3-21-1", "T4-04-1"]
    assert np.isnan(evidence.table(3)["months_minimum"]).all()


def test_references():
    """63 references, numbered without gaps; six rows are three papers that are listed twice."""
    r = evidence.references()
    assert r["reference_no"].tolist() == [str(n) for n in range(1, 64)]
    twice = {
        (a, b)
        for a, b in zip(r["reference_no"].tolist(), r["same_paper_as"].tolist(), strict=True)
        if b
    }
    assert twice == {
        ("10", "61"),
        ("61", "10"),
        ("13", "30"),
        ("30", "13"),
        ("19", "52"),
        ("52", "19"),
    }
    row = r.rows()[16]
    assert row["authors"] == "Therasse E, Breittmayer F, Roche A, et al."
    assert (row["journal"], row["year"], row["pages"]) == ("Radiology", 1993, "189(2):541–7")
    assert all(row["title"] and row["journal"] and row["pages"] for row in r.rows())
    numbers = set(r["reference_no"].tolist())
    for n in (1, 2, 3, 4):
        assert set(evidence.table(n)["reference_no"].tolist()) <= numbers


def test_every_percent_is_recomputed():
    """100 x count / denominator, half up to one decimal, is what the tables hold, and whether the
    printed percent fits is what exact decimals say."""
    for n in (1, 2, 3, 4):
        for row in evidence.table(n).rows():
            if np.isnan(row["count"]) or np.isnan(row["denominator"]):
                assert np.isnan(row["percent_computed"])
                continue
            exact = Decimal(100) * int(row["count"]) / int(row["denominator"])
            half_up = exact.quantize(Decimal("0.1"), ROUND_HALF_UP)
            assert row["percent_computed"] == float(half_up), row["id"]
            if row["arithmetic"] == "no_percent_printed":
                assert np.isnan(row["percent"])
            else:
                assert row["arithmetic"] == evidence.arithmetic(
                    row["count"], row["denominator"], f"{row['percent']:g}"
                )


@pytest.mark.parametrize(
    ("count", "denominator", "percent", "verdict"),
    [
        (2, 12, "17", "ok"), (2, 12, "16", "rounding"), (12, 18, "66.66", "rounding"), (46, 69, "67", "ok"),
        (12, 17, "75", "mismatch"), (31, 34, "78", "mismatch"), (1, 8, "12.5", "ok"), (1, 8, "13", "ok"),
    ],
)  # fmt: skip
def test_arithmetic(count, denominator, percent, verdict):
    """A percent fits by rounding half up, or within one unit of its last place, or not."""
    assert evidence.arithmetic(count, denominator, percent) == verdict


def test_audit():
    """161 figures and 135 statements; 37 statements do not follow and 22 do; 12 printed percents do
    not come out of their counts, each with what is likely where that is known."""
    a = evidence.audit()
    by = collections.Counter(zip(a["what"].tolist(), a["verdict"].tolist(), strict=True))
    assert by["statement", "does not follow"] == 37
    assert by["statement", "follows"] == 22
    assert by["statement", "cannot be told"] == 76
    assert by["figure", "does not follow"] == 12
    assert sum(n for (what, _), n in by.items() if what == "figure") == 161
    rows = {row["id"]: row for row in a.rows()}
    assert rows["T3-19-2"]["recomputed"] == "10/10 = 100.0 %"
    assert rows["T3-19-2"]["likely"] == "MR 1"
    assert rows["T2-05-1"]["verdict"] == "cannot be told", "its denominator was inferred from it"
    assert rows["T3-22-1"]["why"].endswith("inferred from this percent")
    first = rows["R-abstract-01"]
    assert (first["printed"], first["recomputed"]) == ("60–95%", "0 to 100 percent")
    assert first["place"] == "abstract, TACE, symptomatic"
    assert all(
        row["likely"]
        for row in a.rows()
        if row["what"] == "figure" and row["verdict"] == "does not follow"
    )


def months(rows):
    """The central times of rows of Table 4."""
    found = [[r[c] for c in ("months_median", "months_mean", "months_unspecified")] for r in rows]
    return [v for cell in found for v in cell if v == v]


def test_statements_come_out_of_the_tables():
    """Ranges of the text recomputed here from the tables: what the audit says of them is so."""
    stated = {r["id"]: r for r in evidence.ranges().rows()}

    def holds(name, values):
        low, high = min(values), max(values)
        row = stated[name]
        assert (row["recomputed_low"], row["recomputed_high"]) == (
            pytest.approx(low, abs=0.06),
            pytest.approx(high, abs=0.06),
        )
        fits = abs(row["low"] - low) < 0.51 and abs(row["high"] - high) < 0.51
        assert row["follows"] == ("yes" if fits else "no")

    t4 = evidence.table(4).rows()
    tace = [r for r in t4 if r["treatment_class"].startswith("TACE")]
    holds("R-abstract-04", months(tace))
    five = [r["percent"] for r in tace if r["survival_years"] == 5]
    holds("R-abstract-05", five)
    holds("R-4.4-02", five)
    tae = [r for r in t4 if r["treatment_class"] == "TAE"]
    holds("R-abstract-09", months(tae))
    holds("R-4.4-03", [r["percent"] for r in tae if r["survival_years"] == 5])
    surgery = [r for r in t4 if r["treatment_class"].startswith("surgery")]
    holds("R-4.4-01", [r["percent"] for r in surgery if r["survival_years"] == 5])
    t3 = collections.defaultdict(float)
    for r in evidence.table(3).rows():
        if r["treatment_class"] == "TAE" and r["response_category"] in ("CR", "PR"):
            t3[r["row"]] += 100 * r["count"] / r["denominator"]
    holds("R-4.3-05", list(t3.values()))
    holds("R-abstract-08", list(t3.values()))


def test_inconsistencies_name_rows_that_exist():
    """156 inconsistencies; the rows they concern are in the tables."""
    found = evidence.inconsistencies()
    assert found.n_rows == 156
    known = {r["id"] for n in (1, 2, 3, 4) for r in evidence.table(n).rows()}
    for row in found.rows():
        assert set(filter(None, row["rows"].split(";"))) <= known, row["id"]
    assert evidence.ranges().n_rows == 135


def test_tables_are_frozen_and_make_frames():
    """The package's tables cannot be changed, and become frames."""
    t = nt.evidence.table(1)
    with pytest.raises(ValueError, match="read-only"):
        t["count"][0] = 1
    assert t.to_frame().shape == (23, 57)
    assert evidence.table(1) is t


@pytest.mark.parametrize("number", [0, 5, "3", True, None])
def test_which_table(number):
    """Another number is refused with what the four tables hold."""
    with pytest.raises(InputError, match="`number` must be 1, 2, 3 or 4, a table of the review"):
        evidence.table(number)
