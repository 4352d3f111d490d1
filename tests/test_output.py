"""What is written is whole or not there, never over what is read, and commands no terminal."""

import json
import os
import pathlib
import resource
import stat
import subprocess
import sys
import warnings

import numpy as np
import pytest

import nettumor as nt
from nettumor import edit_checks
from nettumor.__main__ import main
from nettumor._text import printable
from nettumor._whole_file import whole_file, write_whole
from nettumor.errors import InputError

SIZES = "subject,lesion,before,after\nA,1,50,30\nB,1,30,\nC,1,20,26\n"
COURSE = "subject,lesion,role,visit,day,size\nA,1,TARGET,1,0,50\nA,1,TARGET,2,56,30\n"


@pytest.fixture
def sizes(tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    path = folder / "sizes.csv"
    path.write_text(SIZES)
    return path


@pytest.fixture
def study(tmp_path):
    folder = tmp_path / "study"
    folder.mkdir()
    (folder / "lesions.csv").write_text(COURSE)
    return folder


def say(capsys, *arguments):
    """Exit code, stdout and stderr of a command."""
    code = main([str(a) for a in arguments])
    return (code, *capsys.readouterr())


def names(folder):
    return sorted(p.name for p in folder.iterdir())


@pytest.mark.parametrize("stop", [KeyboardInterrupt, RuntimeError, OSError(28, "No space left")])
def test_the_earlier_file_stands(tmp_path, stop):
    """Whatever stops a write, the file is what it was and nothing lies beside it; a new name is not
    there.
    """
    old, new = tmp_path / "old.csv", tmp_path / "new.csv"
    old.write_text("earlier\n")

    def write(path):
        with whole_file(path) as beside:
            beside.write_text("half")
            raise stop

    for path in (old, new):
        with pytest.raises(stop if isinstance(stop, type) else OSError) as caught:
            write(path)
        if isinstance(stop, OSError):
            assert caught.value.filename == str(path)
    assert old.read_text() == "earlier\n"
    assert names(tmp_path) == ["old.csv"]


def test_written_whole(tmp_path):
    """A file, a link, which stays one, and a device are written; the mode of a file is kept."""
    path, link = tmp_path / "t.csv", tmp_path / "link.csv"
    write_whole(path, "one\n")
    path.chmod(0o640)
    link.symlink_to(path)
    write_whole(link, "two\r\n")
    assert path.read_bytes() == b"two\r\n"
    assert link.is_symlink()
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    write_whole("/dev/null", "gone")
    assert stat.S_ISCHR(os.stat("/dev/null").st_mode)
    with pytest.raises(InputError, match=r"`path` must be a file; .* is a folder"):
        nt.Table({"a": [1]}).to_csv(tmp_path)
    with pytest.raises(InputError, match="must lie in a folder that is there"):
        nt.Table({"a": [1]}).to_json(tmp_path / "no" / "t.json")
    nt.Table({"a": ["\udce4"]}).to_csv(path)  # a name from a file system in another encoding
    assert path.read_text() == "a\n?\n"


def test_a_full_device_is_named(capsys, sizes):
    """A device that takes nothing: one line with its name, and 2."""
    code, out, err = say(capsys, "assess", sizes, "-o", sizes.parent / "full.csv")
    assert code == 0
    with pytest.raises(OSError, match="No space left on device: '/dev/full'"):
        write_whole("/dev/full", "text")
    assert (out != "", err) == (True, "")


@pytest.mark.parametrize("name", ["out.csv", "out.json"])
def test_a_full_disk(sizes, name):
    """Where no file may grow, assess ends with one line that names the file, and the earlier file
    stands.
    """
    output = sizes.parent.parent / name
    output.write_text("earlier\n")
    run = subprocess.run(
        [sys.executable, "-m", "nettumor", "assess", str(sizes), "-o", str(output)],
        capture_output=True,
        text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (20, 20)),
        check=False,
    )
    assert (run.returncode, run.stdout) == (2, "")
    assert run.stderr.startswith("nettumor: File too large")
    assert run.stderr.endswith(f"{output}\n")
    assert run.stderr.count("\n") == 1
    assert output.read_text() == "earlier\n"
    assert names(output.parent) == ["in", name]


@pytest.mark.parametrize("suffix", ["csv", "json", "html", "xlsx"])
def test_a_full_disk_for_findings(study, suffix):
    """The same for every kind of file that check writes."""
    output = study.parent / f"queries.{suffix}"
    if suffix == "xlsx":  # its answers are kept, so it must be one of findings
        nt.edit_checks.run({"subjects": {"subject": ["01"]}}).to_xlsx(output)
    else:
        output.write_text("earlier\n")
    earlier = output.read_bytes()
    run = subprocess.run(
        [sys.executable, "-m", "nettumor", "check", str(study), "-o", str(output)],
        capture_output=True,
        text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (20, 20)),
        check=False,
    )
    assert run.returncode == 2
    assert run.stderr.splitlines()[-1] == f"nettumor: File too large: {output}"
    assert "Traceback" not in run.stderr
    assert output.read_bytes() == earlier
    assert names(study.parent) == [f"queries.{suffix}", "study"]


def test_a_workbook_of_something_else_is_not_written_over(tmp_path):
    """A workbook keeps the answers in the one that it replaces; one that holds none is refused."""
    output = tmp_path / "queries.xlsx"
    output.write_text("earlier\n")
    found = nt.edit_checks.run({"subjects": {"subject": ["01"]}})
    with pytest.raises(nt.InputError, match=r"holds no findings of an earlier run.*another name"):
        found.to_xlsx(output)
    assert output.read_text() == "earlier\n"


def test_a_set_of_files_is_written_whole(capsys, study, monkeypatch):
    """Where one table of a study cannot be written, none of the earlier ones is replaced."""
    out = study.parent / "out"
    assert say(capsys, "assess", study, "-o", out)[0] == 0
    earlier = {name: (out / name).read_bytes() for name in names(out)}
    assert len(earlier) == 4
    written = nt.Table.to_csv

    def third(self, path, **options):
        if "events" in str(path):
            raise KeyboardInterrupt
        return written(self, path, **options)

    monkeypatch.setattr(nt.Table, "to_csv", third)
    (study / "lesions.csv").write_text(COURSE.replace("30", "45"))
    code, _, err = say(capsys, "assess", study, "-o", out)
    assert (code, err) == (130, "nettumor: interrupted\n")
    assert {name: (out / name).read_bytes() for name in names(out)} == earlier


@pytest.mark.parametrize("how", ["same", "dots", "link", "hard link", "link to the input's name"])
@pytest.mark.parametrize("command", ["assess", "check"])
def test_output_never_goes_over_an_input(capsys, sizes, study, command, how):
    """By whatever name or link the output is a file that is read, it is refused and the file is as
    it was.
    """
    source = sizes if command == "assess" else study
    read = sizes if command == "assess" else study / "lesions.csv"
    output = read.parent.parent / "out.csv"
    if how == "same":
        output = read
    elif how == "dots":
        output = read.parent / ".." / read.parent.name / read.name
    elif how == "link":
        output.symlink_to(read)
    elif how == "hard link":
        os.link(read, output)
    else:
        real = read.rename(read.parent.parent / "real.csv")
        read.symlink_to(real)
        output = real
    text = read.read_text()
    code, out, err = say(capsys, command, source, "-o", output)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert "`--output` must not be the file that is read" in err
    assert read.read_text() == text


def test_no_table_into_the_folder_that_is_read(capsys, study):
    """The next run would read it; a page lies there in peace, and a folder in it is left aside."""
    for command, name in (("check", "queries.csv"), ("check", "q.xlsx"), ("assess", "out.csv")):
        code, _, err = say(capsys, command, study, "-o", study / name)
        assert (code, "must not lie where the study is read from" in err) == (2, True)
    assert names(study) == ["lesions.csv"]
    assert say(capsys, "check", study, "-o", study / "queries.html")[0] == 0
    assert say(capsys, "assess", study, "-o", study / "out")[0] == 0
    assert names(study) == ["lesions.csv", "out", "queries.html"]


def test_refused_before_anything_is_computed(capsys, study, monkeypatch):
    """A folder as a file, or a folder that is not there, is refused before the checks run."""
    monkeypatch.setattr(edit_checks, "run", None)
    (study.parent / "a.csv").mkdir()
    for output in (study.parent / "a.csv", study.parent / "no" / "q.csv"):
        code, _, err = say(capsys, "check", study, "-o", output)
        assert (code, str(output) in err, err.count("\n")) == (2, True, 1)


def test_formulas_are_guarded(capsys, study, sizes):
    """assess writes no cell that a spreadsheet takes for a formula, as check does; numbers stay."""
    text = COURSE.replace("A,", "=HYPERLINK(0),")
    (study / "lesions.csv").write_text(text)
    out = study.parent / "out"
    assert say(capsys, "assess", study, "-o", out)[0] == 0
    assert "\n'=HYPERLINK(0)," in (out / "subjects.csv").read_text()
    sizes.write_text(SIZES.replace("A,", "@A,"))
    answers = study.parent / "answers.csv"
    assert say(capsys, "assess", sizes, "-o", answers)[0] == 0
    assert "\n'@A," in answers.read_text()
    assert ",-40" in answers.read_text()
    assert nt.Table({"=x": ["-1,5", "-1A"]}).to_csv(spreadsheet=True) == "'=x\n\"-1,5\"\n'-1A\n"
    assert nt.Table({"x": ["-1A"]}).to_csv() == "x\n-1A\n"


EVIL = "\x1b[2Jx\x07\x9b31m\u202eabc"


def test_nothing_commands_the_terminal(capsys, sizes, study):
    """Escape sequences in cells, names of files, titles and errors are shown by their codes."""
    sizes.write_text(SIZES.replace("A,", f"{EVIL},"), encoding="utf-8")
    (study / "lesions.csv").write_text(COURSE.replace("A,", f"{EVIL},"), encoding="utf-8")
    protocol = sizes.parent / "protocol.toml"
    protocol.write_text('base = "vogl-2008"\ntitle = "a\\u001b[2Jb"')
    odd = sizes.parent / "odd\x1b[2J.csv"
    odd.write_text("subject,lesion\nA,1\n")
    latin = pathlib.Path(os.fsdecode(bytes(sizes.parent) + b"/caf\xe9.csv"))
    latin.write_text(SIZES)
    for arguments in (
        ["assess", sizes],
        ["assess", study],
        ["assess", odd],
        ["assess", latin],
        ["assess", sizes.parent / "no\x1b[2J.csv"],
        ["check", study],
        ["check", sizes.parent],
        ["check", sizes.parent, "-o", "x\x1b[2J.doc"],
        ["classify", "50", "30", "--criteria", protocol],
        ["criteria", protocol],
        ["classify", "50", "\x1b[2J"],
        ["--\x1b[2J"],
    ):
        _, out, err = say(capsys, *arguments)
        text = out + err
        assert text
        assert not set(text) & set("\x1b\x07\x9b\u202e"), arguments
        assert text.encode("utf-8")  # no halves of characters either
        assert "Traceback" not in text


def test_printable():
    """Controls, marks of direction and undecodable bytes become codes; text, tabs and lines stay."""
    assert printable("µ 5\tmm\n") == "µ 5\tmm\n"
    assert printable("a\rb\x00\x85\u2028\udce9\ud800") == "a\\x0db\\x00\\x85\\u2028\\xe9\\ud800"


def test_a_check_that_crashed_is_told(capsys, study):
    """Exit code 2 and its name on stderr, whatever --fail-on, findings or not; the file is
    written.
    """

    @edit_checks.register("X931", "broken", "Always fails.", needs={"lesions": ("subject",)})
    def broken(data, parameters):
        raise RuntimeError("no \x1b luck")

    try:
        for limit in ("never", "note"):
            output = study.parent / f"{limit}.json"
            code, _, err = say(capsys, "check", study, "--fail-on", limit, "-o", output)
            assert code == 2
            assert err == ("nettumor: check X931 (broken) failed: RuntimeError: no \\x1b luck\n")
            assert json.loads(output.read_text())["runs"]
    finally:
        edit_checks.unregister("X931")


def test_warnings_of_arithmetic_are_not_shown(capsys, monkeypatch):
    """What NumPy warns of in passing is no message to the user of a command."""
    from nettumor.cli import app

    def warns(*_, **__):
        warnings.warn("invalid value encountered", RuntimeWarning, stacklevel=1)
        return int(np.float64(0))

    monkeypatch.setattr(app, "app", warns)
    assert say(capsys, "demo") == (0, "", "")


def test_a_fault_of_ours_is_one_line(capsys, monkeypatch):
    """An error that nobody foresaw: one line that says whose it is, and 2."""
    from nettumor.cli import app

    def faulty(*_, **__):
        return [][0]

    monkeypatch.setattr(app, "app", faulty)
    code, out, err = say(capsys, "demo")
    assert (code, out) == (2, "")
    assert err == (
        "nettumor: a fault of nettumor, please report it: IndexError: list index out of range\n"
    )


def test_memory_that_is_not_there(capsys, monkeypatch):
    """One line, no traceback."""
    from nettumor.cli import app

    def greedy(*_, **__):
        raise MemoryError

    monkeypatch.setattr(app, "app", greedy)
    assert say(capsys, "demo") == (2, "", "nettumor: There is not enough memory for this.\n")


def test_bytes_are_written_as_they_are(tmp_path):
    """What is no text is not encoded."""
    write_whole(tmp_path / "a.bin", b"\xff\r\n")
    assert (tmp_path / "a.bin").read_bytes() == b"\xff\r\n"


@pytest.mark.parametrize("command", ["layouts symptoms", "criteria recist-1.1", "evidence 3"])
def test_a_reader_who_has_had_enough(command):
    """A closed pipe (``| head -1``) is no finding and no fault: 0, and nothing on stderr."""
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run(
        [sys.executable, "-m", "nettumor", *command.split()],
        stdout=write,
        stderr=subprocess.PIPE,
        check=False,
    )
    os.close(write)
    assert (done.returncode, done.stderr) == (0, b"")
