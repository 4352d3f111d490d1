"""The examples run, alone and with warnings as errors, and print what they promise."""

import csv
import io
import os
import pathlib
import subprocess
import sys

import pytest

import nettumor

EXAMPLES = pathlib.Path(__file__).parent.parent / "examples"
SCRIPTS = sorted(EXAMPLES.glob("[0-9]*.py"))


def run(*arguments):
    """A script's output, with warnings as errors."""
    environment = {**os.environ, "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(
        [sys.executable, "-W", "error", *map(str, arguments)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        env=environment,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda p: p.stem)
def test_example_prints_what_it_promises(script):
    """The lines that begin with # > are the output, in order; how they are wrapped does not
    matter.
    """
    promised = [
        line.removeprefix("# >")
        for line in script.read_text(encoding="utf-8").splitlines()
        if line.startswith("# >")
    ]
    assert promised, "an example shows its output"
    assert run(script).split() == " ".join(promised).split()


def test_there_is_an_example_for_every_part():
    """Numbered without gaps, each with a sentence that says what it shows."""
    assert [int(s.name[:2]) for s in SCRIPTS] == list(range(1, len(SCRIPTS) + 1))
    assert all(s.read_text(encoding="utf-8").startswith('"""') for s in SCRIPTS)


def test_the_demonstration_trial_is_made_by_its_script(tmp_path):
    """The shipped files are what the script makes, to the last digit; 60 invented patients."""
    run(EXAMPLES / "make_demo_trial.py", tmp_path)
    shipped = pathlib.Path(nettumor.__file__).parent / "data" / "demo"
    assert {p.name for p in shipped.iterdir()} == {p.name for p in tmp_path.iterdir()}
    for path in shipped.iterdir():
        assert (tmp_path / path.name).read_bytes() == path.read_bytes()
    rows = list(csv.DictReader(io.StringIO((shipped / "subjects.csv").read_text(encoding="utf-8"))))
    assert len(rows) == 60
    assert all(row["subject"].startswith("DEMO-") for row in rows)
