"""The two figures of the README, from the synthetic trial that ships with the library.

``python docs/make_figures.py [FOLDER]`` writes them, into ``docs/figures`` by default. They are SVG of
our own: the same bytes each time, which a test holds.
"""

import pathlib
import sys
import warnings
from importlib import resources

import nettumor as nt

HERE = pathlib.Path(__file__).resolve().parent


def figures():
    """Name of the file and its text."""
    with (
        resources.as_file(resources.files("nettumor") / "data" / "demo") as folder,
        warnings.catch_warnings(),
    ):
        warnings.simplefilter("ignore", nt.IntakeWarning)
        done = nt.assess(folder, criteria="vogl-2008")
    svg = nt.plots.svg
    yield "waterfall.svg", svg.waterfall(done, title="Synthetic trial: best change", width=84)
    yield (
        "kaplan_meier.svg",
        svg.kaplan_meier(
            done,
            parameter="OS",
            median=True,
            title="Synthetic trial: overall survival",
            width=84,
        ),
    )


def main(folder=HERE / "figures"):
    """Write the figures."""
    for name, text in figures():
        (pathlib.Path(folder) / name).write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
