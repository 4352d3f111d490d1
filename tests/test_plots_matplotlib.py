"""Figures on matplotlib's Axes: in the data's coordinates, no global state, the same bytes, and, with
a tolerance, the pictures that were looked at.

``python tests/test_plots_matplotlib.py`` draws the pictures of ``data/plots`` anew: look at each
before it is committed.
"""

import pathlib
import subprocess
import sys

import numpy as np
import pytest

import cohorts
import nettumor as nt
from nettumor import plots
from test_plots_data import ALL, table_of

matplotlib = pytest.importorskip("matplotlib")
matplotlib.use("Agg")

WIDTH = {"agreement": 84}


def drawn(name, **more):
    return getattr(plots, name)(table_of(name), width=WIDTH.get(name, 174), **more)


def picture(ax, path):
    """The figure in grey, small and blurred: fonts of other versions differ by less than lines do."""
    from matplotlib.image import imread

    plots.save(ax, path, dpi=96)
    grey = imread(path)[..., :3].mean(axis=-1)
    return blurred(grey, 8)


def blurred(grey, cells):
    """The mean of each square of so many cells."""
    rows, columns = (n // cells for n in grey.shape)
    cut = grey[: rows * cells, : columns * cells]
    return cut.reshape(rows, cells, columns, cells).mean(axis=(1, 3))


def stored(name):
    """The picture that was looked at."""
    from matplotlib.image import imread

    found = imread(cohorts.DATA / f"{name}.png")
    return found if found.ndim == 2 else found[..., :3].mean(axis=-1)


def is_alike(one, other):
    """Whether two pictures are one figure: the letters of other versions of matplotlib stand a little
    otherwise (no square of 24 dots differs by more than 0.08 from 3.9 to 3.11); bars do not."""
    if any(abs(a - b) > 1 for a, b in zip(one.shape, other.shape, strict=True)):
        return False
    rows, columns = (min(a, b) for a, b in zip(one.shape, other.shape, strict=True))
    apart = np.abs(blurred(one[:rows, :columns], 3) - blurred(other[:rows, :columns], 3))
    return bool(apart.max() < 0.15 and apart.mean() < 0.01)


@pytest.mark.parametrize("name", ALL)
def test_pictures_are_those_that_were_looked_at(name, tmp_path):
    """Each figure is its stored picture within a tolerance."""
    assert is_alike(picture(drawn(name), tmp_path / "a.png"), stored(name))


def test_another_picture_is_told_apart(tmp_path):
    """The tolerance is not so large that other data pass: each bar a fifth longer is not the same."""
    given = cohorts.bars(12)
    longer = np.clip(given["percent"] * 1.2, -100, None)
    other = plots.waterfall({**given, "percent": longer}, criteria="recist-1.1")
    found = picture(other, tmp_path / "a.png")
    assert not is_alike(found, stored("waterfall"))
    assert not is_alike(stored("spider"), stored("swimmer"))


@pytest.mark.parametrize("ending", ["svg", "pdf", "png"])
def test_the_same_bytes_each_time(ending, tmp_path):
    """Saved twice, a figure has the same bytes; its text stays text of 6 points and more."""
    for i in (0, 1):
        plots.save(drawn("waterfall"), tmp_path / f"{i}.{ending}")
    one, other = ((tmp_path / f"{i}.{ending}").read_bytes() for i in (0, 1))
    assert one == other
    if ending == "svg":
        assert b">Best change from baseline</text>" in one.replace(b"\n", b"")
        assert b"<dc:date>" not in one
    assert matplotlib.rcParams["svg.hashsalt"] is None


def test_other_files_are_refused(tmp_path):
    """A figure is saved as a vector or PNG, by the ending; anything else is named."""
    with pytest.raises(nt.InputError, match=r"`path` must end with \.svg, \.pdf, \.eps or \.png"):
        plots.save(drawn("agreement"), tmp_path / "a.gif")


@pytest.mark.parametrize("name", ALL)
def test_text_is_large_enough(name):
    """No text is smaller than 6 points, and none stands outside the figure."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    ax = drawn(name)
    figure = ax.get_figure()
    renderer = FigureCanvasAgg(figure).get_renderer()
    figure.draw(renderer)
    page = figure.bbox
    for text in figure.findobj(matplotlib.text.Text):
        if not text.get_text().strip() or not text.get_visible():
            continue
        assert text.get_fontsize() >= 6, text.get_text()
        box = text.get_window_extent(renderer)
        assert box.x0 >= page.x0 - 2, text.get_text()
        assert box.x1 <= page.x1 + 2, text.get_text()
        assert box.y0 >= page.y0 - 2, text.get_text()
        assert box.y1 <= page.y1 + 2, text.get_text()


def test_axes_in_axes_out():
    """The axes that go in come out, in the data's coordinates, with their size; nothing of pyplot is
    touched."""
    code = "import sys, nettumor.plots as p; p.waterfall([-40.0]); print('matplotlib.pyplot' in sys.modules)"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "False"
    from matplotlib.figure import Figure

    before = dict(matplotlib.rcParams)
    axes = Figure(figsize=(8, 5)).subplots(1, 2)
    for ax, name in zip(axes, ("kaplan_meier", "waterfall"), strict=True):
        place = ax.get_position().bounds
        assert drawn(name, ax=ax) is ax
        assert ax.get_position().bounds == place
    assert axes[0].get_xlim()[1] > 33
    assert axes[0].get_ylim() == (0, 100)
    assert axes[1].get_ylabel() == "Best change of the sum, %"
    assert dict(matplotlib.rcParams) == before
    profile = drawn("profile", ax=Figure().subplots())
    assert [part.get_ylabel() for part in profile.child_axes] == [
        "Sum, mm",
        "Marker",
        "Symptom, a day",
        "",
    ]


@pytest.mark.parametrize("ax", [3, "ax", object()])
def test_what_is_no_axes_is_refused(ax):
    """Only Axes are drawn on."""
    with pytest.raises(nt.InputError, match="`ax` must be matplotlib's Axes"):
        plots.waterfall([-40.0], ax=ax)


def test_missing_is_said():
    """A figure without days says so on the axes."""
    ax = plots.spider([[0, -20]])
    assert any("No days" in text.get_text() for text in ax.texts)


def test_names_are_no_formulas():
    """A name of a subject with dollar signs is shown as it is, not as a formula."""
    ax = plots.waterfall([-40.0, 10.0], subject=["$a^2$", "b_1"])
    assert not any(label.get_parse_math() for label in ax.get_xticklabels())


@pytest.mark.parametrize("n", [0, 1, 10, 2000])
def test_any_number_of_patients(n, tmp_path):
    """0, 1, 10 and 2,000 patients are drawn."""
    for ax in (
        plots.waterfall(cohorts.bars(n), criteria="recist-1.1"),
        plots.swimmer(**cohorts.lanes(n)),
    ):
        plots.save(ax, tmp_path / "a.png", dpi=30)


def test_without_matplotlib():
    """One helpful error; tables and SVG go on working."""
    code = (
        "import sys; sys.modules['matplotlib'] = None\n"
        "import nettumor as nt\n"
        "print(nt.plots.svg.waterfall([-40.0])[:4], nt.plots.data.waterfall([-40.0]).n_rows)\n"
        "try:\n    nt.plots.waterfall([-40.0])\n"
        "except nt.MissingExtraError as error:\n    print(error)\n"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.splitlines() == [
        "<svg 1",
        "A figure on matplotlib's Axes needs matplotlib: pip install 'nettumor[plots]'.",
    ]


def main():
    """Draw the stored pictures anew."""
    from matplotlib.image import imsave

    for name in ALL:
        path = pathlib.Path("/tmp") / f"{name}.png"
        imsave(
            cohorts.DATA / f"{name}.png", picture(drawn(name), path), cmap="gray", vmin=0, vmax=1
        )


if __name__ == "__main__":
    main()
