"""A reader in a process of its own: its answer, or one sentence, whatever becomes of it."""

import os
import sys
import threading

import pytest

from nettumor.crf import apart
from nettumor.crf.files import read_file
from nettumor.crf.limits import LIMITS
from nettumor.crf.tables import Source
from nettumor.crf.workbooks import guarded
from nettumor.errors import InputError

OLD_EXCEL = bytes.fromhex("D0CF11E0A1B11AE1")


def read(program):
    """What a program makes of some bytes."""
    return apart.read_apart(program, b"abc", "lesions.xls", "Excel workbook", LIMITS)


def test_the_answer_comes_back():
    """Values of Python, as the readers give them."""
    import datetime

    program = (
        "import datetime; found = {'s': [[data.decode(), 1.5, True, datetime.date(2024, 3, 1)]]}"
    )
    assert read(program) == {"s": [["abc", 1.5, True, datetime.date(2024, 3, 1)]]}


@pytest.mark.parametrize(
    ("program", "message"),
    [
        ("raise ValueError('no cells')", "ValueError: no cells"),
        ("import os; os._exit(3)", "its reader came to an end"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "its reader came to an end"),
    ],
)
def test_a_reader_that_fails_or_dies_is_one_sentence(program, message):
    """An error, an exit, a kill: this process goes on."""
    with pytest.raises(
        InputError, match=rf"`lesions.xls` is not a readable Excel workbook: {message}"
    ):
        read(program)


def test_a_reader_that_takes_too_long_or_cannot_be_started(monkeypatch):
    """Time is bounded; an interpreter that is not there is said."""
    monkeypatch.setattr(apart, "SECONDS", 0.2)
    with pytest.raises(InputError, match=r"its reader took more than 0.2 seconds. Save it again"):
        read("import time; time.sleep(60)")
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with pytest.raises(InputError, match=r"its reader cannot be started \(No such file"):
        read("found = 1")


def test_old_workbooks_are_read_apart(tmp_path, monkeypatch):
    """An .xls goes to a process of its own; what begins as no workbook goes nowhere."""
    from nettumor.crf import workbooks

    path = tmp_path / "lesions.xls"
    path.write_bytes(OLD_EXCEL + bytes(600))
    with pytest.raises(
        InputError, match=r"`lesions.xls` is not a readable Excel workbook: .*[Ee]rr"
    ):
        read_file(path)
    asked = []

    def instead(program, data, *_):
        asked.append(data)
        return {"lesions": [["subject", "size"], ["01", 10.0]]}

    monkeypatch.setattr(workbooks, "read_apart", instead)
    assert read_file(path)[0]["size"].tolist() == [10.0]
    assert asked == [path.read_bytes()]
    path.write_bytes(b"subject,size")
    with pytest.raises(InputError, match="it begins as no workbook does"):
        read_file(path)


def panicking():
    """As a reader in another language does: its words on the screen, and an error."""
    os.write(2, b"thread panicked at page.rs:1\n")
    raise ValueError("no page")


def test_the_last_words_of_a_reader_do_not_reach_the_screen(monkeypatch, capfd):
    """Where it fails they are dropped; where it does not, what it wrote is written."""
    monkeypatch.setattr(threading, "active_count", lambda: 1)
    source = Source("lesions.parquet", "parquet")
    with pytest.raises(
        InputError, match=r"is not a readable Parquet file: no page. Write it again"
    ):
        guarded(source, "Parquet file", "Write it again.", panicking)
    assert capfd.readouterr().err == ""
    assert guarded(source, "Parquet file", "", lambda: os.write(2, b"a word\n")) == 7
    assert capfd.readouterr().err == "a word\n"


def test_no_word_of_another_thread_is_kept_back(monkeypatch, capfd):
    """The screen is one for all threads: beside others it is left alone."""
    monkeypatch.setattr(threading, "active_count", lambda: 2)
    with pytest.raises(ValueError, match="no page"), apart.last_words_kept_back():
        panicking()
    assert capfd.readouterr().err == "thread panicked at page.rs:1\n"


def test_a_process_without_a_screen(monkeypatch):
    """Descriptor 2 may be closed: the reader reads all the same."""
    monkeypatch.setattr(threading, "active_count", lambda: 1)

    def closed(_):
        raise OSError(9, "Bad file descriptor")

    monkeypatch.setattr(os, "dup", closed)
    with apart.last_words_kept_back():
        assert True
