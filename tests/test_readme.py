"""The README tells the truth: its example prints what it shows, its tables name what exists."""

import contextlib
import importlib.util
import io
import json
import pathlib
import re
import subprocess
import sys

import nettumor as nt

README = (pathlib.Path(__file__).resolve().parent.parent / "README.md").read_text(encoding="utf-8")


def test_example_prints_what_is_shown():
    """The twelve lines run, and their output is the text below them."""
    code = re.search(r"## Twelve lines\n\n```python\n(.*?)```", README, re.DOTALL).group(1)
    shown = re.search(
        r"<!-- output of the example above -->\n```text\n(.*?)```", README, re.DOTALL
    ).group(1)
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(code, "README.md", "exec"), {})
    assert printed.getvalue() == shown


def test_tables_name_what_exists():
    """Functions of the table of questions are public; editions of the table of criteria exist, all
    of them.
    """
    questions = README.split("| question | function |")[1].split("##")[0]
    assert set(re.findall(r"`(\w+)`", questions)) <= set(nt.__all__)
    editions = set(
        re.findall(r"`([A-Z][A-Z0-9_]+)`", README.split("| edition |")[1].split("\n\n")[0])
    )
    published = {n for n in nt.criteria.__all__ if n.isupper()}
    assert editions <= published
    rules = {
        n
        for n in published
        if n.endswith(("_CENSORING", "_BEST_RESPONSE", "_PRINTED")) or "CENSORING_" in n
    }
    assert published - editions <= rules


def test_figures_are_current(tmp_path):
    """The figures of the README are those that their command writes, to the last byte."""
    root = pathlib.Path(__file__).resolve().parent.parent
    script = root / "docs" / "make_figures.py"
    subprocess.run([sys.executable, str(script), str(tmp_path)], check=True)
    names = {path.name for path in (root / "docs" / "figures").iterdir()}
    assert names == {path.name for path in tmp_path.iterdir()}
    for name in names:
        shown = (root / "docs" / "figures" / name).read_bytes()
        assert shown == (tmp_path / name).read_bytes(), f"run python {script}"
        assert f"docs/figures/{name}" in README


def test_table_of_speed_is_made_from_what_was_measured(capsys):
    """The table between the marks is what `benchmarks/run.py --table` writes from its JSON, and
    nothing where nothing was measured; a row is what was timed, against what, and the ratios. A
    benchmark that lacks a package is skipped and says which.
    """
    place = pathlib.Path(__file__).resolve().parent.parent / "benchmarks" / "run.py"
    specification = importlib.util.spec_from_file_location("benchmarks_run", place)
    run = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(run)
    shown = README.split(run.BEGIN)[1].split(run.END)[0]
    if run.MEASURED.exists():
        found = json.loads(run.MEASURED.read_text(encoding="utf-8"))
        assert shown == run.table(found)
        scripts = {p.stem for p in place.parent.glob("*.py") if p.name not in run.NO_BENCHMARKS}
        assert set(found["results"]) == scripts
    else:
        assert shown == ""
    run.NEEDS = {"reading": ("json", "no_such_package")}
    assert run.measured(place.parent / "reading.py", small=True) == []
    assert "reading.py is skipped: no_such_package not installed" in capsys.readouterr().out
    record = {"what": "a", "against": "b", "median": 2.0, "low": 1.5, "high": 2.25}
    made = run.table(
        {
            "versions": {"numpy": "2.4", "lifelines": "not installed"},
            "machine": {"cores": 2, "load": 0.2},
            "results": {"classify": [record]},
        }
    )
    assert "| a | b | 2 (1.5 to 2.25) |\n" in made
    assert "on 2 cores, 0 processes at work besides (numpy 2.4)" in made
