"""docs/study_file.md: every section is there, and what it shows is read."""

import pathlib
import re

import pytest

import exports
import nettumor as nt
from nettumor.crf.study_file.loading import SECTIONS

PAGE = (pathlib.Path(__file__).parent.parent / "docs" / "study_file.md").read_text(encoding="utf-8")
SHOWN = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)


def test_every_section_is_shown():
    """Each section of a study file stands in an example of the page."""
    said = {name for text in SHOWN for name in re.findall(r"^\[(\w+)", text, re.MULTILINE)}
    assert said == set(SECTIONS)


@pytest.mark.parametrize("text", SHOWN, ids=lambda text: text.splitlines()[0])
def test_what_is_shown_is_read(tmp_path, text):
    """The examples are study files, their checks too."""
    path = tmp_path / "study.toml"
    path.write_text(text, encoding="utf-8")
    assert nt.crf.load_study(path).name == "study.toml"
    if "[checks" in text:
        assert nt.edit_checks.load_configuration(path).off


def test_the_lines_by_hand_are_those_of_the_page():
    """What somebody wrote into the study files of the exports is what the page says."""
    for changes in exports.BY_HAND.values():
        for new in changes.values():
            for line in new.split("\n"):
                assert not line or f"`{line}`" in PAGE, line
