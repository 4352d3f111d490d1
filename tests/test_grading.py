"""WHO grade from Ki-67 and mitoses: limits, what is missing, what contradicts itself."""

import numpy as np
import pandas as pd
import pytest

import nettumor as nt
from nettumor.grading import WHO_2019_GEP, WHO_2022_GEP
from refusals import refused

NAN = np.nan

STORIES = [
    # Ki-67, mitoses, differentiation, grade, decided by, note, story
    (2.9, 1, "well", "G1", "both", "", "below 3 % and below 2"),
    (3, 1, "well", "G2", "Ki-67", "", "3 % is grade 2"),
    (20, 20, "well", "G2", "both", "", "20 and 20 are grade 2"),
    (20.1, 1, "well", "G3", "Ki-67", "", "above 20 % is grade 3"),
    (1, 1.8, "well", "G1", "both", "", "mitoses are fractions"),
    (1, 2, "well", "G2", "mitoses", "", "2 mitoses are grade 2"),
    (1, 20.2, "Well", "G3", "mitoses", "", "above 20 mitoses are grade 3"),
    (25, 1, "well", "G3", "Ki-67", "", "the higher decides"),
    (NAN, 5, "well", "G2", "mitoses", "Ki-67 not known", "one missing"),
    (25, NAN, "well", "G3", "Ki-67", "mitoses not known", "the other missing"),
    (NAN, NAN, "well", "", "", "neither", "both missing"),
    (70, 40, "poor", "NEC", "differentiation", "", "a carcinoma"),
    (NAN, NAN, "poor", "NEC", "differentiation", "", "whatever the numbers"),
    (15, 10, "poor", "", "", "contradicts", "poor differentiation with low counts"),
    (70, 40, "", "", "", "G3 or carcinoma", "numbers do not tell them apart"),
    (70, 40, None, "", "", "G3 or carcinoma", "not known"),
    (10, 1, "", "G2", "Ki-67", "", "below 20 they need not"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("ki67", "mitoses", "differentiation", "grade", "by", "note", "story"),
    STORIES,
    ids=[s[-1] for s in STORIES],
)
@pytest.mark.parametrize("limits", [WHO_2019_GEP, WHO_2022_GEP])
def test_stories(ki67, mitoses, differentiation, grade, by, note, story, limits):
    """Each rule with its sentence, in both editions; one tumour and an array agree."""
    found = nt.net_grade(ki67, mitoses, differentiation, limits=limits)
    assert isinstance(found, nt.NetGrade)
    assert (found.grade, found.decided_by) == (grade, by)
    assert note in found.note
    assert (found.note == "") == (note == "")
    array = nt.net_grade([ki67], [mitoses], np.array([differentiation], dtype=object))
    assert array.grade.tolist() == [grade]
    assert (grade or "none") in repr(found)
    assert f"1 {grade or 'none'}" in repr(array)


def test_editions_say_how_sure_they_are():
    """2019 was found, 2022 is from memory; the limits are the same."""
    assert WHO_2019_GEP.citation.provenance == "found"
    assert WHO_2022_GEP.citation.provenance == "from memory"
    assert (WHO_2019_GEP.ki67, WHO_2019_GEP.mitoses) == (WHO_2022_GEP.ki67, WHO_2022_GEP.mitoses)


def test_shapes():
    """Columns of a frame, broadcasting, nobody."""
    frame = pd.DataFrame({"ki67": [2.0, 30.0], "differentiation": ["well", pd.NA]})
    found = nt.net_grade(frame["ki67"], 1, frame["differentiation"])
    assert found.grade.tolist() == ["G1", ""]
    assert "0 tumours: none" in repr(nt.net_grade([], [], ""))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((101, 1, "well"), "`ki67` must be a percent from 0 to 100"),
        ((-1, 1, "well"), "`ki67`"),
        ((1, -1, "well"), "`mitoses` must be finite and at least 0"),
        ((1, np.inf, "well"), "`mitoses`"),
        ((1, 1, "moderate"), "`differentiation` must be words .* got 'moderate'"),
        ((1, 1, 2), "`differentiation`"),
        (([1, 2], [1, 2, 3], "well"), "shapes must broadcast"),
        (("high", 1, "well"), "`ki67` must be numbers"),
    ],
)
def test_bad_input_is_refused(arguments, message):
    """Every refusal names its argument and the repair."""
    refused(lambda: nt.net_grade(*arguments), message)


def test_limits_are_an_object():
    """The name of an edition is not one."""
    refused(lambda: nt.net_grade(1, 1, "well", limits="2019"), "`limits` must be GradeLimits")
