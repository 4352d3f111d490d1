"""CSV files as users have them: separators, decimal marks, byte order marks, and what is refused,
with the row.
"""

import csv
import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nettumor import crf
from nettumor.crf.files import read_file
from nettumor.errors import InputError

pytestmark = pytest.mark.filterwarnings("ignore::nettumor.IntakeWarning")
"""Files of odd cells: what the intake says of them is tested in test_door.py."""

HEADER = "subject,lesion,role,visit,size"


def written(tmp_path, text, name="lesions.csv"):
    """A study folder with one file."""
    data = text if isinstance(text, bytes) else text.encode()
    (tmp_path / name).write_bytes(data)
    return tmp_path


def lesions(tmp_path, text, name="lesions.csv"):
    """The lesions table of a folder with one file."""
    return crf.read(written(tmp_path, text, name))["lesions"]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_separators_line_ends_and_byte_order_marks_change_nothing(tmp_path, separator, end, mark):
    """Comma, semicolon and tab, LF and CRLF, with and without a byte order mark give one table."""
    rows = [HEADER.split(","), ["01", "T1", "TARGET", "1", "31"], ["01", "T1", "TARGET", "2", "NE"]]
    data = mark + end.join(separator.join(r) for r in rows).encode()
    table = lesions(tmp_path, data)
    assert list(table) == HEADER.split(",")
    assert table["subject"].tolist() == ["01", "01"]
    assert table["size"].tolist() == ["31", "NE"]
    assert table.rows.tolist() == [2, 3]


def test_tsv_and_txt_are_read_as_text_tables(tmp_path):
    """A .tsv and a .txt file are read like a .csv file."""
    text = "subject\tlesion\trole\tvisit\tsize\n01\tT1\tTARGET\t1\t9\n"
    for suffix in (".tsv", ".txt"):
        path = tmp_path / f"lesions{suffix}"
        path.write_text(text)
        assert crf.read(path)["lesions"]["lesion"].tolist() == ["T1"]


def test_decimal_comma_of_a_semicolon_file(tmp_path):
    """In a semicolon-separated file 12,5 is 12.5 and 1,234 is 1.234."""
    table = lesions(
        tmp_path, "subject;lesion;role;visit;size\n1;T1;TARGET;1;12,5\n1;T2;TARGET;1;1,234\n"
    )
    numbers = table.numbers("size")
    assert numbers.value.tolist() == [12.5, 1.234]
    assert numbers.decimal_comma.tolist() == [True, True]
    assert table.source.decimal_comma


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (("12,5", "1.234"), [12.5, np.nan]),  # the comma is the mark: 1234, or an error
        (("980", "1.234"), [980, np.nan]),
        (("12.5", "1.234"), [12.5, 1.234]),  # the point is
        (("0.125", "1.234"), [0.125, 1.234]),
        (("12,5", "1.2345"), [12.5, 1.2345]),
    ],
)
def test_a_point_that_may_separate_thousands(tmp_path, cells, expected):
    """Among decimal commas 1.234 is not read, and said, unless a cell shows that the point is the mark."""
    rows = "".join(f"1;T{i};TARGET;1;{cell}\n" for i, cell in enumerate(cells))
    (tmp_path / "lesions.csv").write_text(f"subject;lesion;role;visit;size\n{rows}")
    lost = [c for c, v in zip(cells, expected, strict=True) if v != v]
    table = crf.read(tmp_path)
    np.testing.assert_array_equal(table["lesions"].numbers("size").value, expected)
    found = [r["found"] for r in table.intake.rows() if r["status"] == "unreadable"]
    assert found == lost


def test_decimal_comma_of_a_comma_file_stands_in_quotes(tmp_path):
    """In a comma-separated file "12,5" is 12.5, and "1,234" is not read: it may mean 1234."""
    table = lesions(tmp_path, f'{HEADER}\n1,T1,TARGET,1,"12,5"\n1,T2,TARGET,1,"1,234"\n')
    numbers = table.numbers("size")
    np.testing.assert_array_equal(numbers.value, [12.5, np.nan])
    assert numbers.word.tolist() == [False, True]


def test_words_are_data(tmp_path):
    """NA, ND, NE and the empty cell stay what was written; ND and NE say something, the others
    nothing.
    """
    table = lesions(
        tmp_path,
        f"{HEADER}\n"
        + "".join(f"1,T1,TARGET,{i},{w}\n" for i, w in enumerate(["NA", "ND", "NE", "", "null"])),
    )
    assert table["size"].tolist() == ["NA", "ND", "NE", "", "null"]
    assert table.numbers("size").word.tolist() == [False, True, True, False, False]


def test_identifiers_keep_their_zeros(tmp_path):
    """Subject 007 and lesion 01 stay text; 1.10 and 1.1 are two lesions."""
    table = lesions(
        tmp_path, f"{HEADER}\n007,01,TARGET,1,10\n007,1.10,TARGET,1,10\n007,1.1,TARGET,1,10\n"
    )
    assert table["subject"].tolist() == ["007"] * 3
    assert len(set(table.text("lesion"))) == 3


def test_quoted_cells_and_blank_lines(tmp_path):
    """Quoted separators and line ends belong to the cell; blank lines hold nothing and still count
    as rows.
    """
    table = lesions(
        tmp_path,
        f'{HEADER},organ\n\n1,T1,TARGET,1,10,"liver, segment\n6"\n,,,,,\n1,T2,TARGET,1,9,lung\n',
    )
    assert table["organ"].tolist() == ["liver, segment\n6", "lung"]
    assert table.rows.tolist() == [3, 5]


def test_a_line_that_names_the_separator(tmp_path):
    """Excel's first line ``sep=;`` is obeyed and is no header."""
    table = lesions(
        tmp_path, "sep=;\nsubject;lesion;role;visit;size;organ\n1;T1;TARGET;1;9;liver, left\n"
    )
    assert table["organ"].tolist() == ["liver, left"]
    assert table.rows.tolist() == [3]


def test_blank_cells_too_many_are_cut(tmp_path):
    """A row that is too long by blank cells only, and a column without name and values, hold
    nothing.
    """
    table = lesions(tmp_path, f"{HEADER},\n1,T1,TARGET,1,10,\n1,T2,TARGET,1,10,,,\n")
    assert list(table) == HEADER.split(",")
    assert table.n_rows == 2


def test_header_words_in_any_case_and_with_blanks(tmp_path):
    """Column names are recognised in any case; blanks and hyphens stand for underscores."""
    table = lesions(
        tmp_path,
        "Subject , LESION,Role,Visit,Slice thickness,viable-perpendicular\n1,T1,TARGET,1,5,3\n",
    )
    assert {"subject", "lesion", "role", "visit", "slice_thickness", "viable_perpendicular"} == set(
        table
    )


def test_a_header_without_rows_is_an_empty_table(tmp_path):
    """A file with a header alone gives a table of no rows."""
    table = crf.read(written(tmp_path, HEADER), incomplete="keep")["lesions"]
    assert table.n_rows == 0
    assert table["size"].tolist() == []
    assert table.lesions.measure("size").value.tolist() == []


REFUSED = [
    (b"", "`lesions.csv` is empty"),
    (b"\n \n", "`lesions.csv` is empty"),
    (
        b"subject,lesion\n01,\xe4\n",
        r"`lesions.csv` is not UTF-8: byte 0xe4 in line 2. Save it as CSV UTF-8",
    ),
    (HEADER.encode("utf-16")[:-1], "`lesions.csv` begins as UTF-16 and breaks off"),
    (b"subject,lesion\x00\n", "holds NUL bytes"),
    (
        b"subject,Subject,lesion\n",
        r"has the column 'Subject' twice \(columns 1 and 2\). Delete or rename one",
    ),
    (b"subject,,lesion\n1,2,3\n", "a column with values and without a name"),
    (
        b"subject,lesion,role,visit\n1,T1,TARGET,1\n1,T1\n",
        r"row 3 has 2 cells; the header has 4. Complete the row",
    ),
    (
        b"subject,lesion,role,visit\n1,T1,TARGET,1,8\n",
        r"row 2 has 5 cells; the header has 4.*contains a comma",
    ),
    (b"subject;lesion\n1\n", r"row 2 has 1 cells; the header has 2.*contains a semicolon"),
    (b'subject,lesion\n1,"T1\n', "cannot be read as CSV"),
    (
        b"subject,role,visit\n1,TARGET,1\n",
        r"`lesions` lacks the column lesion; lesions.csv has subject, role, visit",
    ),
    (b"subject,lesion,role\n1,T1,TARGET\n", r"`lesions` lacks the column visit or date"),
    (b"subject,visit\n1,1\n", r"`lesions` lacks the columns lesion, role"),
]


@pytest.mark.parametrize(("data", "message"), REFUSED)
def test_what_is_no_table_is_refused_with_the_place_and_the_repair(tmp_path, data, message):
    """Each way in which a file is no table has one message that names file, place and repair."""
    with pytest.raises(InputError, match=message):
        lesions(tmp_path, data)


def test_an_incomplete_table_is_kept_for_the_checks(tmp_path):
    """With incomplete="keep" a table that lacks a column is read, and says which it lacks."""
    tables = crf.read(written(tmp_path, "subject,role\n1,TARGET\n"), incomplete="keep")
    assert tables.missing_columns("lesions") == ["lesion", "visit or date"]


def test_source_holds_path_and_digest(tmp_path):
    """The table knows its file, and the digest of the bytes as read."""
    import hashlib

    data = f"{HEADER}\n1,T1,TARGET,1,10\n".encode()
    source = lesions(tmp_path, data).source
    assert source.name == "lesions.csv"
    assert source.path == str(tmp_path / "lesions.csv")
    assert source.sha256 == hashlib.sha256(data).hexdigest()
    assert source.kind == "csv"


def test_long_files_are_read_in_pieces(tmp_path):
    """More rows than one piece of 20,000: codes run on, cells and row numbers are right."""
    n = 45_001
    sizes = [str(i % 17) for i in range(n)]
    table = lesions(
        tmp_path, f"{HEADER}\n" + "".join(f"{i},T1,TARGET,1,{s}\n" for i, s in enumerate(sizes))
    )
    assert table["size"].tolist() == sizes
    assert table.rows[-1] == n + 1
    assert len(table.column("size").words) == 17


def texts():
    """Cells of any text that a CSV writer writes and UTF-8 holds."""
    return st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=8)


@given(
    st.lists(st.lists(texts(), min_size=3, max_size=3), max_size=6),
    st.sampled_from([",", ";", "\t"]),
)
def test_what_a_writer_writes_is_read_back(tmp_path_factory, rows, separator):
    """Any table of text written by the csv module comes back cell by cell, but for wholly blank
    rows.
    """
    out = io.StringIO()
    csv.writer(out, delimiter=separator, quoting=csv.QUOTE_ALL).writerows([["a", "b", "c"], *rows])
    path = tmp_path_factory.mktemp("csv") / "lesions.csv"
    path.write_bytes(out.getvalue().encode())
    (table,) = read_file(path)
    got = [list(r) for r in zip(*(table.text(c) for c in "abc"), strict=True)]
    assert got == [r for r in rows if any(c.strip() for c in r)]
