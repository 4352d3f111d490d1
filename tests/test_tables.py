"""Results as tables: frozen columns, frames of either kind, CSV and JSON."""

import csv
import io
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


def test_masked_columns_are_missing():
    """A mask is missing in every type: NaN, NaT, blank text, None for a flag."""
    mask = [False, True]
    masked = Table(
        {
            name: np.ma.masked_array(values, mask=mask)
            for name, values in {
                "f": [1.5, 2.5], "i": np.array([7, 3], np.int8), "u": ["PR", "PD"], "b": [True, True],
                "d": np.array(["2024-01-01", "2024-01-02"], "M8[D]"), "o": np.array(["a", "b"], object),
            }.items()
        }
    )  # fmt: skip
    assert masked.to_csv() == "f,i,u,b,d,o\n1.5,7,PR,True,2024-01-01,a\n,,,,,\n".replace(
        ",,,,,", ",,,,None,"
    ).replace("None", "")
    assert np.isnat(masked["d"][1])
    whole = np.ma.masked_array([1, 2])
    assert Table({"x": whole})["x"].dtype.kind == "i"


def test_tables_are_compared_by_their_values():
    """Equal where columns and values are, NaN beside NaN; what is no table is refused in words."""
    columns = {"subject": ["01", "02"], "sum": [51.0, np.nan], "o": np.array([None, 1], object)}
    one, two = Table(columns), Table(dict(reversed(columns.items())))
    assert one == two
    assert one != Table({**columns, "sum": [51.0, 1.0]})
    assert one != Table({"subject": ["01", "02"]})
    assert one != Table({name: a[:1] for name, a in columns.items()})
    assert Table({"x": [1, 2]}) == Table({"x": [1.0, 2.0]})
    assert Table({"x": [1, 2]}) != Table({"x": ["1", "2"]})
    assert Table({"x": np.array([None, np.nan], object)}) == Table({"x": [None, np.nan]})
    assert one != 3
    cells = [np.empty(2, dtype=object) for _ in range(2)]
    for cell in cells:
        cell[0] = np.array([1, 2])
    assert Table({"x": cells[0]}) == Table({"x": cells[1]})
    for other in (columns, one.to_frame()):
        with pytest.raises(InputError, match="A Table must be compared with a Table"):
            assert one == other


def test_line_ends_in_cells_are_quoted():
    """A CR, an LF or both in a cell, or in a name, stay in it when the text is read back."""
    cells = ["a\rb", "a\nb", "a\r\nb", 'a"b', "a,b", " a "]
    text = Table({"x\r": cells}).to_csv()
    assert text.startswith('"x\r"\n"a\rb"\n')
    read = list(csv.reader(io.StringIO(text, newline="")))
    assert [row[0] for row in read] == ["x\r", *cells]
