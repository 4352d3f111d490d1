"""Results of SDTM that are not read although they look as if they should be: each is a line of the
intake with its place; tests of other things are left aside without a word.
"""

import pytest

from nettumor import crf
from nettumor.errors import InputError

pytestmark = pytest.mark.filterwarnings("ignore::nettumor.IntakeWarning")
READER = {"EVAL": "INDEPENDENT ASSESSOR", "EVALID": "RADIOLOGIST 1"}


def record(domain, number, **columns):
    """One record of a domain of findings."""
    common = {"STUDYID": "X", "DOMAIN": domain, "USUBJID": "01", f"{domain}SEQ": str(number)}
    own = {f"{domain}{n}": v for n, v in {**READER, **columns}.items() if n != "VISITNUM"}
    return common | own | {"VISITNUM": columns["VISITNUM"]}


def domains():
    """Two targets at two visits, and the response of the second."""
    tu = [
        record("TU", i, LNKID=f"T0{i}", TESTCD="TUMIDENT", TEST="Tumor Identification", STRESC="TARGET",
               LOC="LIVER", VISITNUM="1", DTC="2024-01-02")
        for i in (1, 2)
    ]  # fmt: skip
    tr = [
        record("TR", 2 * v + i, LNKID=f"T0{i}", TESTCD="LDIAM", TEST="Longest Diameter", STRESC="40",
               STRESN="40", STRESU="mm", VISITNUM=str(v), DTC=f"2024-0{2 * v - 1}-02")
        for v in (1, 2)
        for i in (1, 2)
    ]  # fmt: skip
    rs = [
        record(
            "RS",
            1,
            TESTCD="OVRLRESP",
            TEST="Overall Response",
            STRESC="SD",
            VISITNUM="2",
            DTC="2024-03-02",
        )
    ]
    return {"TU": tu, "TR": tr, "RS": rs}


def told(study):
    """What the intake says of results beyond what was read: place, found, count, status."""
    tables = {n: {c: [r[c] for r in rows] for c in rows[0]} for n, rows in study.items()}
    intake = crf.read(tables).intake
    rows = zip(*(intake[n] for n in ("place", "found", "count", "status")), strict=True)
    return [tuple(map(str, r)) for r in rows if r[-1] not in ("read", "not needed")]


def test_the_study_is_plainly_read():
    """Nothing is said of it."""
    assert told(domains()) == []


@pytest.mark.parametrize(
    ("code", "name", "found"),
    [
        ("LONGDIAM", "Longest Diameter", "LONGDIAM"),
        ("LDIAM1", "Size", "LDIAM1"),
        ("SAXIS", "Short Axis", "SAXIS"),
        ("", "Longest Diameter", "LONGEST DIAMETER"),
        ("", "", "no test"),
        ("TUMSTAT", "Tumor State", "TUMSTAT"),
    ],
)
def test_a_test_that_is_nearly_one_of_those_read_is_told(code, name, found):
    """Its sizes are lost, and nobody who reads the result would know."""
    study = domains()
    study["TR"][-1] |= {"TRTESTCD": code, "TRTEST": name}
    assert ("TR.TRTESTCD", found, "1", "ignored") in told(study)


@pytest.mark.parametrize(
    ("code", "name"),
    [("AREA", "Area"), ("ACNSD", "Absolute Change from Nadir in Sum of Diameters"), ("MAXSUV", "Maximum SUV"),
     ("PCBSLPD", "Percent Change from Baseline in Sum of Longest Diameters")],
)  # fmt: skip
def test_a_test_of_something_else_is_not_told(code, name):
    """What is not a measure of a lesion is collected for something else."""
    study = domains()
    study["TR"].append(study["TR"][-1] | {"TRTESTCD": code, "TRTEST": name, "TRSEQ": "99"})
    assert told(study) == []


@pytest.mark.parametrize(
    ("code", "name"),
    [("OVRRESP", "Response"), ("OVERALL", "Overall Response"), ("", "Overall Response")],
)
def test_a_response_that_is_nearly_one_is_told(code, name):
    """As results of lesions are."""
    study = domains()
    study["RS"].append(study["RS"][-1] | {"RSTESTCD": code, "RSTEST": name, "RSSEQ": "9"})
    assert ("RS.RSTESTCD", code or name.upper(), "1", "ignored") in told(study)


def test_a_response_of_another_kind_is_not_told():
    """A bone response is no overall response."""
    study = domains()
    study["RS"].append(study["RS"][-1] | {"RSTESTCD": "BONERESP", "RSTEST": "Bone Response"})
    assert told(study) == []


def test_a_result_without_its_reader_is_told():
    """Beside results of the same role with --EVALID it becomes another reader's; of another role
    (the investigator's) it is as it should be.
    """
    study = domains()
    study["TR"][-1]["TREVALID"] = ""
    assert ("TR.TREVALID", READER["EVAL"], "1", "ambiguous") in told(study)
    own = {"TREVALID": "", "TREVAL": "INVESTIGATOR"}
    study = domains()
    study["TR"] += [r | own for r in study["TR"]]
    study["TU"] += [r | {"TUEVALID": "", "TUEVAL": "INVESTIGATOR"} for r in study["TU"]]
    assert told(study) == []


@pytest.mark.parametrize("name", ["R1-T02", "T2", "t02"])
def test_a_lesion_that_is_not_identified_is_told(name):
    """The first of them by name and patient; subjects whom TU does not name at all are not told."""
    study = domains()
    study["TR"][-1]["TRLNKID"] = name
    assert ("TR.TRLNKID", f"{name} of 01", "1", "ambiguous") in told(study)
    study = domains()
    study["TR"] += [r | {"USUBJID": "02", "TRGRPID": "TARGET"} for r in study["TR"]]
    study["TR"] = [{"TRGRPID": ""} | r for r in study["TR"]]
    assert told(study) == []


@pytest.mark.parametrize(
    ("first", "second"),
    [("size_v0", "size_v1"), ("T1 (mm)", "T2 (mm)"), ("Visit 1", "Visit 2"), ("Week 8", "Week 16")],
)
def test_a_column_for_each_lesion_or_visit_is_told_where_to_say_it(first, second):
    """The refusal of such a table names two of its columns and the section of the study file."""
    table = {"subject": ["1"], "role": ["TARGET"], first: ["10"], second: ["12"]}
    with pytest.raises(InputError) as refused:
        crf.read({"lesions": table})
    assert f"such as {first!r} and {second!r}, is told in [wide] of a study file" in str(
        refused.value
    )
