"""Checks of structure, lesions and sums beyond their tables: SDTM domains, parameters, bad input,
one cause.
"""

import csv
import pathlib

import numpy as np
import pytest

from nettumor import crf, edit_checks
from nettumor.edit_checks import CHECKS, Configuration
from nettumor.words.organs import read as organ
from nettumor.words.organs import side

pytestmark = pytest.mark.filterwarnings("ignore::nettumor.IntakeWarning")
"""Faulty tables are checked here; what the intake says of them is tested in test_door.py."""

CASES = pathlib.Path(__file__).parent / "edit_checks"
OURS = [id for id in CHECKS if id[0] in "SLU"]


def table(text):
    """A table of text from lines of cells, the first line the columns."""
    rows = list(csv.reader(text.split()))
    return {
        column: [row[i].replace("_", " ") for row in rows[1:]] for i, column in enumerate(rows[0])
    }


def found_by(check, criteria="recist-1.1", parameters=None, **tables):
    """The findings of one check: severity, table, row, column."""
    given = {name: table(text) if isinstance(text, str) else text for name, text in tables.items()}
    study = crf.read(given, incomplete="keep")
    found = edit_checks.run(study, criteria, checks=[check], parameters={check: parameters or {}})
    assert "failed" not in found.runs["status"], found.runs["reason"].tolist()
    return [(r["severity"][0], r["table"], r["row"], r["column"]) for r in found.rows()]


def status_of(check, criteria="recist-1.1", **tables):
    """What became of one check, and why."""
    study = crf.read({name: table(text) for name, text in tables.items()}, incomplete="keep")
    runs = edit_checks.run(study, criteria, checks=[check]).runs
    return runs["status"][0], runs["reason"][0]


TU = """USUBJID,TUEVAL,TULNKID,TUSTRESC,TULOC,VISITNUM,TUDTC
    01,INVESTIGATOR,T01,TARGET,LIVER,1,2024-01-01
    01,INVESTIGATOR,T02,TARGET,LIVER,1,2024-01-01
    01,INVESTIGATOR,T03,TARGET,LIVER,1,2024-01-01"""
TR = """USUBJID,TREVAL,TRLNKID,TRTESTCD,TRSTRESC,TRSTRESN,TRSTRESU,VISITNUM,TRDTC
    01,INVESTIGATOR,T01,LDIAM,20,20,mm,1,2024-01-01
    01,INVESTIGATOR,T02,LDIAM,30,30,mm,1,2024-01-01
    01,INVESTIGATOR,T01,LDIAM,20,20,mm,2,2024-03-01
    01,INVESTIGATOR,T02,LDIAM,30,30,mm,2,2024-03-01
    01,INVESTIGATOR,,SUMDIAM,47,47,mm,2,2024-03-01"""
RS = """USUBJID,RSEVAL,RSTESTCD,RSSTRESC,RSCAT,VISITNUM,RSDTC
    01,INVESTIGATOR,TRGRESP,SD,RECIST_1.1,2,2024-03-01
    01,INVESTIGATOR,OVRLRESP,SD,RECIST_1.1,2,2024-03-01"""


def without(text, *columns):
    """A table's text without some columns."""
    rows = [line.split(",") for line in text.split()]
    kept = [i for i, name in enumerate(rows[0]) if name not in columns]
    return "\n".join(",".join(row[i] for i in kept) for row in rows)


@pytest.mark.parametrize(
    ("check", "tables", "expected"),
    [
        ("S06", {"TU": TU, "TR": TR}, [("w", "TU", 2, "lesion")]),  # identified, no result
        ("L02", {"TU": TU, "TR": TR}, [("e", "TU", 2, "organ")]),  # the place is told in TU
        ("L01", {"TU": TU, "TR": TR}, []),
        # the sum is a row of TR, not of RS
        ("U01", {"TU": "\n".join(TU.split()[:3]), "TR": TR, "RS": RS}, [("e", "TR", 4, "sum")]),
        ("S01", {"TU": TU, "TR": without(TR, "TRLNKID")}, [("e", "TR", None, "TRLNKID")]),
        (
            "S02",
            {"TU": TU, "TR": without(TR, "TRLNKID")},
            [],
        ),  # a variable that is not there is S01's
        ("S03", {"TU": TU, "TR": without(TR, "TRLNKID")}, []),
        ("S01", {"TU": TU, "TR": TR, "RS": RS}, []),
        (
            "S01",
            {"TU": TU, "TR": without(TR, "VISITNUM", "TRDTC")},
            [("e", "TR", None, "VISITNUM or VISIT or TRDTC or TRDY")],
        ),
        (
            "S02",
            {"TU": "\n".join(TU.split()[:2]), "TR": TR},
            [],
        ),  # no role, because not identified: S05's
        ("S05", {"TU": "\n".join(TU.split()[:2]), "TR": TR}, [("e", "TR", 1, "TRLNKID")]),
        ("S02", {"TU": TU.replace("T02,TARGET", "T02,"), "TR": TR}, [("e", "TU", 1, "role")]),
    ],
)
def test_findings_stand_in_the_domain_of_their_cause(check, tables, expected):
    """From SDTM a finding names the domain and row where the cell at fault stands, once for one
    cause.
    """
    assert found_by(check, **tables) == expected


def test_irradiated_targets_of_sdtm():
    """Previously irradiated is read from TU or SUPPTU; progression since irradiation lets the
    lesion pass.
    """
    tu = """USUBJID,TUEVAL,TULNKID,TUSTRESC,TULOC,VISITNUM,TUPREVIR,TUPREISP
        01,INVESTIGATOR,T01,TARGET,LIVER,1,Y,
        01,INVESTIGATOR,T02,TARGET,LIVER,1,Y,Y
        01,INVESTIGATOR,NT01,NON-TARGET,LIVER,1,Y,
        01,INVESTIGATOR,T01,TARGET,LIVER,2,Y,"""
    assert found_by("L12", TU=tu, TR=TR) == [("w", "TU", 0, "TUPREVIR")]
    plain = without(tu, "TUPREVIR", "TUPREISP")
    supp = """RDOMAIN,USUBJID,IDVAR,IDVARVAL,QNAM,QVAL
        TU,01,TULNKID,T02,PREVIR,Y
        TU,01,TULNKID,T01,PREVIR,N"""
    assert found_by("L12", TU=plain, TR=TR, SUPPTU=supp) == [("w", "TU", 1, "PREVIR")]
    assert status_of("L12", TU=plain, TR=TR)[0] == "skipped"


def test_locations_of_tr_against_tu():
    """A lesion whose TRLOC (in SUPPTR) is another organ than its TULOC is one finding, at its first
    such row.
    """
    supp = """RDOMAIN,USUBJID,IDVAR,IDVARVAL,QNAM,QVAL
        TR,01,TRSEQ,1,TRLOC,Liver_segment_4
        TR,01,TRSEQ,2,TRLOC,LUNG
        TR,01,TRSEQ,4,TRLOC,SPLEEN"""
    rows = TR.split()
    numbered = "\n".join(f"{row},{'TRSEQ' if i == 0 else i}" for i, row in enumerate(rows))
    assert found_by("L16", TU=TU, TR=numbered, SUPPTR=supp) == [("e", "TR", 1, "TRLOC")]
    assert found_by("L16", TU=TU, TR=numbered) == []
    assert found_by("L16", TU=without(TU, "TULOC"), TR=numbered, SUPPTR=supp) == [
        ("e", "TR", 3, "organ")
    ]


def test_criteria_name_the_columns_they_need():
    """A size that the criteria measure by and that is not there is one finding, and L06 is skipped,
    not failed.
    """
    lesions = """subject,lesion,role,visit,size
        01,T01,TARGET,0,30
        01,T01,TARGET,1,20"""
    for criteria, missing in (
        ("recist-1.1", []),
        ("who-1981", ["perpendicular"]),
        ("easl-2001", ["viable", "viable_perpendicular"]),
        ("volume-recist", ["volume"]),
        ("choi-2007", ["attenuation"]),
        ("mrecist-2010", []),
    ):
        assert [f[3] for f in found_by("S01", criteria, lesions=lesions)] == missing, criteria
        assert status_of("L06", criteria, lesions=lesions)[0] == (
            "skipped" if missing else "passed"
        )
    states = """subject,lesion,role,visit,state
        01,NT01,NON-TARGET,0,PRESENT"""
    assert found_by("S01", lesions=states) == []  # nothing is measured, nothing is missing
    assert (
        found_by("S01", responses="subject,visit,overall\n01,1,SD") == []
    )  # nor where there is no such table


def test_spellings_across_tables():
    """One subject written in two ways in two tables is found, and the commoner spelling is
    right.
    """
    lesions = """subject,lesion,role,visit,size
        A1,T01,TARGET,0,30
        A1,T01,TARGET,1,30"""
    responses = """subject,visit,overall
        a1,1,SD"""
    assert found_by("S10", lesions=lesions, responses=responses) == [
        ("n", "responses", 0, "subject")
    ]


def test_known_methods_are_a_studys_own():
    """A method that is no known word is a warning; the parameter, or a configured equivalent, makes
    it known.
    """
    lesions = """subject,lesion,role,visit,size,method
        01,T01,TARGET,0,30,TRIPHASIC
        01,T01,TARGET,1,30,CT_SCAN"""
    assert found_by("S11", lesions=lesions) == [("w", "lesions", 0, "method")]
    assert found_by("S11", parameters={"methods": ("triphasic",)}, lesions=lesions) == []
    own = Configuration(method_equivalents=(("CT", "TRIPHASIC"),))
    assert (
        edit_checks.run({"lesions": table(lesions)}, checks=["S11"], configuration=own).n_rows == 0
    )


RESPONSES = """subject,visit,overall
    01,1,PR
    01,1,SD
    01,1,NON-CR/NON-PD
    01,1,MR"""


@pytest.mark.parametrize(
    ("criteria", "refused"),
    [("recist-1.1", [0, 1, 3]), ("irecist-2017", [0, 1, 3]), ("recist-1.0", [0, 3]), ("who-1981", [3]),
     ("mrecist-2010", [0, 3])],
)  # fmt: skip
def test_responses_without_targets(criteria, refused):
    """RECIST 1.1, table 2: without targets no PR and no SD; RECIST 1.0 has SD there, WHO grades
    such disease too.
    """
    lesions = """subject,lesion,role,visit,state
        01,NT01,NON-TARGET,0,PRESENT
        01,NT01,NON-TARGET,1,PRESENT"""
    found = found_by("S12", criteria, lesions=lesions, responses=RESPONSES)
    assert sorted({f[2] for f in found}) == refused
    assert [f[2] for f in found_by("S12", criteria, responses=RESPONSES)] == [
        3
    ]  # without lesions nothing is known


def test_a_response_is_joined_by_its_date():
    """A response without a visit belongs to the lesions' visit of that date; another date has no
    lesions.
    """
    lesions = """subject,lesion,role,visit,date,size
        01,T01,TARGET,0,2024-01-01,30
        01,T01,TARGET,1,2024-03-01,20"""
    responses = """subject,date,overall,sum
        01,2024-03-01,PR,22
        01,2024-05-01,PR,20"""
    assert found_by("S08", lesions=lesions, responses=responses) == [
        ("w", "responses", 1, "overall")
    ]
    assert found_by("S09", lesions=lesions, responses=responses) == []
    assert found_by("U01", lesions=lesions, responses=responses) == [("e", "responses", 0, "sum")]


def test_one_table_alone_names_the_evaluator():
    """Where only one table names evaluators, tracks cannot be compared: skipped, not passed."""
    lesions = """subject,evaluator,lesion,role,visit,size
        01,A,T01,TARGET,0,30"""
    for check in ("S08", "S09", "U01"):
        state = status_of(check, lesions=lesions, responses="subject,visit,overall,sum\n01,1,SD,30")
        assert state == ("skipped", "only one of lesions and responses names the evaluator")
    nadirs = "subject,visit,nadir\n01,1,30\n01,2,40"
    assert found_by("U05", lesions=lesions, responses=nadirs) == [("e", "responses", 1, "nadir")]
    assert found_by("U05", responses=nadirs) == [("e", "responses", 1, "nadir")]


def test_protocols_that_need_measurable_disease():
    """Non-targets only are a note, and an error where the protocol asks for measurable disease."""
    lesions = """subject,lesion,role,visit,state
        01,NT01,NON-TARGET,0,PRESENT"""
    assert [f[0] for f in found_by("L08", lesions=lesions)] == ["n"]
    assert [
        f[0] for f in found_by("L08", parameters={"require_measurable": True}, lesions=lesions)
    ] == ["e"]


def test_the_portal_vein_under_mrecist():
    """Portal vein thrombus is not measurable under mRECIST (Lencioni and Llovet 2010), and says
    nothing elsewhere.
    """
    lesions = """subject,lesion,role,visit,size,organ
        01,T01,TARGET,0,30,Portal_vein_tumour_thrombus
        01,T02,TARGET,0,30,Malignant_ascites"""
    assert [f[2] for f in found_by("L10", "mrecist-2010", lesions=lesions)] == [0, 1]
    assert [f[2] for f in found_by("L10", lesions=lesions)] == [1]
    assert [f[2] for f in found_by("L10", parameters={"sites": ["thrombus"]}, lesions=lesions)] == [
        0
    ]


def test_measurable_is_the_lesion_not_its_viable_part():
    """mRECIST asks for a lesion of 10 mm; its viable part counts only where no other diameter is
    given.
    """
    lesions = """subject,lesion,role,visit,size,viable
        01,T01,TARGET,0,14,8
        01,T02,TARGET,0,,8
        01,T03,TARGET,0,,10"""
    assert found_by("L03", "mrecist-2010", lesions=lesions) == [("e", "lesions", 1, "viable")]


def test_a_second_baseline():
    """Lesions that first appear at a visit named as a second baseline are no late lesions."""
    lesions = """subject,lesion,role,visit,size
        01,T01,TARGET,0,30
        01,T02,TARGET,5,30"""
    assert found_by("L14", lesions=lesions) == [("e", "lesions", 1, "lesion")]
    assert found_by("L14", parameters={"rebaseline": [5]}, lesions=lesions) == []


def test_cystic_by_a_column():
    """A column `cystic` tells it as well as the location does."""
    lesions = """subject,lesion,role,visit,size,organ,cystic
        01,T01,TARGET,0,30,LIVER,Y
        01,NT01,NON-TARGET,0,20,LIVER,N"""
    assert found_by("L11", lesions=lesions) == [("w", "lesions", 0, "cystic")]


def test_sums_of_products():
    """WHO's sums are U07's; those of SWOG and EASL are compared by U01, to 1 mm2."""
    lesions = """subject,lesion,role,visit,size,perpendicular,viable,viable_perpendicular
        01,T01,TARGET,0,30,20,20,10
        01,T01,TARGET,1,30,20,20,10"""
    responses = """subject,visit,sum
        01,0,601
        01,1,60"""
    assert status_of("U01", "who-1981", lesions=lesions, responses=responses)[0] == "skipped"
    assert status_of("U07", "swog-1992", lesions=lesions, responses=responses)[0] == "skipped"
    assert found_by("U07", "who-1981", lesions=lesions, responses=responses) == [
        ("e", "responses", 1, "sum")
    ]
    assert found_by("U01", "swog-1992", lesions=lesions, responses=responses) == [
        ("e", "responses", 1, "sum")
    ]
    assert len(found_by("U01", "easl-2001", lesions=lesions, responses=responses)) == 2


def test_sums_under_markers_are_not_recomputed():
    """Criteria that do not judge lesions: the comparison is skipped with the reason."""
    lesions = "subject,lesion,role,visit,size\n01,T01,TARGET,0,30"
    state, reason = status_of(
        "U01", "biological-net-who", lesions=lesions, responses="subject,visit,sum\n01,0,30"
    )
    assert state == "skipped"
    assert "not recomputed" in reason


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Liver segment 4a", "LIVER"), ("Hepatic dome, right", "LIVER"), ("Hepatic vein", "HEPATIC VEIN"),
        ("Mesenteric mass", "MESENTERY"), ("Mesenteric lymph node", "LYMPH NODE"), ("Ileum", "SMALL INTESTINE"),
        ("Ilium, left", "BONE"), ("T12", "BONE"), ("RUL", "LUNG"), ("Adrenal gland, left", "ADRENAL"),
        ("Pancreatic tail", "PANCREAS"), ("Peritoneum", "PERITONEUM"), ("Retroperitoneal", "RETROPERITONEUM"),
        ("Splenic flexure", "COLON"), ("Bone marrow", "BONE MARROW"), ("Other", ""), ("", ""),
        ("Chest wall", "CHEST WALL"),
    ],
)  # fmt: skip
def test_organs(name, expected):
    """A part belongs to its organ; a vessel named after an organ does not; a word that names none
    is no organ.
    """
    assert organ(name) == expected


def test_sides():
    """The side of a location, where it names one and only one."""
    assert [side(w) for w in ("Lung, L", "LLL", "RML", "both lungs", "left and right lung")] == [
        "LEFT",
        "LEFT",
        "RIGHT",
        "",
        "",
    ]


def case_tables(id, which):
    """The accept or reject tables of a check."""
    one = CASES / id / f"{which}.csv"
    found = {}
    for path in [one] if one.exists() else sorted((CASES / id / which).glob("*.csv")):
        rows = list(csv.reader(path.read_text(encoding="utf-8").splitlines()))
        name = "lesions" if path == one else path.stem
        found[name] = {column: [row[i] for row in rows[1:]] for i, column in enumerate(rows[0])}
    return found


def changed(tables, change):
    return {
        name: {column: change(column, cells) for column, cells in t.items()}
        for name, t in tables.items()
    }


@pytest.mark.parametrize("id", OURS)
def test_bad_tables_fail_no_check(id):
    """Empty tables, one row, columns blank, foreign, endless or gone: every check passes, finds or
    is skipped.
    """
    tables = case_tables(id, "reject")
    variants = [changed(tables, lambda c, x: []), changed(tables, lambda c, x: x[:1])]
    for filling in ("", "é {x} %s", np.nan, -1e300):
        for name, t in tables.items():
            for column in t:
                variants.append({**tables, name: {**t, column: [filling] * len(t[column])}})
    for name, t in tables.items():
        needed = {
            "USUBJID",
            "TULNKID",
            "TRTESTCD",
        }  # without these a domain is refused, in one sentence
        variants += [
            {**tables, name: {c: x for c, x in t.items() if c != gone}}
            for gone in t
            if gone not in needed
        ]
    for variant in variants:
        checks = OURS if id in ("S05", "S12", "L05", "L21", "U05") else [id]
        found = edit_checks.run(crf.read(variant, incomplete="keep"), checks=checks)
        assert "failed" not in found.runs["status"], found.runs["reason"].tolist()


@pytest.mark.parametrize("id", [id for id in OURS if id not in ("S01", "S05", "S07", "L07")])
def test_two_evaluators_are_two_tracks(id):
    """The same tables given by two evaluators have every finding twice, none of one about the
    other.
    """
    tables = case_tables(id, "reject")
    if any("evaluator" in tables[name] for name in ("lesions", "responses") if name in tables):
        pytest.skip("has evaluators of its own")
    twice = {}
    for name, t in tables.items():
        twice[name] = t
        if name in ("lesions", "responses"):
            n = len(t["subject"])
            twice[name] = {**{c: x + x for c, x in t.items()}, "evaluator": ["A"] * n + ["B"] * n}
    settings = CASES / id / "settings.toml"
    criteria = (
        "who-1981"
        if settings.exists() and "who" in settings.read_text(encoding="utf-8")
        else "recist-1.1"
    )
    alone, both = (edit_checks.run(t, criteria, checks=[id]) for t in (tables, twice))
    told = sorted(
        alone["message"][alone["table"] != "subjects"]
    )  # the table of subjects has no evaluator
    assert both.n_rows == alone.n_rows + len(told)
    own = [(r["evaluator"], r["message"]) for r in both.rows()]
    assert sorted(m for e, m in own if e == "A") == sorted(m for e, m in own if e == "B") == told


def test_a_subject_with_500_visits():
    """One subject with very many visits among others is judged like them."""
    visits, n = np.arange(500), 20
    lesions = {
        "subject": ["LONG"] * 1000 + [f"S{i}" for i in range(n) for _ in range(2)],
        "lesion": [*["T01"] * 500, *["T02"] * 500, *["T01"] * 2 * n],
        "role": ["TARGET"] * (1000 + 2 * n),
        "visit": [*visits, *visits, *[0, 1] * n],
        "size": [*[20.0] * 500, *(30 - visits / 100), *[40.0, 30.0] * n],
        "organ": ["LIVER"] * (1000 + 2 * n),
    }
    responses = {
        "subject": ["LONG"] * 500,
        "visit": visits,
        "sum": 50 - visits / 100 + (visits == 321),
    }
    found = edit_checks.run({"lesions": lesions, "responses": responses}, checks=OURS)
    assert "failed" not in found.runs["status"]
    assert [(r["check"], int(r["row"])) for r in found.rows() if r["subject"] == "LONG"] == [
        ("U01", 321)
    ]


def test_a_lesion_without_a_name_is_no_merged_mass():
    """Q12: that no row says which lesion it merged into is not said of the lesion without a name."""
    found = edit_checks.run(
        {
            "lesions": {
                "subject": ["01", "01"], "lesion": ["", ""], "role": ["TARGET", "TARGET"],
                "visit": [0, 1], "size": [10, 15], "perpendicular": [10, 15],
            },
            "responses": {"subject": ["01"], "visit": [1], "overall": ["SD"]},
        },
        criteria="who-1981",
        checks=["Q12"],
    )  # fmt: skip
    assert found["row"].tolist() == [0]


@pytest.mark.parametrize("other", ["12", "13"])
def test_lesions_of_one_sum_are_twins_only_size_by_size(other):
    """Two lesions of one place whose sizes add up alike are double only if each size is the same."""
    sizes = {"T01": ["12", "13"], "T02": [other, str(25 - int(other))]}
    rows = [(name, i, size) for name, own in sizes.items() for i, size in enumerate(own)]
    lesion, visit, size = (list(column) for column in zip(*rows, strict=True))
    table = {"subject": ["1"] * 4, "lesion": lesion, "role": ["TARGET"] * 4, "visit": visit}
    found = edit_checks.run(
        {"lesions": {**table, "organ": ["LIVER"] * 4, "size": size}}, checks=["L20"]
    )
    assert found["lesion"].tolist() == (["T02"] if other == "12" else [])
