"""Wide exports, forms that imply a role, and the conventions of data capture systems."""

import re

import pytest

import nettumor as nt
from nettumor.crf.reading import read_quietly
from nettumor.crf.wide_names import lesion_item, visit_of

pytestmark = pytest.mark.filterwarnings("ignore::nettumor.IntakeWarning")

WIDE = {
    "record_id": ["1", "1"],
    "visit": ["BASELINE", "WEEK 8"],
    "day": [0, 56],
    "t1_size": [50, 30],
    "t2_size": ["20", ""],
    "nt1_status": ["PRESENT", "PRESENT"],
}


def rows_of(table, *names):
    """The rows of a table as tuples of text."""
    return list(zip(*(table.text(n).tolist() for n in names), strict=True))


def written(folder, text):
    """A study file in a folder."""
    path = folder / "study.toml"
    path.write_text(text, encoding="utf-8")
    return path


NAMES = {
    "t1_size": ("TARGET", "size", "1"),
    "TLDIAM_03": ("TARGET", "size", "03"),
    "target lesion 2 location": ("TARGET", "organ", "2"),
    "Target lesion 1: longest diameter (mm)": ("TARGET", "size", "1"),
    "nt1_status": ("NON-TARGET", "state", "1"),
    "NonTarget_2_Site": ("NON-TARGET", "organ", "2"),
    "new_lesion_1_site": ("NEW", "organ", "1"),
    "new1_date": ("NEW", "date", "1"),
    "lesion4_size": ("", "size", "4"),
    "t1_size_cm": None,
    "t1": None,
    "weight1": None,
    "new_lesions": None,
    "n1_size": None,
    "a1c_value": None,
    "v1_size": None,
}


@pytest.mark.parametrize("name", NAMES)
def test_what_the_name_of_a_wide_column_says(name):
    """A role, a number and a known column make a name certain; nothing else does."""
    item = lesion_item(name)
    if NAMES[name] is None:
        assert item is None
        return
    number = NAMES[name][2]
    assert (dict(item.constants).get("role", ""), item.column, item.number) == NAMES[name]
    assert item.pattern.replace("{n}", number) == name


def test_a_visit_in_a_name():
    """What reads as a visit stands before or behind the name."""
    assert visit_of("fu2_t1_size")[:2] == ("fu2", "t1_size")
    assert visit_of("birth_date")[0] == ""


def test_a_row_an_event_becomes_a_row_a_lesion():
    """A lesion of which nothing is said at an event has no row there; rows keep their number."""
    table = nt.crf.read({"data": WIDE})["lesions"]
    assert rows_of(table, "lesion", "role", "visit", "size", "state") == [
        ("T1", "TARGET", "BASELINE", "50", ""),
        ("T1", "TARGET", "WEEK 8", "30", ""),
        ("T2", "TARGET", "BASELINE", "20", ""),
        ("NT1", "NON-TARGET", "BASELINE", "", "PRESENT"),
        ("NT1", "NON-TARGET", "WEEK 8", "", "PRESENT"),
    ]
    assert table.rows.tolist() == [0, 1, 0, 0, 1]


def test_a_row_a_patient_with_the_visit_in_the_name():
    """The dates and responses of a visit stand beside its lesions."""
    source = {
        "participant_id": ["1"], "sex": ["F"], "birth_date": ["1950-01-01"],
        "bl_date": ["2024-01-02"], "bl_t1_size": [50], "w8_date": ["2024-03-01"],
        "w8_t1_size": [30], "w8_overall": ["PR"],
    }  # fmt: skip
    tables = nt.crf.read({"data": source})
    assert rows_of(tables["lesions"], "visit", "date", "size") == [
        ("bl", "2024-01-02", "50"),
        ("w8", "2024-03-01", "30"),
    ]
    assert rows_of(tables["responses"], "visit", "date", "overall") == [("w8", "2024-03-01", "PR")]
    assert rows_of(tables["subjects"], "subject", "sex", "birth") == [("1", "F", "1950-01-01")]


def test_patterns_of_the_study_file(tmp_path):
    """What is not certain by itself: names of the study's own, markers, visits of its own."""
    source = {
        "pid": ["1", "1"], "day": [0, 56], "size_of_first": [1, 2], "mass_a_1": [50, 30],
        "cga": [5.0, None], "begin_mass_2": ["", "9"],
    }  # fmt: skip
    study = written(
        tmp_path,
        '[wide]\n"mass_a_{n}" = "TARGET size"\n"{visit}_mass_{n}" = "NON-TARGET size"\n'
        'cga = { table = "markers", column = "value", marker = "chromogranin A", unit = "ug/L" }\n'
        '[words.visit]\nbegin = "BASELINE"\n',
    )
    tables = nt.crf.read({"data": source}, study=study)
    assert rows_of(tables["lesions"], "lesion", "visit", "size") == [
        ("T1", "", "50"),
        ("T1", "", "30"),
        ("NT2", "BASELINE", "9"),
    ]
    assert rows_of(tables["markers"], "marker", "value", "unit", "day") == [
        ("chromogranin A", "5", "ug/L", "0")
    ]
    found = [(r["place"], r["note"]) for r in tables.intake.rows() if r["status"] == "ignored"]
    assert found == [("data.size_of_first", "no column has a name like it")]


def test_a_table_of_another_name_is_not_taken_for_a_wide_one():
    """A baseline size among the covariates of the subjects table stays there, and is told."""
    source = {
        "subjects": {"subject": ["1"], "t1_size": [50]},
        "lesions": {"subject": ["1"], "lesion": ["T1"], "role": ["T"], "day": [0], "size": [9]},
    }
    tables = nt.crf.read(source)
    assert tables["lesions"].n_rows == 1
    assert [r["found"] for r in tables.intake.rows() if r["status"] == "ignored"] == ["t1_size"]


def test_a_visit_without_lesions_is_one_where_a_column_has_it_twice():
    """Two visits of the same column make both certain; what one name alone says is none."""
    source = {"subject": ["1"], "bl_t1_size": [50], "w8_overall": ["SD"], "w16_overall": ["PD"],
              "w24_target": ["PD"]}  # fmt: skip
    tables = nt.crf.read({"data": source}, incomplete="keep")
    assert rows_of(tables["responses"], "visit", "overall") == [("w8", "SD"), ("w16", "PD")]
    found = [(r["place"], r["note"]) for r in tables.intake.rows() if r["status"] == "ignored"]
    assert found == [("data.w24_target", "the nearest column is `target`")]


FORM = {"subject": ["1"], "lesion": ["1"], "day": [0], "size": [50]}
WRONG = {
    "two columns say one thing": (
        {"data": {**WIDE, "tl1_diameter": [1, 2]}}, "",
        "`t1_size` and `tl1_diameter` of data both say the size of TARGET 1",
    ),
    "a pattern that fits nothing": (
        {"data": WIDE}, '[wide]\n"x{n}_size" = "TARGET size"',
        r"`wide.x{n}_size` fits no column of the study (study.toml, line 2, wide.x{n}_size). The nearest is 't1_size'",
    ),
    "two patterns that fit": (
        {"data": WIDE}, '[wide]\n"t{n}_size" = "TARGET size"\n"t{n}_{visit}" = "TARGET size"\n'
        '[words.visit]\nsize = "1"',
        "`t1_size` of data fits two patterns of [wide]: 't{n}_size' and 't{n}_{visit}' (study.toml, line 3",
    ),
    "a role that is implied twice": (
        {"TL": FORM, "Target Lesions": FORM}, "",
        "The role TARGET of `lesions` is given twice: TL and Target Lesions. Give the tables of one study, or say",
    ),
    "a role implied by the study file and by a form": (
        {"first": FORM, "TL": FORM}, '[files]\nfirst = { table = "lesions", role = "TARGET" }',
        "The role TARGET of `lesions` is given twice: first and TL",
    ),
    "a form and the table": (
        {"TL": FORM, "lesions": {**FORM, "role": ["TARGET"]}}, "",
        "`lesions` is given twice: TL and lesions",
    ),
    "another role in the form": (
        {"TL": {**FORM, "role": ["NEW"]}}, "",
        "`TL` implies the role TARGET, and its column of roles says 'NEW' (position, from 0: 0)",
    ),
    "a form without a name for its lesions": (
        {"TL": {"subject": ["1"], "day": [0], "size": [9]}}, "", "`lesions` lacks the column lesion; TL has",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_what_cannot_be_is_refused_with_the_repair(tmp_path, name):
    """One sentence each."""
    source, text, said = WRONG[name]
    with pytest.raises(nt.InputError, match=re.escape(said)):
        nt.crf.read(source, study=written(tmp_path, text))


def test_a_mapping_that_no_part_has():
    """A rename of the call must be there in one of the parts."""
    with pytest.raises(nt.InputError, match="renames 'mm', which none of TL, NTL has"):
        nt.crf.read({"TL": FORM, "NTL": FORM}, mapping={"lesions": {"mm": "size"}})
    parts = {"TL": {**FORM, "mm": [9]}, "NTL": FORM}
    del parts["TL"]["size"]
    table = nt.crf.read(parts, mapping={"lesions": {"mm": "size"}})["lesions"]
    assert table.text("size").tolist() == ["9", "50"]


def test_lesions_that_are_numbered_for_each_form():
    """Bare numbers get the role before them; names that differ stay; names that do not, do not."""
    named = {
        "bare": ("1", "1", ["T1", "NT1"]),
        "apart": ("T01", "NT01", ["T01", "NT01"]),
        "shared": ("A", "A", ["T-A", "NT-A"]),
    }
    for first, second, expected in named.values():
        source = {"TL": {**FORM, "lesion": [first]}, "NTL": {**FORM, "lesion": [second]}}
        assert nt.crf.read(source)["lesions"].text("lesion").tolist() == expected


def test_forms_with_the_names_of_domains_that_hold_no_sdtm():
    """RS without variables of the SDTM is the form of responses; with them it is the domain."""
    form = {"Subject": ["1"], "FolderName": ["Week 8"], "RSDAT": ["2024-03-01"], "OVRLRESP": ["PR"]}
    tables = read_quietly({"RS": form})
    assert list(tables) == ["responses"]
    assert not tables.domains
    domain = {"USUBJID": ["1"], "RSTESTCD": ["OVRLRESP"], "RSSTRESC": ["PR"], "VISITNUM": [2]}
    assert list(read_quietly({"RS": domain}).domains) == ["RS"]
    lesions = {**FORM, "role": ["TARGET"]}
    for name in ("TR", "TU"):
        assert list(read_quietly({name: lesions})) == ["lesions"]


def test_a_unit_beside_a_number_of_rave():
    """TLDIAM_UN is the unit of TLDIAM; copies of columns are not needed."""
    form = {"Subject": ["1"], "TLNUM": ["1"], "TLDAT": ["2024-01-02"], "TLDAT_RAW": ["02 JAN 2024"],
            "TLDIAM": [5.2], "TLDIAM_UN": ["cm"], "RecordPosition": [1]}  # fmt: skip
    tables = nt.crf.read({"TL": form})
    assert tables["lesions"].lesions.measure("size").value.tolist() == [52]
    assert not [r for r in tables.intake.rows() if r["status"] == "ignored"]
    in_cm = {**form, "TLLD_CM": [3.1]}
    del in_cm["TLDIAM"], in_cm["TLDIAM_UN"]
    assert nt.crf.read({"TL": in_cm})["lesions"].lesions.measure("size").value.tolist() == [31]


def test_redcap_events_that_repeat_and_forms_without_a_date():
    """A repeating event is a visit for each instance; an instrument takes the date of its event."""
    source = {
        "record_id": ["1", "1", "1"],
        "redcap_event_name": ["follow_up_arm_1"] * 3,
        "redcap_repeat_instrument": ["", "", "target_lesions"],
        "redcap_repeat_instance": ["1", "2", ""],
        "scan_date": ["2024-01-02", "2024-03-01", ""],
        "overall_response": ["SD", "PR", ""],
        "tl_number": ["", "", "1"],
        "tl_diameter": ["", "", "50"],
    }
    tables = read_quietly({"export": source}, incomplete="keep")
    assert tables["responses"].text("visit").tolist() == ["follow up 1", "follow up 2"]
    single = {
        **source,
        "redcap_repeat_instance": ["", "", "1"],
        "scan_date": ["2024-01-02", "", ""],
    }
    table = read_quietly({"export": single}, incomplete="keep")["lesions"]
    assert rows_of(table, "visit", "date", "size") == [("follow up", "2024-01-02", "50")]


def test_instances_of_redcap_are_the_numbers_of_lesions_without_one(tmp_path):
    """Where an instrument of lesions names none, and said; a column that does goes before it."""
    source = {
        "record_id": ["1"] * 4,
        "redcap_event_name": ["screening_arm_1"] * 4,
        "redcap_repeat_instrument": ["", *["target_lesions"] * 2, "visits"],
        "redcap_repeat_instance": ["", "1", "2", "1"],
        "scan_date": ["2024-01-02", *[""] * 3],
        "overall_response": ["SD", *[""] * 3],
        "tl_diameter": ["", "50", "20", ""],
        "weight": ["", "", "", "80"],
    }
    tables = read_quietly({"export": source}, incomplete="keep")
    assert rows_of(tables["lesions"], "lesion", "size") == [("1", "50"), ("2", "20")]
    said = {(r["found"], r["read_as"]): r["status"] for r in tables.intake.rows()}
    assert said["redcap_repeat_instance", "lesion"] == "renamed"
    assert said["redcap_event_name", "visit"] == "read"
    named = {**source, "tl_number": ["", "7", "8", ""]}
    table = read_quietly({"export": named}, incomplete="keep")["lesions"]
    assert rows_of(table, "lesion", "size") == [("7", "50"), ("8", "20")]


def test_the_number_of_a_lesion_behind_its_column():
    """A word for a lesion is certain; the letter t only beside a non-target that is written so."""
    about = {"subject": ["1"], "visit": ["BL"], "scan_date": ["2024-01-02"]}
    for names in (("size_tl1", "status_ntl1"), ("Size (target 1)", "Status (non-target 1)"),
                  ("size_t1", "status_nt1")):  # fmt: skip
        table = nt.crf.read({"data": {**about, names[0]: [50], names[1]: ["PRESENT"]}})["lesions"]
        found = rows_of(table, "lesion", "role", "size", "state")
        assert found == [("T1", "TARGET", "50", ""), ("NT1", "NON-TARGET", "", "PRESENT")]
    with pytest.raises(nt.InputError, match="no CRF table"):
        nt.crf.read({"data": {**about, "size_t1": [50], "size_t2": [40]}})


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({"new_lesion___1": ["1", "0", "0"], "f_complete": ["2", "2", "0"]}, ["Y", "N", ""]),
        ({"new_lesion___1": ["1", "0", "1"], "new_lesion___2": ["0", "0", "1"]}, ["1", "", "1;2"]),
        ({"new_lesion___1": ["0", "1", "0"], "new_lesion____99": ["1", "0", "0"]}, ["-99", "1", ""]),
        ({"New lesion (choice=Yes)": ["Checked", "Unchecked", "Unchecked"], "Complete?": ["Complete", "Complete", ""]},
         ["Y", "N", ""]),
    ],
)  # fmt: skip
def test_checkboxes_of_redcap(cells, expected):
    """A box that is not ticked is a no only on a complete form; a code for missing has its own box."""
    source = {"record_id": ["1", "2", "3"], "redcap_event_name": ["a_arm_1"] * 3, **cells,
              "overall_response": ["PR", "PR", "PR"], "scan_date": ["2024-01-02"] * 3}  # fmt: skip
    table = read_quietly({"export": source})["responses"]
    assert table.text("new_lesion").tolist() == expected


def test_codes_for_missing_behind_a_checkbox(tmp_path):
    """The box of a code for missing makes its field blank where the study file says so."""
    source = {"record_id": ["1"], "redcap_event_name": ["a_arm_1"], "new_lesion___1": ["0"],
              "new_lesion____99": ["1"], "overall_response": ["PR"], "scan_date": ["2024-01-02"]}  # fmt: skip
    study = written(tmp_path, '[words]\nmissing = ["-99"]\n')
    table = read_quietly({"export": source}, study=study)["responses"]
    assert table.text("new_lesion").tolist() == [""]


def test_castors_codes_for_missing():
    """-95 to -99, 31-12-2995 to 2999 and its words are blank in an export of Castor, and only there."""
    source = {
        "Participant Id": ["1", "1", "1", "2"], "Participant Status": ["Completed"] * 4,
        "visit": ["1", "2", "3", "1"], "scan_date": ["01-02-2024", "21-03-2024", "31-12-2996", "01-02-2024"],
        "t1_size": ["50", "-97", "##_USER_MISSING_95##", "44"],
    }  # fmt: skip
    table = nt.crf.read({"data": source})["lesions"]
    assert rows_of(table, "subject", "visit", "size") == [("1", "1", "50"), ("2", "1", "44")]
    del source["Participant Status"]
    assert "-97" in nt.crf.read({"data": source}, dates="DMY")["lesions"].text("size").tolist()


def test_events_forms_and_rows_of_openclinica():
    """The event and its occurrence make the visit, the row of a group the lesion's number; a form
    without a date has that of its event; two versions of a form are one.
    """
    source = {
        "Study Subject ID": ["1"], "Subject Status": ["available"],
        "StartDate_E1": ["2024-01-02"], "SCANDAT_E1_C1": ["2024-01-03"], "TLDIAM_E1_C1_1": [50],
        "TLDIAM_E1_C1_2": [20], "CRFVersionStatus_E1_C1": ["complete"],
        "StartDate_E2_2": ["2024-03-01"], "SCANDAT_E2_2_C1": [""], "TLDIAM_E2_2_C2_1": [30],
    }  # fmt: skip
    table = nt.crf.read({"data": source}, strict=False)["lesions"]
    assert rows_of(table, "lesion", "visit", "date", "size") == [
        ("T1", "E1", "2024-01-03", "50"),
        ("T1", "E2_2", "2024-03-01", "30"),
        ("T2", "E1", "2024-01-03", "20"),
    ]


def test_an_export_that_holds_nothing_of_the_kind_is_refused():
    """Columns of a data capture system alone make no table."""
    source = {
        "record_id": ["1"],
        "redcap_repeat_instrument": [""],
        "redcap_repeat_instance": [""],
        "a": [1],
    }
    with pytest.raises(nt.InputError, match="`x` is no CRF table and no SDTM domain"):
        nt.crf.read({"x": source})


def test_columns_of_a_wide_export_that_the_study_file_names(tmp_path):
    """They go to the table it says, and what it leaves aside is not told; what is nowhere is."""
    source = {**WIDE, "where_all": ["LIVER", "LIVER"], "memo": ["a", "b"], "came": ["2024-05-01", ""],
              "verdict": ["", "PR"]}  # fmt: skip
    study = written(
        tmp_path,
        '[columns]\nignore = ["memo"]\n[columns.lesions]\nwhere_all = "organ"\n'
        '[columns.subjects]\ncame = "progression_date"\n[columns.responses]\nverdict = "overall"\n',
    )
    tables = read_quietly({"data": source}, study=study)
    assert set(tables["lesions"].text("organ").tolist()) == {"LIVER"}
    assert tables["subjects"].text("progression_date").tolist() == ["2024-05-01"]
    assert tables["responses"].text("overall").tolist() == ["PR"]
    assert not [r for r in tables.intake.rows() if r["status"] == "ignored"]
    study = written(tmp_path, '[columns.lesions]\nwhere_al = "organ"\n')
    with pytest.raises(nt.InputError, match=r"`where_al` is no column.*Did you mean 'where_all'"):
        read_quietly({"data": source}, study=study)


def test_a_form_without_rows():
    """No new lesion so far: the form's header is part of the table, and nothing changes."""
    empty = {"subject": [], "lesion": [], "day": [], "organ": []}
    tables = nt.crf.read({"TL": FORM, "NL": empty})
    assert rows_of(tables["lesions"], "lesion", "role", "size") == [("T1", "TARGET", "50")]
    assert nt.assess(tables).timepoints["sum"].tolist() == [50]
