"""SVG of our own: well-formed, described, text as text of 6 points and more, the same bytes."""

import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ET

import pytest

import cohorts
import nettumor as nt
from nettumor.plots import data, svg
from nettumor.plots.text_widths import shortened, width_of, wrapped
from test_plots_data import ALL, table_of

SPACE = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize("width", [84, 174])
@pytest.mark.parametrize("name", ALL)
def test_every_figure_is_fit_for_a_journal(name, width):
    """Of the width asked for, well-formed, with title and description, text as text of at least 6
    points within the page, no style sheet, no style attribute, nothing from elsewhere."""
    text = getattr(svg, name)(table_of(name), width=width)
    root = ET.fromstring(text)
    assert root.get("width") == f"{width}mm"
    assert root.get("role") == "img"
    ids = root.get("aria-labelledby").split()
    assert [root[i].get("id") for i in (0, 1)] == ids
    assert root[0].tag == f"{SPACE}title"
    assert root[0].text
    assert len(root[1].text) > 20
    wide, high = (float(v) for v in root.get("viewBox").split()[2:])
    assert wide == pytest.approx(width * 72 / 25.4, abs=0.01)
    for words in root.iter(f"{SPACE}text"):
        size = float(words.get("font-size"))
        assert size >= 6
        x, y = float(words.get("x")), float(words.get("y"))
        room = width_of(words.text, size)
        if words.get("transform"):
            assert 0 <= y <= high
            continue
        left = {"middle": x - room / 2, "end": x - room}.get(words.get("text-anchor"), x)
        assert left >= -0.6, words.text
        assert left + room <= wide + 0.6, words.text
        assert 0 < y < high, words.text
    assert not re.search(r"style|<image|href|NaN|nan\b|inf\b", re.sub(r">[^<]*<", "><", text))


@pytest.mark.parametrize("name", ALL)
def test_the_same_bytes_each_time(name):
    """The same input has the same bytes, also in another process with other hashes of words."""
    assert getattr(svg, name)(table_of(name)) == getattr(svg, name)(table_of(name))


def test_the_same_bytes_in_another_process():
    """Nothing depends on the order of sets or on the time."""
    code = (
        "import sys; sys.path.insert(0, 'tests'); import cohorts, hashlib; from nettumor.plots import svg; "
        "print(hashlib.sha256(svg.swimmer(**cohorts.lanes(20)).encode()).hexdigest())"
    )
    root = cohorts.DATA.parent.parent.parent
    runs = {
        subprocess.run(
            [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True,
            env={**os.environ, "PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2")
    }  # fmt: skip
    assert len(runs) == 1


@pytest.mark.parametrize("n", [0, 1, 10, 2000])
def test_any_number_of_patients(n):
    """Figures of 0, 1, 10 and 2,000 patients: each is drawn or says what is missing, and 2,000 bars
    take less than 75 kB (matplotlib: more than 400)."""
    figures = {
        "waterfall": svg.waterfall(cohorts.bars(n), criteria="recist-1.1"),
        "spider": svg.spider(**cohorts.courses(n), criteria="recist-1.1"),
        "swimmer": svg.swimmer(**cohorts.lanes(n)),
        "agreement": svg.agreement(*cohorts.readers(n)),
        "marker_waterfall": svg.marker_waterfall(cohorts.marker_courses(max(n, 1))),
    }
    for name, text in figures.items():
        assert ET.fromstring(text) is not None, name
        assert ("No patients" in text) == (n == 0 and name != "marker_waterfall"), name
    if n == 2000:
        assert len(figures["waterfall"].encode()) < 75_000


def test_words_of_users_are_text():
    """Names of subjects with signs of XML are shown as they are; long ones are cut in their middle."""
    names = ["<b>&\"'", "A" * 90 + "-0017", "患者７", "x"]
    text = svg.swimmer({"subject": names, "last_known_alive": [10.0, 20.0, 30.0, 40.0]})
    root = ET.fromstring(text)
    shown = [words.text for words in root.iter(f"{SPACE}text")]
    assert "<b>&\"'" in shown
    assert any(s.startswith("AAA") and s.endswith("0017") and "…" in s for s in shown)


def test_two_figures_on_one_page():
    """Identifiers of different figures differ; every reference has its definition."""
    one, other = svg.waterfall([-40.0], best=["PD"]), svg.waterfall([-41.0], best=["PD"])
    ids = [set(re.findall(r' id="([^"]+)"', text)) for text in (one, other)]
    assert not ids[0] & ids[1]
    assert set(re.findall(r"url\(#([^)]+)\)", one)) <= ids[0]


def test_a_table_that_is_computed_is_drawn():
    """The table of a figure is drawn as it is; that of another figure, or options beside it, are
    refused."""
    bars = data.waterfall([-40.0], criteria="recist-1.1")
    assert svg.waterfall(bars) == svg.waterfall([-40.0], criteria="recist-1.1")
    with pytest.raises(
        nt.InputError, match="must be the table of a spider; got that of a waterfall"
    ):
        svg.spider(bars)
    with pytest.raises(nt.InputError, match="`best` must be left out where the table is computed"):
        svg.waterfall(bars, best=["PR"])
    with pytest.raises(nt.InputError, match="`width` must be 84 or 174 mm"):
        svg.waterfall(bars, width=100)


def test_the_marks_that_a_waterfall_needs():
    """0 % is visible, cut bars carry their number, new and non-target lesions have their symbols,
    confirmed responses are filled and others are not."""
    text = svg.waterfall(
        [130.4, 0.0, -10.0, -20.0, -40.0, -50.0],
        best=["PD", "SD", "PD", "PD", "PR", "PR"],
        confirmed=[False, False, False, False, True, False],
        progression=["", "", "new lesion", "non-target", "", ""],
    )
    for words in ("+130 %", "no change", "PD by a new lesion", "PD by a non-target lesion",
                  "PR, confirmed", "PR, not confirmed"):  # fmt: skip
        assert f">{words}<" in text, words
    many = svg.waterfall([150.0] * 400 + [200.0] + [-10.0] * 20)
    assert ">401 bars cut at +100 %: +150 to +200 %<" in many


def test_widths_of_text():
    """Text is measured by Helvetica's widths: 1000 letters of 0 are 556 points at size 1."""
    assert width_of("0" * 1000, 1) == pytest.approx(556)
    assert width_of("漢", 10) == 10
    lines = wrapped("one two " + "w" * 40, 10, 60)
    assert all(width_of(line, 10) <= 60 for line in lines)
    assert "".join(lines).replace(" ", "") == "onetwo" + "w" * 40
    assert wrapped("", 10, 60) == []
    assert shortened("short", 10, 100) == "short"
    assert width_of(shortened("SUBJECT-0001-0002", 10, 50), 10) <= 50
