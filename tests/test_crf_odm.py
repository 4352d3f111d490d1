"""ODM-XML: values by their place, transactions by key, and files that are refused."""

import csv
import io

import pytest

import exports
from nettumor.crf.files import read_file
from nettumor.errors import InputError

HEAD = '<ODM xmlns="http://www.cdisc.org/ns/odm/v1.3" FileType="{type}">'
SUBJECT = '<SubjectData SubjectKey="{key}"{more}>{inner}</SubjectData>'


def event(inner, oid="SE.A", more=""):
    """A study event with one form."""
    form = f'<FormData FormOID="F.TL">{inner}</FormData>'
    return f'<StudyEventData StudyEventOID="{oid}"{more}>{form}</StudyEventData>'


def group(inner, more=""):
    """A group of items."""
    return f'<ItemGroupData ItemGroupOID="IG.TL"{more}>{inner}</ItemGroupData>'


def clinical(*subjects, study="X"):
    """The data of a study."""
    return f'<ClinicalData StudyOID="{study}" MetaDataVersionOID="M">{"".join(subjects)}</ClinicalData>'


def value(text, oid="IT.TL.TLDIAM", more=""):
    """An item."""
    return f'<ItemData ItemOID="{oid}" Value="{text}"{more}/>'


@pytest.fixture
def read(tmp_path):
    """The tables in an ODM file with these elements."""

    def read(*elements, head=HEAD, kind="Snapshot", limits=None):
        path = tmp_path / "x.xml"
        path.write_text("".join([head.format(type=kind), *elements, "</ODM>"]), "utf-8")
        return read_file(path, limits=limits) if limits else read_file(path)

    return read


def cells(table, *names):
    """The rows of a table as tuples of text."""
    return list(zip(*(table.text(n).tolist() for n in names), strict=True))


def test_every_kind_of_value_is_read(read):
    """Typed elements, a value that is null apart from a blank one, a unit, a partial date."""
    symbol = "<Symbol><TranslatedText>cm</TranslatedText></Symbol>"
    unit = f'<MeasurementUnit OID="MU.1" Name="Centimetre">{symbol}</MeasurementUnit>'
    meta = f'<Study OID="X"><BasicDefinitions>{unit}</BasicDefinitions></Study>'
    typed = (
        '<ItemDataFloat ItemOID="A">5.20<MeasurementUnitRef MeasurementUnitOID="MU.1"/></ItemDataFloat>'
        '<ItemDataDate ItemOID="B">2024-01-15</ItemDataDate><ItemDataString ItemOID="C"> a &lt; b </ItemDataString>'
        '<ItemData ItemOID="D" IsNull="Yes"/><ItemData ItemOID="E" Value=""/>'
        '<ItemDataPartialDate ItemOID="F">2004-12--</ItemDataPartialDate>'
        '<ItemDataIncompleteDatetime ItemOID="date">2007-09-11T12:25:-</ItemDataIncompleteDatetime>'
    )
    (table,) = read(
        meta,
        clinical(
            SUBJECT.format(key="1", more="", inner=event(group(typed))),
            SUBJECT.format(key="2", more="", inner=event(group(value("3", "A")))),
        ),
    )
    names = ("subject", "A", "A_UN", "B", "C", "D", "E", "F")
    assert cells(table, *names) == [
        ("1", "5.20", "cm", "2024-01-15", "a < b", "NULL", "", "2004-12--"),
        ("2", "3", "", "", "", "", "", ""),
    ]
    assert table.blank("D").tolist() == table.blank("E").tolist() == [True, True]
    assert table.dates("date").day.tolist()[0] == 13767.0  # 2007-09-11
    assert table.dates("F").status.tolist() == [2, 0]


TRANSACTIONS = [
    ("Update changes", [("Insert", "1", "10"), ("Update", "1", "12")], [("1", "12")]),
    ("Upsert adds and changes", [("Upsert", "1", "10"), ("Upsert", "1", "9")], [("1", "9")]),
    ("Remove takes away", [("Insert", "1", "10"), ("Insert", "2", "5"), ("Remove", "1", "")], [("2", "5")]),
    ("Insert after Remove", [("Insert", "1", "10"), ("Remove", "1", ""), ("Insert", "1", "3")], [("1", "3")]),
    ("keys are text", [("Insert", "SCREEN[1]", "10"), ("Insert", "01", "4"), ("Insert", "1", "5")],
     [("SCREEN[1]", "10"), ("01", "4"), ("1", "5")]),
    ("what stands in a context counts", [("Insert", "1", "10"), ("Context", "1", "11")], [("1", "11")]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("fact", "changes", "expected"), TRANSACTIONS, ids=[t[0] for t in TRANSACTIONS]
)
def test_the_last_transaction_counts(read, fact, changes, expected):
    """By the key of the group, each in a ClinicalData of its own, as web services send them."""
    sent = [
        clinical(
            SUBJECT.format(
                key="1",
                more="",
                inner=event(group(value(v), f' ItemGroupRepeatKey="{k}" TransactionType="{t}"')),
            )
        )
        for t, k, v in changes
    ]
    (table,) = read(*sent, clinical(SUBJECT.format(key="2", more="", inner=event(
        group(value("1"), ' ItemGroupRepeatKey="1"') + group(value("2"), ' ItemGroupRepeatKey="2"')
    ))), kind="Transactional")  # fmt: skip
    names = ("subject", "lesion", "TLDIAM")
    mine = [(k, v) for s, k, v in cells(table, *names) if s == "1"]
    assert mine == expected, fact


def test_items_and_subjects_are_removed_too(read):
    """An item by itself, and a subject with all that it holds."""
    both = value("5") + value("LIVER", "IT.TL.TLLOC")
    removed = value("", "IT.TL.TLLOC", ' TransactionType="Remove"')
    (table,) = read(
        clinical(*(SUBJECT.format(key=k, more="", inner=event(group(both))) for k in "12")),
        clinical(SUBJECT.format(key="1", more="", inner=event(group(removed, ' TransactionType="Update"')))),
        clinical(SUBJECT.format(key="2", more=' TransactionType="Remove"', inner="")),
        kind="Transactional",
    )  # fmt: skip
    assert cells(table, "subject", "TLDIAM", "TLLOC") == [("1", "5", "")]


def test_events_without_a_repeat_key_stay_two(read):
    """Two visits of one name are told apart by their order, or by their keys."""
    inner = event(group(value("10"))) + event(group(value("8")))
    (table,) = read(clinical(SUBJECT.format(key="1", more="", inner=inner)))
    assert cells(table, "visit", "TLDIAM") == [("A 1", "10"), ("A 2", "8")]
    keyed = "".join(
        event(group(value(v)), more=f' StudyEventRepeatKey="{k}"')
        for k, v in (("U[2]", "7"), ("U[1]", "9"))
    )
    (table,) = read(clinical(SUBJECT.format(key="1", more="", inner=keyed)))
    assert cells(table, "visit", "TLDIAM") == [("A U[2]", "7"), ("A U[1]", "9")]


def test_subjects_have_the_numbers_that_people_know(read):
    """mdsol:SubjectName, unless it is not unique: then SubjectKey is read and the intake says so."""
    head = HEAD[:-1] + ' xmlns:mdsol="http://www.mdsol.com/ns/odm/metadata">'
    for names, expected, status in ((("01", "02"), ["01", "02"], "read"),
                                    (("01", "01"), ["k1", "k2"], "ambiguous")):  # fmt: skip
        (table,) = read(
            clinical(*(
                SUBJECT.format(key=f"k{i}", more=f' mdsol:SubjectName="{n}"', inner=event(group(value("5"))))
                for i, n in enumerate(names, 1)
            )),
            head=head,
        )  # fmt: skip
        assert table.text("subject").tolist() == expected
        assert [line.status for line in table.notes if line.kind == "subject"] == [status]


def test_another_spelling_of_the_namespace_is_said(read):
    """The elements are read by their names; elements of vendors are none of them."""
    head = '<ODM xmlns="https://www.cdisc.org/ns/odm/v1.3" xmlns:v="http://example.com">'
    vendor = f'<v:SubjectData SubjectKey="9">{event(group(value("1")))}</v:SubjectData>'
    (table,) = read(
        clinical(SUBJECT.format(key="1", more="", inner=event(group(value("5")))), vendor),
        head=head,
    )
    assert cells(table, "subject", "TLDIAM") == [("1", "5")]
    assert "https://www.cdisc.org/ns/odm/v1.3" in [line.found for line in table.notes]


def test_a_code_that_its_list_has_not_stays_and_is_said(read):
    """The word where there is one, the code where not."""
    item = '<ItemDef OID="IT.TL.TLSTAT" Name="TLSTAT"><CodeListRef CodeListOID="CL"/></ItemDef>'
    words = (
        '<TranslatedText xml:lang="de">fehlt</TranslatedText>'
        '<TranslatedText xml:lang="en">ABSENT</TranslatedText>'
    )
    word = f'<CodeListItem CodedValue="1"><Decode>{words}</Decode></CodeListItem>'
    code_list = f'<CodeList OID="CL" Name="State">{word}<EnumeratedItem CodedValue="2"/></CodeList>'
    meta = f'<Study OID="X"><MetaDataVersion OID="M">{item}{code_list}</MetaDataVersion></Study>'
    rows = "".join(
        group(value(v, "IT.TL.TLSTAT"), f' ItemGroupRepeatKey="{i}"') for i, v in enumerate("129")
    )
    (table,) = read(meta, clinical(SUBJECT.format(key="1", more="", inner=event(rows))))
    assert table.text("TLSTAT").tolist() == ["ABSENT", "2", "9"]
    (line,) = (n for n in table.notes if n.kind == "word")
    assert (line.place, line.count, line.status) == ("x.xml TLSTAT", 1, "ambiguous")


def test_a_code_means_what_its_own_study_says(read):
    """Two studies in a file, each with a code list of the same OID: each code by its own metadata."""
    metas, rows = [], []
    for study, word in (("X", "ABSENT"), ("Y", "PRESENT")):
        item = '<ItemDef OID="IT.A" Name="TLSTAT"><CodeListRef CodeListOID="CL"/></ItemDef>'
        decode = f"<Decode><TranslatedText>{word}</TranslatedText></Decode>"
        code = f'<CodeListItem CodedValue="1">{decode}</CodeListItem>'
        version = f'<MetaDataVersion OID="M">{item}<CodeList OID="CL" Name="S">{code}</CodeList>'
        metas.append(f'<Study OID="{study}">{version}</MetaDataVersion></Study>')
        inner = event(group(value("1", "IT.A")))
        rows.append(clinical(SUBJECT.format(key=study, more="", inner=inner), study=study))
    (table,) = read(*metas, *rows)
    assert cells(table, "subject", "TLSTAT") == [("X", "ABSENT"), ("Y", "PRESENT")]


def test_data_sets_have_the_cells_of_the_other_format():
    """Dataset-XML cell by cell against the standard library's reader of the CSV that it came from."""
    for name, text in exports.sdtm().items():
        (table,) = read_file(exports.HERE / "dataset_xml" / f"{name[:2]}.xml")
        rows = list(csv.DictReader(io.StringIO(text)))
        assert table.name == name[:2].upper()
        for column in rows[0]:
            assert table.text(column).tolist() == [r[column] for r in rows], (name, column)


def test_a_table_is_called_a_form_or_a_data_set(read):
    """Values of a subject stand in a form; those of reference data in a data set, without a subject."""
    of_subject = clinical(SUBJECT.format(key="1", more="", inner=event(group(value("5")))))
    reference = (
        f'<ReferenceData StudyOID="X" MetaDataVersionOID="M">{group(value("5"))}</ReferenceData>'
    )
    (form,), (data_set,) = read(of_subject), read(reference)
    assert form.source.name == "x.xml, form TL"
    assert data_set.source.name == "x.xml, data set TL"
    assert ("subject" in form, "subject" in data_set) == (True, False)


def test_the_key_of_a_form_is_told_where_there_are_two(read):
    """One form at each visit needs no number; two of one kind are told apart by theirs."""
    form = '<FormData FormOID="F.AX"{more}>' + group(value("5", "IT.A")) + "</FormData>"
    for keys, shown in ((("",), None), ((' FormRepeatKey="a"', ' FormRepeatKey="b"'), ["a", "b"])):
        inner = '<StudyEventData StudyEventOID="SE.A">'
        inner += "".join(form.format(more=key) for key in keys) + "</StudyEventData>"
        (table,) = read(clinical(SUBJECT.format(key="1", more="", inner=inner)))
        found = table.text("FormRepeatKey").tolist() if "FormRepeatKey" in table else None
        assert found == shown


def test_items_that_are_called_the_same_stay_two(read):
    """The second has its group before its name, a third of that name too all that its OIDs say."""
    groups = "".join(
        f'<ItemGroupData ItemGroupOID="{oid}">{value(cell, item)}</ItemGroupData>'
        for oid, item, cell in (("IG.A", "IT.X", "1"), ("IG.B", "IT.X", "2"), ("JG.B", "JT.X", "3"))
    )
    (table,) = read(clinical(SUBJECT.format(key="1", more="", inner=event(groups))))
    assert cells(table, "X", "B_X", "JG.B_JT.X") == [("1", "2", "3")]


def test_both_versions_give_the_same_tables():
    """ODM 1.3.2 and 2.0 of one study: the same forms and cells, but for units."""
    old = read_file(exports.HERE / "odm" / "X1_odm.xml")
    new = {t.name: t for t in read_file(exports.HERE / "odm_2" / "X1_odm2.xml")}
    assert {t.name for t in old} == set(new)
    for table in old:
        for column in [c for c in table if c != "TLDIAM_UN"]:
            assert table.text(column).tolist() == new[table.name].text(column).tolist()


ENTITY = '<!DOCTYPE ODM [<!ENTITY a "aaaa">]>'
OUTSIDE = '<!DOCTYPE ODM [<!ENTITY % b SYSTEM "file:///etc/passwd"> %b;]><ODM/>'
CUT_OFF = HEAD + clinical(SUBJECT.format(key="1", more="", inner=event(group(value("5")))))
REFUSED = {
    "an entity": (ENTITY + HEAD + clinical() + "</ODM>", "the entity 'a', .* Export it again"),
    "an external entity": (OUTSIDE, "declares the entity 'b'"),
    "cut off": (CUT_OFF, "not a readable ODM-XML file: no element found"),
    "cut off in the prolog": ("<?xml version", "not a readable ODM-XML file"),
    "an entity that nobody declares": (HEAD + clinical() + "&b;</ODM>", "undefined entity"),
    "no ODM": ("<html><body/></html>", "its first element is html and not ODM"),
    "metadata alone": (HEAD + '<Study OID="X"/></ODM>', "it holds metadata and no clinical data"),
    "empty": ("", "not a readable ODM-XML file: no element found"),
    "an encoding that nobody has": ('<?xml version="1.0" encoding="x-none"?><ODM/>', "not a readable"),
}  # fmt: skip


@pytest.mark.parametrize("kind", REFUSED)
def test_what_can_not_be_read_is_refused_in_one_sentence(tmp_path, kind):
    """Each with the file and the repair."""
    text, expected = REFUSED[kind]
    path = tmp_path / "x.xml"
    path.write_text(text.format(type="Snapshot") if "{type}" in text else text, "utf-8")
    with pytest.raises(InputError, match=expected):
        read_file(path)


def test_a_bare_doctype_does_no_harm(tmp_path):
    """Nothing is declared, and nothing is fetched."""
    path = tmp_path / "x.xml"
    data = clinical(SUBJECT.format(key="1", more="", inner=event(group(value("5")))))
    path.write_text(
        '<!DOCTYPE ODM SYSTEM "http://example.invalid/odm.dtd">'
        + HEAD.format(type="")
        + data
        + "</ODM>"
    )
    (table,) = read_file(path)
    assert table.text("TLDIAM").tolist() == ["5"]


def test_files_beyond_the_limits_are_refused(read):
    """Rows and letters of a form."""
    from nettumor.crf.limits import Limits

    rows = "".join(group(value("5"), f' ItemGroupRepeatKey="{i}"') for i in range(20))
    data = clinical(SUBJECT.format(key="1", more="", inner=event(rows)))
    with pytest.raises(InputError, match="at most 10 rows; got 20 rows"):
        read(data, limits=Limits(rows=10))
    with pytest.raises(InputError, match="at most 50 cells; got 51"):
        read(data * 3, limits=Limits(cells=50))
    long = clinical(SUBJECT.format(key="1", more="", inner=event(group(value("5" * 99)))))
    with pytest.raises(InputError, match="at most 50 letters"):
        read(long, limits=Limits(letters=50))
