"""The column of sentences, written kind by kind, says what each row says alone."""

import numpy as np
import pytest

import nettumor as nt
import studies

pytestmark = pytest.mark.filterwarnings(
    "ignore::nettumor.IntakeWarning"
)  # random studies hold what nobody reads


def assessed(seed, criteria):
    """A generated study under an edition; every lesion has the measures that any edition asks."""
    rows, people = studies.study(seed)
    for i, row in enumerate(rows):
        for measure in ("perpendicular", "viable", "viable_perpendicular", "volume"):
            row[measure] = row["size"]
        row["attenuation"] = str(40 + 7 * (i % 9))
    tables = {"lesions": studies.columns(rows)}
    if people:
        tables["subjects"] = studies.columns(people)
    return nt.assess(tables, criteria=criteria)


EDITIONS = [
    nt.criteria.RECIST_1_1,
    nt.criteria.IRECIST_2017,
    nt.criteria.RECIST_1_0,
    nt.criteria.WHO_1981,
    nt.criteria.EASL_2001,
    nt.criteria.SWOG_1992,
    nt.criteria.VOGL_2008,
    nt.criteria.MRECIST_2010,
    nt.criteria.VOLUME_RECIST,
    nt.criteria.CHOI_2007,
]


@pytest.mark.parametrize("criteria", EDITIONS, ids=lambda c: c.title)
def test_the_column_says_what_each_row_says(criteria):
    """For generated studies every sentence of the column is that of `explain` for its row."""
    for seed in range(20):
        if not studies.study(seed)[0]:
            continue
        result = assessed(seed, criteria)
        column = result.timepoints["explanation"].tolist()
        assert column == [result.explain(row) for row in range(len(column))]


def test_numbers_are_written_as_before():
    """A percent sign in a title, a sum of 0 and of 1e308: nothing is lost in the writing."""
    import attrs

    odd = attrs.evolve(nt.criteria.RECIST_1_1, title="100 % RECIST")
    lesions = {
        "subject": ["01"] * 4 + ["02"] * 3,
        "lesion": ["T1"] * 7,
        "role": ["TARGET"] * 7,
        "day": [0, 50, 100, 150, 0, 50, 100],
        "size": [50.1234, 0, 12.5, "NE", 1e300, 1e307, 2],
    }
    result = nt.assess({"lesions": lesions}, criteria=odd)
    column = result.timepoints["explanation"]
    assert column.tolist() == [result.explain(row) for row in range(7)]
    assert "sum 50.1234 mm (100 % RECIST)" in column[0]
    assert np.char.count(column.astype(str), "100 % RECIST").tolist() == [1] * 7
