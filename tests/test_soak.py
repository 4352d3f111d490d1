"""Many studies in one process, and many processes on one study: memory stays, outputs are whole."""

import gc
import os
import subprocess
import sys

import pytest

import nettumor as nt
from nettumor import edit_checks

pytestmark = pytest.mark.filterwarnings("ignore::nettumor.IntakeWarning")

HEAD = "subject,lesion,role,visit,date,size,organ"


def write_study(folder, number, patients=12):
    """A study of some patients with two targets at three visits; each has other sizes."""
    lines = [HEAD]
    for patient in range(patients):
        for lesion in ("T1", "T2"):
            for visit, date in enumerate(("2024-01-02", "2024-03-01", "2024-05-03")):
                size = 20 + (patient * 7 + visit * (number % 11) + len(lesion) * number) % 60
                lines.append(f"P{patient:03},{lesion},TARGET,{visit},{date},{size},LIVER")
    folder.mkdir(exist_ok=True)
    (folder / "lesions.csv").write_text("\n".join(lines) + "\n")
    return folder


def resident():
    """Bytes of memory that the process holds, after what is left over was collected."""
    gc.collect()
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.deep
@pytest.mark.skipif(not os.path.exists("/proc/self/statm"), reason="says nothing of its memory")
def test_a_thousand_studies_leave_no_memory_behind(tmp_path):
    """Read, assessed and checked one after the other: from the hundredth on the memory grows by less
    than 20 MiB, which is less than 23 KiB a study.
    """
    seen = []
    for number in range(1_000):
        folder = write_study(tmp_path / "study", number)
        assert nt.assess(folder).subjects.n_rows == 12
        assert len(edit_checks.run(folder).runs["check"]) > 100
        if number % 100 == 99:
            seen.append(resident())
    print([round(s / 2**20, 1) for s in seen], "MiB")
    assert seen[-1] - seen[0] < 20 * 2**20, seen


@pytest.mark.parametrize("processes", [3, pytest.param(16, marks=pytest.mark.deep)])
def test_processes_at_once_write_whole_outputs(tmp_path, processes):
    """Every one assesses the same folder and writes to the same place: what stands there at the end
    is what one alone writes, and nothing half lies about.
    """
    folder = write_study(tmp_path / "study", 5)
    started = [
        subprocess.Popen(
            [sys.executable, "-m", "nettumor", "assess", folder, "-o", tmp_path / "out"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(processes)
    ]
    for process in started:
        assert process.communicate() == (None, "")
        assert process.returncode == 0
    answer = nt.assess(folder)
    for name in ("timepoints", "subjects", "events"):
        getattr(answer, name).to_csv(tmp_path / "alone.csv", spreadsheet=True)
        written = (tmp_path / "out" / f"{name}.csv").read_bytes()
        assert written == (tmp_path / "alone.csv").read_bytes(), name
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == [
        "events.csv",
        "provenance.csv",
        "subjects.csv",
        "timepoints.csv",
    ]
