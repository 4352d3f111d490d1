"""All benchmarks, one after the other, each in a process of its own.

Prints what they print and writes it, with versions and machine, to a JSON file. A benchmark that
fails, or whose compared answers differ, ends the run with its error. Run it as
``python benchmarks/run.py [FILE]``; FILE is ``benchmarks.json`` unless given.
"""

import importlib.metadata
import json
import os
import pathlib
import platform
import subprocess
import sys

HERE = pathlib.Path(__file__).parent
PACKAGES = ("numpy", "scipy", "pandas", "polars", "lifelines", "scikit-survival", "nettumor")


def versions():
    found = {"python": platform.python_version()}
    for name in PACKAGES:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            found[name] = "not installed"
    return found


def measured(script):
    """What a benchmark prints; its error ends the run."""
    print(f"== {script.name}", flush=True)
    done = subprocess.run(
        [sys.executable, str(script)], capture_output=True, text=True, encoding="utf-8", check=False
    )
    print(done.stdout, flush=True)
    if done.returncode:
        print(done.stderr, file=sys.stderr)
        raise SystemExit(f"{script.name} failed: its answers differ, or it could not run")
    return done.stdout.splitlines()


def main(path):
    scripts = sorted(p for p in HERE.glob("*.py") if p.name != pathlib.Path(__file__).name)
    record = {
        "versions": versions(),
        "machine": {"platform": platform.platform(), "cores": os.cpu_count()},
        "results": {script.stem: measured(script) for script in scripts},
    }
    pathlib.Path(path).write_text(json.dumps(record, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "benchmarks.json")
