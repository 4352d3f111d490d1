"""Nothing is lost at the door: one study in many ways gives the same answer, an error, or a line of
the intake that names the place.
"""

import pathlib
import pickle
import warnings

import numpy as np
import pytest

import door
import nettumor as nt
from nettumor import crf
from nettumor.crf.input_page import input_page
from nettumor.crf.intake import QUIET, Line, intake_table

SHOWN = (
    "best",
    "best_day",
    "confirmed",
    "progression_day",
    "pfs_days",
    "pfs_event",
    "os_days",
    "os_event",
)
KINDS = (
    door.dates,
    door.missing,
    door.columns,
    door.words,
    door.shapes,
    door.study_days,
    door.files,
)


def answer(source):
    """The subjects' results as text, and the lines that are not plain; an error as it is."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", nt.IntakeWarning)
        try:
            done = nt.assess(source)
        except nt.InputError as error:
            return error, []
    rows = done.subjects.rows()
    said = sorted((r["subject"], *(str(r[n]) for n in SHOWN)) for r in rows)
    return said, [r for r in done.intake.rows() if r["status"] not in QUIET]


def wrong(way, got, lines, meant):
    """What is wrong with an answer, "" for nothing: above all another answer without a word."""
    named = [r for r in lines if way.place in r["place"] or way.place in r["found"]]
    if isinstance(got, nt.InputError):
        if way.must != "error":
            return f"{way.name}: refused ({got})"
        return (
            ""
            if way.place in str(got)
            else f"{way.name}: the error does not name the place ({got})"
        )
    if way.must == "error":
        return f"{way.name}: not refused"
    if way.must == "line":
        return "" if named else f"{way.name}: no line names {way.place}"
    return "" if got == meant else f"{way.name}: another answer ({got})"


@pytest.fixture(scope="module")
def meant():
    """The answer to the study as it is meant."""
    return answer(door.study())[0]


def test_the_study_as_it_is_meant_is_plainly_read(meant):
    """All tables and columns are read, nobody is warned, and the answers differ between patients."""
    done = nt.assess(door.study(), strict=True)
    assert set(done.intake["status"].tolist()) == {"read"}
    assert len({row[1:] for row in meant}) == len(meant)


@pytest.mark.parametrize("kind", KINDS, ids=lambda k: k.__name__)
def test_same_answer_or_error_or_line(kind, meant, tmp_path):
    """Each kind in each place, as arrays, as frames and as files, from a fresh read each time."""
    faults = []
    for number, way in enumerate(kind()):
        if not way.files:
            faults.append(wrong(way, *answer(way.tables), meant))
        if number % 5 == 0 and not way.files:
            frames = door.as_frames(way.tables)
            faults.append(wrong(way, *answer(frames), meant).replace(": ", " (frames): ", 1))
        if number % 5 == 0 or way.files:
            folder = tmp_path / str(number)
            folder.mkdir()
            found = answer(door.as_folder(way, folder))
            faults.append(wrong(way, *found, meant).replace(": ", " (files): ", 1))
    assert [f for f in faults if f] == []
    assert len(faults) >= 3


@pytest.mark.parametrize(
    ("call", "column"),
    [
        (crf.read, "lesions.comment"),
        (nt.assess, "lesions.comment"),
        (nt.edit_checks.run, "lesions.comment"),
    ],
)
def test_one_warning_a_call_and_strict_refuses(call, column):
    """`read`, `assess` and `run` warn once where the call stands; ``strict`` raises; Tables that were
    read do not warn again.
    """
    tables = door.study()
    tables["lesions"]["comment"] = ["x"] * len(tables["lesions"]["subject"])
    with pytest.warns(nt.IntakeWarning, match="1 column ignored.*lesions.comment") as caught:
        done = call(tables)
    assert len(caught) == 1
    assert caught[0].filename == __file__
    assert repr(done).startswith(
        ("Tables: 1 column ignored", "Assessment(1 column ignored", "1 column ig")
    )
    assert column in done.intake["place"].tolist()
    with pytest.raises(nt.InputError, match="Not everything was plainly read: 1 column ignored"):
        call(tables, strict=True)
    with pytest.warns(nt.IntakeWarning):
        read = crf.read(tables)
    call(read)  # warnings are errors here
    with pytest.raises(nt.InputError, match="1 column ignored"):
        call(read, strict=True)


def test_columns_used_by_name_are_read():
    """A column of the user's own that selects the lesions is not left out."""
    tables = door.study()
    tables["lesions"]["segment"] = ["II"] * len(tables["lesions"]["subject"])
    done = nt.assess(tables, selection={"segment": "II"}, strict=True)
    assert not [s for s in done.intake["status"].tolist() if s not in QUIET]


def test_what_was_decided_reads_a_part_as_the_whole():
    """The order that the whole study shows is data, and reads a part that does not show it."""
    tables = door.changed("lesions", "date", door.written("%d/%m/%Y"))
    with pytest.warns(nt.IntakeWarning, match="converted"):
        whole = crf.read(tables)
    assert whole.decided == {"lesions.date": "DMY"}
    part = {"lesions": {n: c[:1] for n, c in tables["lesions"].items()}}
    part["lesions"]["date"] = ["05/02/2024"]
    with pytest.raises(nt.InputError, match=r"may be 2024-02-05.*or 2024-05-02"):
        crf.read(part)
    with pytest.warns(nt.IntakeWarning, match="day first, as said"):
        again = crf.read(part, dates=dict(whole.decided))
    assert crf.iso(again["lesions"].dates("date").day).tolist() == ["2024-02-05"]
    with pytest.raises(nt.InputError, match="whose dates are decided"):
        nt.assess(whole, dates="DMY")


@pytest.mark.parametrize(("origin", "said"), [("1899-12-30", "excel"), ("1960-01-01", "sas")])
def test_serial_numbers_are_read_where_the_user_says(origin, said, meant):
    """Numbers of days from Excel's or SAS's origin, for all columns and for one."""
    count = door.serial(door.datetime.date.fromisoformat(origin))
    tables = door.changed("lesions", "date", count)
    assert "Pass dates=" in str(answer(tables)[0])
    for dates in (said, {"lesions.date": said}, {"date": said}):
        with pytest.warns(nt.IntakeWarning):
            done = nt.assess(tables, dates=dates)
        assert done.subjects["best"].tolist() == [row[1] for row in meant]


def test_study_days_are_moved_to_randomisation():
    """Day 1 of the treatment that began three days after randomisation is day 3."""
    lesions = {
        "subject": ["1"] * 4,
        "lesion": ["T1"] * 4,
        "role": ["TARGET"] * 4,
        "size": [50, 40, 30, 20],
        "study_day": [-3, 1, 57, 0],
    }
    subjects = {"subject": ["1"], "randomized": ["2024-01-01"], "treatment_start": ["2024-01-04"]}
    with pytest.warns(nt.IntakeWarning) as caught:
        tables = crf.read({"lesions": lesions, "subjects": subjects})
    assert "day -1 the one before it" in str(caught[0].message)
    np.testing.assert_array_equal(tables["lesions"].when().day, [0, 3, 59, np.nan])
    line = next(
        r
        for r in tables.intake.rows()
        if r["place"] == "lesions.study_day" and r["read_as"] == "day"
    )
    assert "moved to the reference date for 1 subject" in line["note"]
    with pytest.warns(nt.IntakeWarning):
        alone = crf.read({"lesions": lesions})
    np.testing.assert_array_equal(alone["lesions"].when().day, [-3, 0, 56, np.nan])


def test_study_days_of_domains_count_from_rfstdtc():
    """TRDY without TRDTC counts from RFSTDTC of DM, and the reference date is the first exposure."""
    key = {"USUBJID": ["1"], "VISITNUM": [1.0]}
    tables = {
        "dm": {"USUBJID": ["1"], "RFSTDTC": ["2024-01-03"], "RFXSTDTC": ["2024-01-01"]},
        "tu": {**key, "TULNKID": ["T1"], "TUSTRESC": ["TARGET"]},
        "tr": {**key, "TRLNKID": ["T1"], "TRTESTCD": ["LDIAM"], "TRSTRESN": [20.0], "TRDY": [1.0]},
    }
    with pytest.warns(nt.IntakeWarning, match="study_day"):
        read = crf.read(tables)
    assert read["lesions"].when().day.tolist() == [2]


def test_domains_say_what_is_not_needed():
    """Variables of the SDTM that no table is made from are known; another name is not."""
    tables = {
        "dm": {
            "USUBJID": ["1"],
            "RFSTDTC": ["2024-01-01"],
            "RACE": ["X"],
            "RFSTDT2": ["2024-01-01"],
        }
    }
    with pytest.warns(nt.IntakeWarning, match="DM.RFSTDT2.*the nearest variable is RFSTDTC"):
        read = crf.read(tables)
    status = dict(zip(read.intake["found"].tolist(), read.intake["status"].tolist(), strict=True))
    assert (status["RACE"], status["RFSTDTC"]) == ("not needed", "read")


def test_the_better_column_is_read_and_the_other_said():
    """A relative beside the layout's own name is left out, with what is read in its place."""
    tables = door.study()
    tables["lesions"]["diam"] = ["1"] * len(tables["lesions"]["subject"])
    with pytest.warns(nt.IntakeWarning, match="`size` is read from size"):
        done = nt.assess(tables)
    assert done.subjects["best"].tolist() == nt.assess(door.study()).subjects["best"].tolist()


def test_a_unit_in_a_name_beside_a_column_of_units():
    """The column of units counts where it is full; with blank cells it is refused."""
    tables = door.renamed("lesions", "size", "size_cm")
    n = len(tables["lesions"]["subject"])
    with pytest.warns(nt.IntakeWarning, match="renamed as 'size'"):
        done = nt.assess({**tables, "lesions": {**tables["lesions"], "unit": ["mm"] * n}})
    assert done.subjects["best"].tolist() == nt.assess(door.study()).subjects["best"].tolist()
    with pytest.raises(nt.InputError, match="the column of units beside it has blank cells"):
        crf.read({"lesions": {**tables["lesions"], "unit": ["mm", *[""] * (n - 1)]}})


def test_a_reader_by_role_and_a_visit_by_name():
    """Where nothing else says it, the role tells readers apart and the name tells visits apart."""
    tables = door.renamed("lesions", "visit", "visit_name")
    tables["lesions"]["evaluator_role"] = tables["lesions"].pop("evaluator")
    with pytest.warns(nt.IntakeWarning, match="there is no other"):
        read = crf.read(tables)
    assert {"visit", "evaluator"} <= set(read["lesions"])


def test_many_strange_words_are_one_line_more():
    """Of twenty and more words that are not known the first are named and the others counted."""
    tables = door.study()
    n = len(tables["lesions"]["subject"])
    tables["lesions"]["slice_thickness"] = [f"word {i}" for i in range(n)]
    with pytest.warns(nt.IntakeWarning):
        read = crf.read(tables)
    lines = [
        r
        for r in read.intake.rows()
        if r["place"] == "lesions.slice_thickness" and r["kind"] == "number"
    ]
    assert len(lines) == 21
    assert sum(r["count"] for r in lines) == n
    assert lines[-1]["found"] == f"{n - 20} further numbers"


@pytest.mark.parametrize(
    ("factor", "more", "said"),
    [
        (1, {}, []),
        (-1, {}, [("-50", 2, "unreadable")]),
        (0.1, {}, [("8 mm at most, all below 10 mm", 21, "ambiguous")]),
        (0.1, {"unit": ["cm"] * 24}, []),
        (100, {}, [("1500 mm at least, all above 500 mm", 21, "ambiguous")]),
    ],
)
def test_sizes_that_bodies_do_not_hold(factor, more, said):
    """Numbers of a frame: those below 0, and the unit that all of them together put in doubt."""
    sizes = np.array([size for sizes in door.SIZES.values() for size in sizes], dtype=float)
    sizes[sizes > 0] *= abs(factor)
    sizes[:2] *= np.sign(factor)
    table = {"subject": np.repeat([*door.SIZES], 4), "lesion": ["T01"] * 24, "size": sizes, **more}
    table |= {"role": ["TARGET"] * 24, "day": list(door.DAYS) * 6}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", nt.IntakeWarning)
        intake = crf.read({"lesions": table}).intake
    rows = [r for r in intake.rows() if r["kind"] == "number"]
    assert [(r["found"], r["count"], r["status"]) for r in rows] == said


def test_sizes_in_cm_with_a_large_one_among_them():
    """Where hardly a lesion has 10 mm; a third of them, and few sizes, say nothing."""
    for sizes, doubted in (([5.2, 3.1, 11.0] * 10, []), ([5.2] * 18 + [11.0], []),
                           ([5.2, 3.1] * 20 + [11.0], ["11 mm at most, 1 of 41 from 10 mm on"])):  # fmt: skip
        n = len(sizes)
        lesions = {"subject": [str(i) for i in range(n)], "lesion": ["T1"] * n, "role": ["TARGET"] * n,
                   "day": [0] * n, "size": sizes}  # fmt: skip
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", nt.IntakeWarning)
            rows = crf.read({"lesions": lesions}).intake.rows()
        assert [r["found"] for r in rows if r["status"] == "ambiguous"] == doubted


def test_a_result_of_sdtm_is_not_left_aside_without_a_word():
    """TRSTRESN in a table of lesions is no size by its name; beside a size it is known."""
    tables = door.renamed("lesions", "size", "TRSTRESN")
    tables["lesions"]["state"][0] = "ABSENT"
    with pytest.warns(nt.IntakeWarning, match="'TRSTRESN' was ignored .*name it size"):
        crf.read(tables)
    tables = door.study()
    tables["lesions"]["TRSTRESN"] = tables["lesions"]["size"]
    rows = crf.read(tables).intake.rows()
    assert [r["status"] for r in rows if r["found"] == "TRSTRESN"] == ["not needed"]


def test_parts_of_a_date_are_no_days():
    """A day beside a month and a year is refused; beside a date it is nothing new."""
    tables = door.study()
    dates = [d.split("-") for d in tables["lesions"]["date"]]
    parts = {n: [d[i] for d in dates] for i, n in enumerate(("year", "month", "Day"))}
    lesions = {n: c for n, c in tables["lesions"].items() if n != "date"}
    with pytest.raises(nt.InputError, match=r"is part of a date\. Join them into one column date"):
        crf.read({**tables, "lesions": {**lesions, **parts}})


def test_of_two_units_the_one_of_the_layout_is_read():
    """size_mm beside size_cm, in any order."""
    tables = door.renamed("lesions", "size", "size_mm")
    tables["lesions"]["size_cm"] = ["1"] * len(tables["lesions"]["size_mm"])
    with pytest.warns(nt.IntakeWarning, match="`size` is read from size_mm"):
        assert nt.assess(tables).subjects["best"].tolist() == (
            nt.assess(door.study()).subjects["best"].tolist()
        )


def test_rows_are_counted_one_by_one():
    """Three rows without a subject are three, and not one line."""
    tables = door.study()
    tables["lesions"]["subject"] = ["", "", "", *tables["lesions"]["subject"][3:]]
    with pytest.warns(nt.IntakeWarning, match="3 rows ignored"):
        crf.read(tables)


def test_a_nadir_that_is_reported_is_known():
    """It is worked out from the sizes, and its column is none that was lost."""
    rows = {"subject": ["1"], "day": [56], "overall": ["PR"], "NADIR": [50.0], "RCTLMIN": [50.0]}
    lines = {r["found"]: r for r in crf.read({"responses": rows}).intake.rows()}
    assert {lines[n]["status"] for n in ("NADIR", "RCTLMIN")} == {"not needed"}


def test_the_columns_of_viedoc():
    """The date and the name of the event stand for those of the scan; its counters are about the record."""
    form = {
        "SiteSeq": ["1"], "SiteName": ["A"], "SiteCode": ["SE01"], "SubjectSeq": ["1"], "SubjectId": ["SE01-001"],
        "EventSeq": ["1"], "EventId": ["V1"], "EventName": ["Screening"], "EventDate": ["2024-01-02"],
        "ActivityId": ["A"], "ActivityName": ["Imaging"], "FormSeq": ["1"], "SubjectFormSeq": ["1"],
        "OriginSubjectFormSeq": [""], "SourceSubjectFormSeq": [""], "TLNUM": ["1"], "TLDIAM": ["50"],
    }  # fmt: skip
    with pytest.warns(nt.IntakeWarning, match="5 columns renamed"):
        tables = crf.read({"TL": form})
    names = ("subject", "visit", "date", "lesion", "size")
    assert [tables["lesions"].text(n)[0] for n in names] == [
        "SE01-001", "Screening", "2024-01-02", "1", "50",
    ]  # fmt: skip
    assert {r["status"] for r in tables.intake.rows() if r["kind"] == "column"} == {
        "renamed",
        "not needed",
    }


def test_lines_are_checked_and_ordered():
    """A line has a kind and a status that are known; the worst stands first."""
    with pytest.raises(ValueError, match="must be in"):
        Line("cell", "lesions")
    with pytest.raises(ValueError, match="must be in"):
        Line("word", "lesions", status="lost")
    table = intake_table([Line("file", "a"), Line("word", "b", status="unreadable")])
    assert table["place"].tolist() == ["b", "a"]


def test_the_intake_is_pickled_with_its_table():
    """The intake goes to other processes."""
    intake = nt.assess(door.study()).intake
    assert pickle.loads(pickle.dumps(intake)).rows() == intake.rows()


def test_the_page_on_the_input_is_up_to_date():
    """docs/input.md is what the layouts say (write input_page() there)."""
    page = pathlib.Path(__file__).parent.parent / "docs" / "input.md"
    assert page.read_text(encoding="utf-8") == input_page()


def test_layouts_are_readable():
    """A layout prints its columns, a line each, with kind, unit, meaning and words."""
    shown = repr(crf.LAYOUTS["lesions"]).splitlines()
    assert shown[0].startswith("lesions: a lesion at a visit")
    assert "  size (number, mm): Longest diameter (a node's short axis" in "\n".join(shown)
    assert "  lesion (text; required): " in "\n".join(shown)
    assert len(shown) == 2 + len(crf.LAYOUTS["lesions"].columns)


def test_keys_of_a_layout_are_among_its_columns():
    """Also the columns of which one is enough."""
    for layout in crf.LAYOUTS.values():
        named = {*layout.keys, *(name for names in layout.either for name in names)}
        assert named <= set(layout.names()), layout.name
