"""Responses by other rules beside those by size: another series, never judged with them."""

import pytest

import nettumor as nt
from nettumor import crf
from nettumor.words import criteria_names

OTHERS = [
    "GCIG CA-125 RUSTIN 2011", "CA-125", "IMWG", "LUGANO CLASSIFICATION", "PCWG3", "RANO", "CHESON 2007",
]  # fmt: skip


def domains(category, detail):
    """Targets that are stable, RECIST's SD, and a response of the other category at each visit."""
    visits = [0, 1, 2]
    dates = ["2024-01-02", "2024-03-01", "2024-05-01"]
    rows = [
        (v, d, c, s, "SD" if c == "RECIST 1.1" else "PD")
        for v, d in zip(visits[1:], dates[1:], strict=True)
        for c, s in (("RECIST 1.1", ""), (category, detail))
    ]
    return {
        "rs": {
            "USUBJID": ["01"] * len(rows),
            "RSTESTCD": ["OVRLRESP"] * len(rows),
            "RSCAT": [r[2] for r in rows],
            "RSSCAT": [r[3] for r in rows],
            "RSSTRESC": [r[4] for r in rows],
            "VISITNUM": [r[0] for r in rows],
            "RSDTC": [r[1] for r in rows],
        },
        "lesions": {
            "subject": ["01"] * 3,
            "lesion": ["T01"] * 3,
            "role": ["TARGET"] * 3,
            "visit": visits,
            "date": dates,
            "size": [30, 30, 31],
        },
    }


@pytest.mark.parametrize(
    ("category", "detail"), [*((word, "") for word in OTHERS), ("RESPONSE", "PCWG3")]
)
def test_other_categories_raise_no_query(category, detail):
    """PD by a marker's rules beside SD by size is no contradiction; the intake says what was left
    out.
    """
    tables = crf.read(domains(category, detail))
    assert tables["responses"].n_rows == 4
    found = nt.edit_checks.run(tables)
    about = {c for c in found["check"].tolist() if c[0] in "TOW"}
    assert not about & {"T01", "O01", "O02", "O03", "O04", "O10", "W01"}, about
    lines = [r for r in tables.intake.rows() if r["place"] == "responses.criteria"]
    assert [(r["found"], r["count"], r["status"]) for r in lines] == [
        (detail or category, 2, "not needed")
    ]


def test_a_category_of_size_stays():
    """A cell that names a size criterion, alone or with more words, is none of the others."""
    for word in ("RECIST 1.1", "RECIST 1.1 AND GCIG CA-125", "", "CENTRAL READ"):
        assert not criteria_names.is_other(word)
