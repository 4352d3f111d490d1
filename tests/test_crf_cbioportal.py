"""Clinical files of cBioPortal: patients and the times among their columns."""

import gzip

import pytest

import nettumor as nt
import nettumor.crf

TEXT = """\
#Patient Identifier\tSex\tDiagnosis Age\tOverall Survival Status\tOverall Survival (Months)\tDFS\tDFS (Months)
#Identifier\tSex\tAge\tStatus\tMonths\tStatus\tMonths
#STRING\tSTRING\tNUMBER\tSTRING\tNUMBER\tSTRING\tNUMBER
#1\t1\t1\t1\t1\t1\t1
PATIENT_ID\tSEX\tAGE\tOS_STATUS\tOS_MONTHS\tDFS_STATUS\tDFS_MONTHS
P-01\tFemale\t61\t1:DECEASED\t12\t1:Recurred/Progressed\t4
P-02\tMale\t58\t0:LIVING\t24.5\t[Not Available]\t
P-03\tMale\t70\tLIVING\t\t0:DiseaseFree\t2
"""


@pytest.mark.filterwarnings("ignore::nettumor.IntakeWarning")
@pytest.mark.parametrize("name", ["data_clinical_patient.txt", "data_clinical_patient.txt.gz"])
def test_patients_and_times_are_read(tmp_path, name):
    """In a folder, packed or not: the lines behind # are no rows, months are days, 1: is an event."""
    data = TEXT.encode()
    (tmp_path / name).write_bytes(gzip.compress(data) if name.endswith("gz") else data)
    tables = nettumor.crf.read(tmp_path)
    assert list(tables) == ["subjects", "times"]
    subjects, times = tables["subjects"], tables["times"]
    assert subjects.text("subject").tolist() == ["P-01", "P-02", "P-03"]
    assert subjects.text("age").tolist() == ["61", "58", "70"]
    assert subjects.rows.tolist() == [6, 7, 8]
    assert times.text("parameter").tolist() == ["OS"] * 3 + ["DFS"] * 3
    days = [365.25, 745.71875, None, 121.75, None, 60.875]
    assert [None if v != v else v for v in times.numbers("time").value.tolist()] == days
    assert times.text("event").tolist() == ["1", "0", "0", "1", "[Not Available]", "0"]
    of_os = times.text("parameter") == "OS"
    found = nt.kaplan_meier(
        times.numbers("time").value[of_os][:2], times.numbers("event").value[of_os][:2] == 1
    )
    assert found.median == 365.25


@pytest.mark.filterwarnings("ignore::nettumor.IntakeWarning")
def test_patients_without_times_are_subjects_alone(tmp_path):
    """No status among the columns: no table of times."""
    lines = [line.split("\t")[:3] for line in TEXT.splitlines()]
    text = "\n".join("\t".join(line) for line in lines)
    (tmp_path / "data_clinical_patient.txt").write_text(text)
    tables = nettumor.crf.read(tmp_path)
    assert list(tables) == ["subjects"]
    assert not [line for line in tables.intake.rows() if "times" in line["place"]]


def test_files_of_samples_hold_nothing_for_the_tables(tmp_path):
    """They are left aside with a line of the intake."""
    path = tmp_path / "data_clinical_sample.txt"
    path.write_text("#P\tS\n#P\tS\n#STRING\tSTRING\n#1\t1\nPATIENT_ID\tSAMPLE_ID\nP-01\tS-01\n")
    (tmp_path / "subjects.csv").write_text("subject\nP-01\n")
    with pytest.warns(nt.IntakeWarning, match="data_clinical_sample"):
        tables = nettumor.crf.read(tmp_path)
    assert list(tables) == ["subjects"]


def test_other_comments_are_none_of_it(tmp_path):
    """Four lines behind # that give no types stay comments."""
    path = tmp_path / "subjects.txt"
    path.write_text("# a\n# b\n# c\n# d\nsubject\tage\n01\t5\n")
    assert nettumor.crf.files.read_file(path)[0].text("age").tolist() == ["5"]
