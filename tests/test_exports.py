"""One study in the exports of eight systems: the same answer and the same findings in each."""

import functools
import gzip
import re
import zipfile

import pytest

import exports
import nettumor as nt
from nettumor.crf.reading import read_quietly
from nettumor.crf.study_file.writing import study_text

VENDORS = (*exports.VENDORS, *exports.BINARY)
MOST_BY_HAND = 5
NOTHING_BY_HAND = ("plain", "sdtm", "dataset_xml", "r", "odm", "odm_2", "spss", "stata")


def test_the_files_are_those_of_the_study():
    """The committed files are what the script writes."""
    for vendor, files in exports.VENDORS.items():
        for name, text in files().items():
            assert (exports.HERE / vendor / name).read_text(encoding="utf-8") == text, name


def plain_visit(text):
    """A sentence with each visit by its number, as all exports have it."""
    for number, name in enumerate(exports.VISITS, 1):
        spelled = (name, name.lower(), name.upper(), f"E{number}")
        text = re.sub(rf"\b(?:{'|'.join(spelled)})\b", str(number), text)
    return text.removesuffix(".0")


@functools.cache
def answers(vendor, study):
    """What comes out of a vendor's export: timepoints, subjects and findings."""
    tables = read_quietly(
        exports.HERE / vendor, study=exports.HERE / f"{vendor}.toml" if study else None
    )
    done = nt.assess(tables)
    found = nt.edit_checks.run(tables)
    names = (
        "subject",
        "visit",
        "day",
        "sum",
        "n_missing",
        "target",
        "non_target",
        "new_lesion",
        "overall",
    )
    timepoints = [
        tuple(plain_visit(str(cell)) for cell in row)
        for row in zip(*(done.timepoints[n].tolist() for n in names), strict=True)
    ]
    names = (
        "subject",
        "best",
        "best_day",
        "confirmed",
        "pfs_days",
        "pfs_event",
        "os_days",
        "os_event",
    )
    subjects = list(zip(*(done.subjects[n].tolist() for n in names), strict=True))
    names = (
        "check",
        "severity",
        "subject",
        "visit",
        "lesion",
        "column",
        "value",
        "expected",
        "message",
    )
    findings = sorted(tuple(plain_visit(str(row[n])) for n in names) for row in found.rows())
    return tables, timepoints, subjects, findings


@pytest.mark.parametrize("vendor", VENDORS)
def test_every_export_gives_the_same_answer_and_findings(vendor):
    """With the study file of the vendor: timepoints, subjects and findings are those of the plain
    tables, and nothing is left to be told but what the plain tables have too.
    """
    _, timepoints, subjects, findings = answers("plain", study=False)
    assert len(findings) == 4
    tables, *mine = answers(vendor, study=True)
    assert mine == [timepoints, subjects, findings]
    told = [r for r in tables.intake.rows() if r["status"] not in ("read", "not needed")]
    assert told == []


@pytest.mark.parametrize("vendor", sorted(set(VENDORS) - set(exports.BY_HAND)))
def test_most_exports_need_no_study_file(vendor):
    """What is certain is recognised without one."""
    assert answers(vendor, study=False)[1:] == answers("plain", study=False)[1:]


@pytest.mark.parametrize("vendor", VENDORS)
def test_the_study_file_is_the_written_one_with_few_lines_by_hand(vendor):
    """The committed study file is what `--write-study` writes with at most five lines of somebody's;
    reading with what was written gives what reading without it gives.
    """
    folder = exports.HERE / vendor
    before = read_quietly(folder)
    text = study_text(before)
    file, by_hand = exports.mended(vendor, text)
    assert (exports.HERE / f"{vendor}.toml").read_text(encoding="utf-8") == file
    assert by_hand <= (0 if vendor in NOTHING_BY_HAND else MOST_BY_HAND)


@pytest.mark.parametrize("vendor", VENDORS)
def test_reading_with_what_was_written_changes_nothing(vendor, tmp_path):
    """Every cell is as without the study file."""
    folder = exports.HERE / vendor
    before = read_quietly(folder)
    path = tmp_path / "study.toml"
    path.write_text(study_text(before), encoding="utf-8")
    after = read_quietly(folder, study=path)
    assert list(before) == list(after)
    for name in before:
        assert set(before[name]) == set(after[name])
        for column in before[name]:
            cells = before[name].text(column).tolist()
            assert after[name].text(column).tolist() == cells, (name, column)
        assert after[name].rows.tolist() == before[name].rows.tolist()


def packed(vendor, folder):
    """A vendor's files in an archive with what macOS adds, and each compressed by itself."""
    archive, alone = folder / f"{vendor}.zip", folder / vendor
    alone.mkdir()
    with zipfile.ZipFile(archive, "w") as book:
        for path in sorted((exports.HERE / vendor).iterdir(), reverse=True):
            book.writestr(f"data/{path.name}", path.read_bytes())
            book.writestr(f"__MACOSX/data/._{path.name}", b"\x00\x05\x16\x07")
            (alone / f"{path.name}.gz").write_bytes(gzip.compress(path.read_bytes()))
    return archive, alone


def every_cell(tables):
    """All tables as lists of text, each with the numbers of its rows."""
    return {
        name: ({c: table.text(c).tolist() for c in table}, table.rows.tolist())
        for name, table in tables.items()
    }


@pytest.mark.parametrize("vendor", VENDORS)
def test_what_is_packed_is_read_alike(vendor, tmp_path):
    """Every kind of file in an archive, and compressed: the same cells by the same study file."""
    study = exports.HERE / f"{vendor}.toml"
    plain = every_cell(answers(vendor, study=True)[0])
    one = {"spss": slice(1), "stata": slice(1, 2)}.get(
        vendor, slice(2)
    )  # each by a process of its own
    for source in packed(vendor, tmp_path)[one]:
        assert every_cell(read_quietly(source, study=study)) == plain, source.name


@pytest.mark.parametrize("vendor", VENDORS)
def test_limits_hold_in_every_kind_of_file(vendor):
    """A lowered limit of rows, of cells and of bytes refuses each in one sentence."""
    (path, *_) = sorted((exports.HERE / vendor).iterdir(), key=lambda p: -p.stat().st_size)
    for limit in ("rows", "columns", "bytes_unpacked", "letters"):
        with pytest.raises(nt.InputError, match=rf"at most 1 {limit.split('_')[0]}.*; got "):
            read_quietly(path, limits={limit: 1})


@pytest.mark.filterwarnings("ignore::nettumor.IntakeWarning")
def test_a_repeating_form_that_is_no_table_is_told(tmp_path):
    """Its rows are left out, and the intake names the form and its columns; a study file silences it."""
    (name, text), *_ = exports.redcap().items()
    lines = text.splitlines()
    place = next(i for i, line in enumerate(lines) if ",target_lesions," in line)
    lines[place] = lines[place].replace(",target_lesions,", ",adverse_events,")
    (tmp_path / name).write_text("\n".join(lines) + "\n")
    study = (exports.HERE / "redcap.toml").read_text()
    for more, status in (("", "ignored"), ('adverse_events = "ignore"\n', "not needed")):
        file = tmp_path.parent / f"{status}.toml"
        file.write_text(study.replace("[files]\n", f"[files]\n{more}"))
        intake = nt.crf.read(tmp_path, study=file).intake
        told = [r for r in intake.rows() if r["found"] == "adverse_events"]
        assert [(r["kind"], r["status"], r["count"]) for r in told] == [("table", status, 1)]
