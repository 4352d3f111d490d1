"""The plan of the house: which modules are links, in which order, and what stands at the rim.

Run as a script it serves the checks that need no test runner: ``house.py coverage`` prints the
configuration of coverage for the files whose branches must all be covered; ``house.py core`` imports
everything with only the required dependencies present.
"""

import importlib
import pathlib
import subprocess
import sys
import tomllib

GROUND = (
    "errors",
    "words",
    "rows",
    "_units",
    "_arrays",
    "_labels",
    "_plausible",
    "_sealed",
    "_toml",
    "_version",
    "_text",
    "_whole_file",
    "terminology",
    "criteria",
    "tables",
    "_wording",
    "_levels",
    "_late",
    "_figures",
    "_threads",
    "_possible_days",
)
"""Read by all."""

LINKS = (
    "lesions",
    "burden",
    "grading",
    "sums",
    "morphology",
    "timepoint",
    "best_response",
    "growth",
    "markers",
    "symptoms",
    "agreement",
    "profile",
    "endpoints",
    "summaries",
)
"""The chain; a link may import only links before it."""

RIM = (
    *("before_after_table", "cli", "__main__", "crf", "study", "edit_checks", "assessment"),
    *("evidence", "indication", "complications", "plots"),
)
"""Imports the links; nothing imports the rim."""

SOURCE = pathlib.Path(__file__).resolve().parent.parent / "src" / "nettumor"


def coverage_configuration():
    """Only ground and links are measured: each file more that is traced makes the tests slower."""
    patterns = (f"*/nettumor/{name}{end}" for name in (*GROUND, *LINKS) for end in (".py", "/*.py"))
    project = tomllib.loads((SOURCE.parent.parent / "pyproject.toml").read_text("utf-8"))
    report = project["tool"]["coverage"]["report"]
    return "\n".join(
        [
            "[run]\nbranch = true\ninclude =",
            *(f"    {pattern}" for pattern in patterns),
            f"[report]\nshow_missing = {report['show_missing']}\nexclude_also =",
            *(f"    {line}" for line in report["exclude_also"]),
        ]
    )


def core():
    """Import every public name with the required dependencies alone, and see the extras refused
    politely.
    """
    import nettumor

    for extra in ("pandas", "polars", "typer", "rich", "pytest"):
        try:
            importlib.import_module(extra)
        except ImportError:
            continue
        raise SystemExit(f"{extra} is installed: this is not the core environment")
    for name in nettumor.__all__:
        getattr(nettumor, name)
    assert nettumor.classify(52, 30) is nettumor.Response.PR
    assert nettumor.objective_response_rate([8, 7, 5, 1]).count == 2
    assert nettumor.kaplan_meier([1.0, 2.0, 3.0], [True, False, True]).median == 3.0
    assert nettumor.evidence.table(3).n_rows == 60, "the wheel lacks the tables of the review"
    assert nettumor.indication.guidance().n_rows == 72
    assert nettumor.complications.table().n_rows == 60
    assert nettumor.plots.svg.waterfall([-40.0, 10.0]).startswith("<svg")
    try:
        refused = str(nettumor.plots.waterfall([-40.0, 10.0]))
    except nettumor.MissingExtraError as error:
        refused = str(error)
    assert "pip install 'nettumor[plots]'" in refused
    from nettumor.edit_checks.engine.examples import folder_of

    assert "examples" in str(folder_of("S02")), "the wheel lacks the examples of the edit checks"
    assert (
        "<!doctype html>" in nettumor.edit_checks.run({"subjects": {"subject": ["01"]}}).to_html()
    )
    try:
        nettumor.Table({"a": [1]}).to_frame("pandas")
    except nettumor.MissingExtraError as error:
        refused = str(error)
    assert "pip install 'nettumor[frames]'" in refused
    run = subprocess.run(
        [sys.executable, "-m", "nettumor", "demo"], capture_output=True, text=True, check=False
    )
    assert run.returncode == 2, run
    assert "pip install 'nettumor[cli]'" in run.stderr, run
    assert "Traceback" not in run.stderr, run
    print(f"{len(nettumor.__all__)} public names import with numpy, scipy and attrs alone")


if __name__ == "__main__":
    {"coverage": lambda: print(coverage_configuration()), "core": core}[sys.argv[1]]()
