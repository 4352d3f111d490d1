"""The SDTM mapping rule by rule, on records written by hand: joins, states, units, dates, readers,
supplements.
"""

import numpy as np
import pytest

from nettumor import crf
from nettumor.crf import State
from nettumor.errors import InputError

pytestmark = pytest.mark.filterwarnings("ignore::nettumor.IntakeWarning")
"""Cells of all kinds: what the intake says of them is tested in test_door.py."""

NAN = np.nan


def tr(*records, **constants):
    """TR from (lesion, test, TRSTRESN, TRORRES) and further variables, one row per record."""
    base = {"USUBJID": "1", "TRGRPID": "TARGET", "VISITNUM": 1, "TRDTC": "2024-03-01"} | constants
    names = ("TRLNKID", "TRTESTCD", "TRSTRESN", "TRORRES")
    rows = [
        base | dict(zip(names, r, strict=False)) | (r[4] if len(r) > 4 else {}) for r in records
    ]
    columns = dict.fromkeys(k for r in rows for k in r)
    return {c: [r.get(c, "") if r.get(c) is not None else NAN for r in rows] for c in columns}


def lesions(*records, tu=None, supp=None, **constants):
    """The lesions table of such records."""
    source = (
        {"tr": tr(*records, **constants)}
        | ({"tu": tu} if tu else {})
        | ({"supptr": supp} if supp else {})
    )
    return crf.read(source)["lesions"]


def test_tests_of_one_lesion_visit_and_date_are_one_row():
    """LDIAM, LPERP, VDIAM, VOLUME and RADIODEN of a visit stand side by side."""
    table = lesions(
        ("T1", "LDIAM", 31, "31"),
        ("T1", "LPERP", 20, "20"),
        ("T1", "VDIAM", 12, "12"),
        ("T1", "VOLUME", 9, "9"),
        ("T1", "RADIODEN", -4, "-4"),
        ("T2", "LDIAM", 8, "8"),
    )
    assert table.n_rows == 2
    cells = table.lesions
    assert [
        cells.measure(m).value[0]
        for m in ("size", "perpendicular", "viable", "volume", "attenuation")
    ] == [
        31,
        20,
        12,
        9,
        -4,
    ]
    np.testing.assert_array_equal(cells.measure("perpendicular").value, [20, NAN])


def test_diameter_stands_for_the_longest_where_that_was_not_collected():
    """DIAMETER is the size, unless LDIAM is there too: then it is a column of its own."""
    assert lesions(("T1", "DIAMETER", 31, "31")).numbers("size").value.tolist() == [31]
    both = lesions(("T1", "LDIAM", 31, "31"), ("T1", "DIAMETER", 20, "20"))
    assert (both.numbers("size").value.tolist(), both.numbers("diameter").value.tolist()) == (
        [31],
        [20],
    )


def test_too_small_to_measure_counts_more_than_the_sponsors_5_mm():
    """TOO SMALL TO MEASURE in TRORRES beside 5 in TRSTRESN is too small, not a measured 5 mm."""
    table = lesions(("T1", "LDIAM", 5, "TOO SMALL TO MEASURE"), ("T2", "LDIAM", 5, "5"))
    measure = table.lesions.measure("size")
    np.testing.assert_array_equal(measure.value, [NAN, 5])
    assert measure.too_small.tolist() == [True, False]


def test_a_size_in_the_original_unit():
    """Where TRSTRESN is missing TRORRES counts, cm made mm exactly."""
    table = lesions(
        ("T1", "LDIAM", None, "2.3", {"TRORRESU": "cm"}),
        ("T2", "LDIAM", None, "17", {"TRORRESU": "mm"}),
    )
    assert table.numbers("size").value.tolist() == [23, 17]
    standard = lesions(("T1", "LDIAM", 1.1, "1.1", {"TRSTRESU": "cm"}))
    assert standard.numbers("size").value.tolist() == [11]


@pytest.mark.parametrize(
    ("records", "state", "value"),
    [
        ([("T1", "TUMSTATE", None, "ABSENT")], State.ABSENT, 0),
        ([("T1", "TUMSTATE", None, "PRESENT")], State.PRESENT, NAN),
        ([("T1", "LNSTATE", None, "NON-PATHOLOGICAL")], State.NON_PATHOLOGICAL, NAN),
        ([("T1", "LDIAM", 0, "0")], State.ABSENT, 0),
        ([("T1", "LDIAM", None, "", {"TRSTAT": "NOT DONE"})], State.NOT_EVALUABLE, NAN),
        ([("T1", "LDIAM", 12, "12", {"TRSTAT": "NOT DONE"})], State.NOT_EVALUABLE, NAN),
        (
            [("T1", "LDIAM", 12, "12"), ("T1", "LPERP", None, "", {"TRSTAT": "NOT DONE"})],
            State.MEASURED,
            12,
        ),
        ([("T1", "LDIAM", 12, "12"), ("T1", "TUMSTATE", None, "ABSENT")], State.ABSENT, NAN),
        ([("T1", "LDIAM", None, "NE")], State.NOT_EVALUABLE, NAN),
    ],
)
def test_states(records, state, value):
    """TUMSTATE, LNSTATE, TRSTAT and words in the result give the state and the size of the row."""
    cells = lesions(*records).lesions
    assert cells.state.tolist() == [state]
    np.testing.assert_array_equal(cells.measure("size").value, [value])


def test_a_number_beside_not_done_is_a_contradiction():
    """A result marked NOT DONE that has a value is not measured, and the row says why."""
    table = lesions(("T1", "LDIAM", 12, "12", {"TRSTAT": "NOT DONE", "TRREASND": "SCAN LOST"}))
    assert table.lesions.contradiction.tolist() == [True]
    assert table["reason"].tolist() == ["SCAN LOST"]


TU = {
    "USUBJID": ["1", "1", "1"],
    "TULNKID": ["T1", "NT1", "NL1"],
    "TUSTRESC": ["TARGET", "NON-TARGET", "NEW"],
    "TULOC": ["AXILLARY LYMPH NODE", "LIVER", "LUNG"],
    "TUMETHOD": ["CT SCAN", "MRI", "MRI"],
    "VISITNUM": [1, 1, 3],
}


def test_roles_places_and_methods_from_tu():
    """TU gives role, organ and method; TR's group only where TU is silent; TRMETHOD counts
    first.
    """
    table = lesions(
        ("T1", "LDIAM", 31, "31", {"TRMETHOD": "PET/CT SCAN"}),
        ("NT1", "TUMSTATE", None, "PRESENT"),
        ("T9", "LDIAM", 7, "7"),
        tu=TU,
    )
    cells = zip(*(table.text(n) for n in ("role", "organ", "nodal", "method")), strict=True)
    rows = dict(zip(table.text("lesion"), cells, strict=True))
    assert rows["T1"] == ("TARGET", "AXILLARY LYMPH NODE", "Y", "PET/CT SCAN")
    assert rows["NT1"] == ("NON-TARGET", "LIVER", "N", "MRI")
    assert rows["T9"] == ("TARGET", "", "", "")
    assert rows["NL1"] == (
        "NEW",
        "LUNG",
        "N",
        "MRI",
    )  # identified without a result: a row without size


def test_an_identification_of_each_reader():
    """Where TU has readers a lesion's role is that of the same reader; where it has none, of the
    lesion.
    """
    tu = {
        "USUBJID": ["1", "1"],
        "TULNKID": ["T1", "T1"],
        "TUEVALID": ["R1", "R2"],
        "TUSTRESC": ["TARGET", "NON-TARGET"],
    }
    records = [("T1", "LDIAM", 9, "9", {"TREVALID": r, "TRGRPID": ""}) for r in ("R1", "R2", "R3")]
    table = lesions(*records, tu=tu)
    assert dict(zip(table.text("evaluator"), table.text("role"), strict=True)) == {
        "R1": "TARGET",
        "R2": "NON-TARGET",
        "R3": "",
    }
    shared = lesions(*records, tu={k: v[:1] for k, v in tu.items() if k != "TUEVALID"})
    assert set(shared.text("role")) == {"TARGET"}


def test_the_one_reader_of_tu_where_tr_names_none():
    """TU that names one reader identifies the lesions of a TR that names none; of two readers
    neither is taken.
    """
    tu = {
        "USUBJID": ["1", "1"],
        "TULNKID": ["T1", "T2"],
        "TUEVAL": ["INVESTIGATOR"] * 2,
        "TUSTRESC": ["TARGET"] * 2,
    }
    one = lesions(("T1", "LDIAM", 9, "9"), ("T2", "LDIAM", 9, "9"), tu=tu, TRGRPID="")
    assert one["role"].tolist() == ["TARGET", "TARGET"]
    two = lesions(
        ("T1", "LDIAM", 9, "9"), tu=tu | {"TUEVAL": ["INVESTIGATOR", "RADIOLOGIST 1"]}, TRGRPID=""
    )
    assert list(zip(two.text("lesion"), two.text("evaluator"), two.text("role"), strict=True)) == [
        ("T1", "", ""),
        ("T1", "INVESTIGATOR", "TARGET"),
        ("T2", "RADIOLOGIST 1", "TARGET"),
    ]


def test_decimal_commas_of_a_semicolon_file(tmp_path):
    """A domain saved as CSV with semicolons: 12,5 and 1,234 are 12.5 and 1.234, visit 1,1
    is 1.1.
    """
    (tmp_path / "tr.csv").write_text(
        "USUBJID;TRLNKID;TRTESTCD;TRSTRESN;VISITNUM\n1;T1;LDIAM;12,5;1\n1;T1;LDIAM;1,234;1,1\n"
    )
    table = crf.read(tmp_path)["lesions"]
    assert table.numbers("size").value.tolist() == [12.5, 1.234]
    assert table.text("visit").tolist() == ["1", "1.1"]


def test_readers_are_never_mixed():
    """--EVALID, else --EVAL, tells the tracks apart."""
    reader = {"TREVAL": "INDEPENDENT ASSESSOR", "TREVALID": "RADIOLOGIST 1"}
    table = lesions(
        ("T1", "LDIAM", 9, "9", {"TREVAL": "INVESTIGATOR"}), ("T1", "LDIAM", 11, "11", reader)
    )
    assert table["evaluator"].tolist() == ["INVESTIGATOR", "RADIOLOGIST 1"]
    assert len(table.track()[1]) == 2


def test_two_dates_in_a_visit_are_two_rows_and_an_undated_test_joins():
    """Each date of a visit has its row; a result without a date joins its lesion's dated ones."""
    table = lesions(("T1", "LDIAM", 9, "9"), ("T1", "LDIAM", 8, "8", {"TRDTC": "2024-03-04"}))
    assert list(zip(table.text("date"), table.text("size"), strict=True)) == [
        ("2024-03-01", "9"),
        ("2024-03-04", "8"),
    ]
    joined = lesions(("T1", "LDIAM", 9, "9"), ("T1", "LPERP", 7, "7", {"TRDTC": ""}))
    assert joined.n_rows == 1
    assert joined["date"].tolist() == ["2024-03-01"]


def test_repeated_results_are_two_rows():
    """A second result of one test at one date is a second row: equal or not, nothing is dropped."""
    table = lesions(("T1", "LDIAM", 9, "9"), ("T1", "LDIAM", 8, "8"))
    assert table["size"].tolist() == [9, 8]
    assert table.rows.tolist() == [0, 1]


def test_unscheduled_visits_keep_their_number():
    """VISITNUM 1.1 lies between 1 and 2 and is written 1.1."""
    table = lesions(*(("T1", "LDIAM", 9, "9", {"VISITNUM": v}) for v in (2, 1.1, 1)))
    assert sorted(table.numbers("visit").value.tolist()) == [1, 1.1, 2]
    assert set(table.text("visit")) == {"1", "1.1", "2"}


def test_study_days_without_dates():
    """Without TRDTC the days count from TRDY less 1: CDISC has no day 0."""
    data = tr(("T1", "LDIAM", 9, "9"), ("T2", "LDIAM", 9, "9"), ("T3", "LDIAM", 9, "9"))
    del data["TRDTC"]
    table = crf.read({"tr": data | {"TRDY": [-1, 1, 57]}})["lesions"]
    assert table["day"].tolist() == [-1, 0, 56]
    assert table.when().day.tolist() == [-1, 0, 56]
    emptied = crf.read({"tr": data | {"TRDY": [-1, 1, 57], "TRDTC": [""] * 3}})[
        "lesions"
    ]  # de-identified
    assert emptied["day"].tolist() == [-1, 0, 56]


def test_locations_from_the_supplement():
    """SUPPTR's TRLOC by TRSEQ gives the organ, however the number is written."""
    supp = {
        "RDOMAIN": ["TR"] * 3,
        "USUBJID": ["1", "1", "2"],
        "IDVAR": ["TRSEQ"] * 3,
        "IDVARVAL": ["1", " 2.0", "1"],
        "QNAM": ["TRLOC"] * 3,
        "QVAL": ["LIVER", "LYMPH NODE", "BONE"],
    }
    table = lesions(
        ("T1", "LDIAM", 9, "9", {"TRSEQ": 1}), ("T2", "LDIAM", 9, "9", {"TRSEQ": 2}), supp=supp
    )
    assert table["organ"].tolist() == ["LIVER", "LYMPH NODE"]
    assert table.lesions.nodal.tolist() == [False, True]


def rs(*records):
    """RS from (visit, test, result, date)."""
    return {
        "USUBJID": ["1"] * len(records),
        "VISITNUM": [r[0] for r in records],
        "RSTESTCD": [r[1] for r in records],
        "RSSTRESC": [r[2] for r in records],
        "RSDTC": [r[3] for r in records],
    }


def test_responses_of_a_visit_are_one_row():
    """Parts and whole of a visit stand side by side, dated by the overall response, with the
    collected sum.
    """
    data = rs(
        (2, "TRGRESP", "PR", "2024-04-25"),
        (2, "OVRLRESP", "PD", "2024-04-27"),
        (2, "NEWLPROG", "UNEQUIVOCAL", ""),
    )
    sums = tr(
        ("", "SUMDIAM", 51, "51"),
        ("", "PCBSD", -30.5, ""),
        ("", "PCNSD", 27.5, ""),
        VISITNUM=2,
        TRDTC="2024-04-25",
    )
    table = crf.read({"rs": data, "tr": sums})["responses"]
    assert table.n_rows == 1
    row = {n: table.text(n)[0] for n in table}
    assert row == {
        "subject": "1",
        "visit": "2",
        "date": "2024-04-27",
        "target": "PR",
        "overall": "PD",
        "new_lesion": "UNEQUIVOCAL",
        "sum": "51",
        "percent_from_baseline": "-30.5",
        "percent_from_nadir": "27.5",
    }


def test_sums_without_responses_and_responses_without_sums():
    """A baseline sum without a response has its own row; RS alone and TR alone give a table too."""
    sums = tr(("", "SUMDIAM", 40, "40"))
    both = crf.read({"rs": rs((2, "OVRLRESP", "SD", "2024-04-27")), "tr": sums})["responses"]
    assert list(zip(both.text("visit"), both.text("overall"), both.text("sum"), strict=True)) == [
        ("2", "SD", ""),
        ("1", "", "40"),
    ]
    assert crf.read({"tr": sums})["responses"]["sum"].tolist() == [40]
    assert "responses" not in crf.read({"tr": tr(("T1", "LDIAM", 9, "9"))})


def test_a_second_result_of_one_test_is_a_second_row():
    """Two overall responses of one visit: two dates, two rows; the same date, two rows as well."""
    table = crf.read(
        {
            "rs": rs(
                (2, "OVRLRESP", "SD", "2024-04-25"),
                (2, "OVRLRESP", "PD", "2024-04-27"),
                (3, "OVRLRESP", "SD", "2024-05-25"),
                (3, "OVRLRESP", "PD", "2024-05-25"),
            )
        }
    )
    assert table["responses"]["overall"].tolist() == ["SD", "PD", "SD", "PD"]


def test_new_lesions_by_indicator():
    """NEWLIND stands where NEWLPROG does not."""
    table = crf.read(
        {
            "rs": rs(
                (2, "NEWLIND", "Y", "2024-04-25"),
                (3, "NEWLPROG", "EQUIVOCAL", "2024-05-25"),
                (3, "NEWLIND", "Y", "2024-05-25"),
            )
        }
    )["responses"]
    assert table["new_lesion"].tolist() == ["Y", "EQUIVOCAL"]


def test_subjects_from_dm_ds_and_suppdm():
    """Treatment start by RFXSTDTC, else RFSTDTC; death by DTHDTC, else DS; randomisation by DS."""
    dm = {
        "USUBJID": ["1", "2"],
        "RFSTDTC": ["2024-01-01", "2024-01-02"],
        "RFXSTDTC": ["2024-01-05", ""],
        "DTHDTC": ["2024-09", ""],
        "RFENDTC": ["2024-08-01", "2024-08-02"],
        "AGE": [61, 62],
        "SEX": ["F", "M"],
        "ARM": ["A", "B"],
        "ACTARM": ["A", "A"],
    }
    ds = {
        "USUBJID": ["2", "1", "2"],
        "DSDECOD": ["DEATH", "RANDOMIZED", "RANDOMIZED"],
        "DSSTDTC": ["2024-10-01", "2023-12-30", "2023-12-31"],
    }
    table = crf.read({"dm": dm, "ds": ds})["subjects"]
    assert table["treatment_start"].tolist() == ["2024-01-05", "2024-01-02"]
    assert table["death"].tolist() == ["2024-09", "2024-10-01"]
    assert table["randomized"].tolist() == ["2023-12-30", "2023-12-31"]
    assert table["last_known_alive"].tolist() == ["2024-08-01", "2024-08-02"]
    assert table["treatment"].tolist() == ["A", "A"]


def test_markers_from_lb():
    """Tumour markers by test name; words stay; original unit and limit where there is no standard
    result.
    """
    lb = {
        "USUBJID": ["1"] * 4,
        "LBTEST": ["5-HIAA", "Chromogranin A", "Glucose", "CEA"],
        "LBDTC": ["2024-03-01"] * 4,
        "LBSTRESN": [52.3, NAN, 5, NAN],
        "LBSTRESC": ["52.3", "<20", "5", ""],
        "LBORRES": ["10", "<20", "5", "3,1"],
        "LBSTRESU": ["umol/24h", "ng/mL", "mmol/L", ""],
        "LBORRESU": ["mg/24h", "ng/mL", "mmol/L", "ug/L"],
        "LBSTNRHI": [47, 100, 6, NAN],
        "LBORNRHI": ["9", "100", "6", "4"],
    }
    table = crf.read({"lb": lb})["markers"]
    assert table["marker"].tolist() == ["5-HIAA", "chromogranin A", "CEA"]
    numbers = table.numbers("value")
    np.testing.assert_array_equal(numbers.value, [52.3, NAN, 3.1])
    np.testing.assert_array_equal(numbers.below, [NAN, 20, NAN])
    assert table["unit"].tolist() == ["umol/24h", "ng/mL", "ug/L"]
    assert table["upper_limit"].tolist() == [47, 100, 4]


def test_reason_not_evaluable_from_supprs():
    """The reason of an NE stands in SUPPRS; of the record that dates the row, else of another one
    of the visit.
    """
    rs = {
        "USUBJID": ["1"] * 3,
        "RSSEQ": [1.0, 2.0, 3.0],
        "RSTESTCD": ["OVRLRESP", "TRGRESP", "OVRLRESP"],
        "RSSTRESC": ["NE", "NE", "SD"],
        "VISITNUM": [1.0, 1.0, 2.0],
        "RSREASND": ["", "", "LATE"],
    }
    supp = {
        "RDOMAIN": ["RS"],
        "USUBJID": ["1"],
        "IDVAR": ["RSSEQ"],
        "IDVARVAL": ["2"],
        "QNAM": ["REASNE"],
        "QVAL": ["NO CONTRAST"],
    }
    dm = {"USUBJID": ["1"]}
    table = crf.read({"DM": dm, "RS": rs, "SUPPRS": supp})["responses"]
    assert table["reason"].tolist() == ["NO CONTRAST", "LATE"]


def test_end_of_treatment_and_symptomatic_deterioration():
    """The DS record of progression goes before other disposition events, milestones are none;
    SYMPTDTR is a flag.
    """
    ds = {
        "USUBJID": ["1", "1", "1", "2", "3"],
        "DSCAT": ["PROTOCOL MILESTONE", "DISPOSITION EVENT"] + [""] * 3,
        "DSDECOD": [
            "RANDOMIZED",
            "ADVERSE EVENT",
            "PROGRESSIVE DISEASE",
            "COMPLETED",
            "RANDOMIZED",
        ],
        "DSSTDTC": ["2024-01-01", "2024-02-01", "2024-03-01", "2024-04-01", "2024-01-02"],
    }
    rs = {"USUBJID": ["1"], "RSTESTCD": ["SYMPTDTR"], "RSSTRESC": ["Y"], "VISITNUM": [1.0]}
    tables = crf.read({"DM": {"USUBJID": ["1", "2", "3"]}, "DS": ds, "RS": rs})
    assert tables["subjects"]["end_reason"].tolist() == ["PROGRESSIVE DISEASE", "COMPLETED", ""]
    assert tables["subjects"]["end_date"].tolist() == ["2024-03-01", "2024-04-01", ""]
    assert tables["responses"]["deterioration"].tolist() == ["Y"]
    assert (
        "end_reason"
        not in crf.read({"DM": {"USUBJID": ["1"]}, "DS": {"DSDECOD": ["COMPLETED"]}})["subjects"]
    )


@pytest.mark.parametrize(
    "renames",
    [
        {"patient": "subject", "=TARGET": "role", "kind": "role"},
        {"patient": "subject", "kind": "role", "=TARGET": "role"},
        {"patient": "subject", "=TARGET": "role", "=NEW": "role"},
        {"patient": "subject", "PATIENT": "lesion", "=TARGET": "role"},
    ],
)
def test_a_constant_beside_a_rename_to_one_name(renames):
    """Two columns for one name are refused, whichever stands first; so are two names for one."""
    source = {"patient": ["01"], "kind": ["NEW"], "lesion": ["T1"], "size": [10], "day": [0]}
    with pytest.raises(InputError, match="`mapping` gives two columns one name, or one column two"):
        crf.read({"lesions": source}, mapping={"lesions": renames})


def test_what_was_read_is_equal_to_the_same_and_to_nothing_else():
    """`==` of a study with anything gives a truth value."""
    source = {
        "lesions": {
            "subject": ["1"],
            "lesion": ["T1"],
            "role": ["TARGET"],
            "visit": [1],
            "size": [9],
        }
    }
    tables = crf.read(source)
    assert tables == crf.read(source)
    assert [tables == other for other in (3, "lesions", None, source)] == [False] * 4


def test_a_mapping_the_wrong_way_round_is_told_so(tmp_path):
    """The user's name stands first, in a call and in a study file."""
    source = {"Pnum": ["1"], "lesion": ["T1"], "role": ["TARGET"], "visit": [1], "size": [9]}
    with pytest.raises(InputError, match=r"Write it the other way round: \{'Pnum': 'subject'\}"):
        crf.read({"lesions": source}, mapping={"lesions": {"subject": "Pnum"}})
    file = tmp_path / "study.toml"
    for section in ("columns", "columns.lesions"):
        file.write_text(f'[{section}]\nsubject = "Pnum"\n')
        with pytest.raises(InputError, match='Write it the other way round: "Pnum" = "subject"'):
            crf.read({"lesions": source}, study=file)
