"""Results in notebooks: the first rows and a small figure, bounded in size, everything as text."""

import numpy as np

import cohorts
import nettumor as nt
from nettumor import plots
from nettumor.plots import notebook


def test_a_study_shows_rows_and_a_waterfall():
    """An assessment shows what it says, its first subjects and a small waterfall; of several readers
    the first's."""
    page = cohorts.study()._repr_html_()
    assert "Assessment(RECIST 1.1: 13 rows of subjects" in page
    assert page.count("<tr>") == 11
    assert ">Best change from baseline<" in page
    two = cohorts.study(readers=("SITE", "CENTRAL"))._repr_html_()
    assert "Best change from baseline, CENTRAL" in two or "Best change from baseline, SITE" in two


def test_a_curve_shows_times_and_itself():
    """An estimate shows its first times and its curve; of many trials only what it says."""
    data = cohorts.survival("aml")
    page = nt.kaplan_meier(data["source"], data["event"])._repr_html_()
    assert "KaplanMeier(23 patients" in page
    assert "<svg" in page
    assert page.count("<tr>") == 11
    many = nt.kaplan_meier(np.ones((2, 3)), np.ones((2, 3), bool))._repr_html_()
    assert "<svg" not in many
    assert "<table" not in many


def test_pages_are_bounded():
    """2,000 patients and 2,000 times make no more than 60 kB."""
    r = np.random.default_rng(1)
    curve = nt.kaplan_meier(r.exponential(400, 2000), r.random(2000) < 0.6)._repr_html_()
    assert len(curve) < 60_000
    assert "nettumor.plots.svg.kaplan_meier(result) draws them" in curve
    bars = plots.data.waterfall(cohorts.bars(2000), criteria="recist-1.1")
    few = notebook.thinned(bars, 300)
    assert few.n_rows == 300
    assert "Drawn are 300 of 2,000 patients" in few.caption
    assert few.notes[0] == bars.notes[0], "the rate is that of all"
    assert len(plots.svg.waterfall(few, width=84)) < 40_000
    large = nt.Table({f"column {i}": np.arange(100_000) for i in range(50)})._repr_html_()
    assert len(large) < 5_000
    assert "100,000 rows x 50 columns" in large


def test_large_studies_have_no_figure(monkeypatch):
    """Beyond the patients that can be put in order at once, a sentence says how to draw them."""
    monkeypatch.setattr(notebook, "_TOO_MANY", 12)
    page = cohorts.study()._repr_html_()
    assert "<p>13 patients: nettumor.plots.svg.waterfall(result) draws them.</p>" in page


def test_cells_are_text():
    """What people wrote is text, and long cells are cut."""
    page = nt.Table({"<i>": ["<script>alert(1)</script>", "x" * 500]})._repr_html_()
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    assert "x" * 61 not in page
    assert nt.Table({})._repr_html_().endswith("<p>0 rows x 0 columns</p>")


def test_other_results_have_no_figure():
    """What has no figure says so by an empty one."""
    assert notebook.figure(3) == ""
