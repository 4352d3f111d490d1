"""All benchmarks, one after the other, each in a process of its own, and the README's table of them.

Prints what they print, and writes what they measured (see `records`: medians of ratios with their
spread), versions and machine to ``benchmarks/measured.json``, or to FILE. A benchmark that fails, or
whose compared answers differ, ends the run with its error, and nothing is written; one that needs a
package which is not installed is skipped, and said. Run it as
``python benchmarks/run.py [FILE]``; ``--small`` asks most of them about a tenth of the data.
``python benchmarks/run.py --table`` writes the README's table from the file and runs nothing.
"""

import importlib.metadata
import importlib.util
import json
import os
import pathlib
import platform
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).parent
README = HERE.parent / "README.md"
MEASURED = HERE / "measured.json"
BEGIN, END = "<!-- measured: begin -->\n", "<!-- measured: end -->"
PACKAGES = ("numpy", "scipy", "pandas", "polars", "lifelines", "scikit-survival", "nettumor")
SMALL = {
    "axes": 10_000,
    "classify": 1_000_000,
    "course": 10_000,
    "edit_checks": 2_500,
    "reading": 30_000,
    "summaries": 1_000,
}
"""What a benchmark is asked with ``--small``: patients, pairs, subjects, rows, trials."""
NEEDS = {
    "assess": ("pandas", "polars"),
    "axes": ("pandas",),
    "course": ("polars",),
    "edit_checks": ("hypothesis",),
    "reading": ("pandas", "polars", "pyreadstat", "python_calamine", "xlsxwriter"),
}
"""Packages without which a benchmark cannot be made; others are left out inside it."""
NO_BENCHMARKS = ("run.py", "records.py")


def versions():
    found = {"python": platform.python_version()}
    for name in PACKAGES:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            found[name] = "not installed"
    return found


def machine():
    """What the figures were measured on; ``load`` is how many processes waited when it began."""
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else None
    return {"platform": platform.platform(), "cores": os.cpu_count(), "load": load}


def measured(script, small):
    """The records of a benchmark; its error ends the run."""
    absent = [name for name in NEEDS.get(script.stem, ()) if not importlib.util.find_spec(name)]
    if absent:
        print(f"== {script.name} is skipped: {', '.join(absent)} not installed", flush=True)
        return []
    size = [str(SMALL[script.stem])] if small and script.stem in SMALL else []
    print(f"== {script.name}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        kept = pathlib.Path(folder) / "records.jsonl"
        environment = {**os.environ, "NETTUMOR_RECORDS": str(kept)}
        done = subprocess.run([sys.executable, str(script), *size], env=environment, check=False)
        if done.returncode:
            raise SystemExit(f"{script.name} failed: its answers differ, or it could not run")
        lines = kept.read_text(encoding="utf-8").splitlines() if kept.exists() else []
    return [json.loads(line) for line in lines]


def table(found):
    """The README's table of what was measured."""
    names = ", ".join(
        f"{name} {version}"
        for name, version in found["versions"].items()
        if version != "not installed" and name != "nettumor"
    )
    on = found["machine"]
    load = "" if on["load"] is None else f", {on['load']:.0f} processes at work besides"
    head = (
        "## Speed\n\n"
        f"Measured with `python benchmarks/run.py` on {on['cores']} cores{load} ({names}). How many\n"
        "times as long the one takes as the other, both in turn in one run: median (lowest to highest\n"
        "round).\n\n| what | against | times as long |\n| --- | --- | --- |\n"
    )
    rows = [
        f"| {r['what']} | {r['against']} | {r['median']:.3g} ({r['low']:.3g} to {r['high']:.3g}) |\n"
        for records in found["results"].values()
        for r in records
    ]
    return head + "".join(rows) + "\n"


def write_table(path=MEASURED):
    """Put the table between its two marks in the README."""
    text = README.read_text(encoding="utf-8")
    before, rest = text.split(BEGIN)
    new = table(json.loads(pathlib.Path(path).read_text(encoding="utf-8")))
    README.write_text(before + BEGIN + new + END + rest.split(END)[1], encoding="utf-8")


def main(path, *, small):
    scripts = sorted(p for p in HERE.glob("*.py") if p.name not in NO_BENCHMARKS)
    found = {"versions": versions(), "machine": machine()}
    found["results"] = {script.stem: measured(script, small) for script in scripts}
    pathlib.Path(path).write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    given = [a for a in sys.argv[1:] if not a.startswith("--")]
    if "--table" in sys.argv:
        write_table(*given)
    else:
        main(given[0] if given else MEASURED, small="--small" in sys.argv)
