"""Results as tables: frozen columns, frames of either kind, CSV and JSON."""

import json
import sys

import numpy as np
import pytest

from nettumor import InputError, MissingExtraError, Table
from nettumor import _wording as wording
from nettumor.criteria import Citation


@pytest.fixture
def table():
    return Table({"subject": ["01", "02"], "sum": [51.25, np.nan], "event": [True, False]})


def test_mapping(table):
    """A table is a mapping of columns in order; columns cannot be written to."""
    assert list(table) == ["subject", "sum", "event"]
    assert (len(table), table.n_rows) == (3, 2)
    assert table.rows()[0] == {"subject": "01", "sum": 51.25, "event": True}
    with pytest.raises(ValueError, match="read-only"):
        table["sum"][0] = 1.0
    assert "Table of 2 rows x 3 columns" in repr(table)
    assert Table({}).n_rows == 0
    assert table.get("evnt") is None
    with pytest.raises(KeyError, match=r"^The table has no column 'evnt'. Did you mean 'event'\?$"):
        table["evnt"]
    with pytest.raises(InputError, match=r"Known: event, subject, sum\.$"):
        table["nothing like it"]


def test_frames(table):
    """Both frame libraries get the same columns."""
    assert table.to_frame()["subject"].tolist() == ["01", "02"]
    assert table.to_frame("polars")["subject"].to_list() == ["01", "02"]
    assert Table({"x": np.array(["a", None], dtype=object)}).to_frame("polars")["x"].to_list() == [
        "a",
        None,
    ]
    with pytest.raises(InputError, match="`kind` must be one of 'pandas', 'polars'"):
        table.to_frame("spreadsheet")


def test_frame_without_the_extra(table, monkeypatch):
    """Without the library, one sentence says what to install."""
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(MissingExtraError, match=r"needs pandas: pip install 'nettumor\[frames\]'"):
        table.to_frame("pandas")


def test_csv_and_json(table, tmp_path):
    """NaN is blank in CSV and null in JSON; text is returned and written."""
    assert table.to_csv(tmp_path / "t.csv") == "subject,sum,event\n01,51.25,True\n02,,False\n"
    assert (tmp_path / "t.csv").read_bytes() == table.to_csv().encode()
    assert json.loads(table.to_json())[0]["subject"] == "01"
    assert json.loads(table.to_json(tmp_path / "t.json"))[1] == {
        "subject": "02",
        "sum": None,
        "event": False,
    }
    assert json.loads((tmp_path / "t.json").read_text())[0]["sum"] == 51.25
    assert (
        Table({"x": ["b", "a"], "y": np.array([None, "a"], dtype=object)}).to_csv()
        == "x,y\nb,\na,a\n"
    )


def test_wrong_columns():
    """Columns are one-dimensional and of one length."""
    with pytest.raises(InputError, match="`x` must be one-dimensional"):
        Table({"x": [[1]]})
    with pytest.raises(InputError, match="one length"):
        Table({"x": [1], "y": [1, 2]})


def test_wording():
    """Sizes keep one decimal at least, changes carry their sign, sources stand in brackets."""
    assert wording.quantity(51.0, "mm") == "51.0 mm"
    assert wording.quantity(0.1234, "mm") == "0.1234 mm"
    assert wording.quantity(3.0, "") == "3.0"
    assert wording.quantity(np.nan, "mm") == "not measured"
    assert wording.signed(27.5) == "+27.5 %"
    assert wording.signed(np.nan) == "not defined"
    assert wording.source("RECIST 1.1", Citation("RECIST 1.1", "4.3.1")) == "(RECIST 1.1, 4.3.1)"
    assert wording.source("X", Citation("Y")) == "(X)"
