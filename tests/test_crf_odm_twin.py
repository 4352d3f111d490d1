"""ODM-XML cell by cell against a literal reader of another kind, and against pandas' where that reads it."""

import io
import xml.sax.saxutils

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

import exports
from nettumor.crf.limits import LIMITS
from nettumor.crf.odm import read_odm
from nettumor.crf.tables import Source
from reference import odm as twin

SPACE = "http://www.cdisc.org/ns/odm/v"
KEYS = ("ItemGroupRepeatKey", "FormRepeatKey")
TYPES = {
    "Any": ["a", "true"], "String": ["x < y & z", ' "b" '], "Integer": ["5", "-3"], "Float": ["5.20", "1E2"],
    "Date": ["2024-01-15"], "Time": ["10:21:00"], "Datetime": ["2024-01-15T10:21:00+01:00"], "Boolean": ["true"],
    "HexBinary": ["0AFF"], "Base64Binary": ["QUI="], "HexFloat": ["4048F5C3"], "Base64Float": ["QEj1ww=="],
    "PartialDate": ["2024-01", "2024"], "PartialTime": ["10"], "PartialDatetime": ["2024-01-15T10"],
    "DurationDatetime": ["P2D"], "IntervalDatetime": ["2024-01-01/2024-02-01"],
    "IncompleteDatetime": ["2024-01---T10:-:-", "---T-:-:-"], "IncompleteDate": ["2024--15"],
    "IncompleteTime": ["-:21:-"], "URI": ["http://example.com/a?b=c&d=e"],
}  # fmt: skip
"""The typed elements of ODM 1.3.2 (section 2.14), each with values."""


def quoted(text):
    """A text as an attribute."""
    return xml.sax.saxutils.quoteattr(text)


def rows_of(data):
    """Our tables, each a list of rows without blank cells and without the keys of records."""
    out = []
    for table in read_odm(data.encode(), Source("x.xml", "odm"), "x", LIMITS):
        columns = {c: table.text(c).tolist() for c in table if c not in KEYS}
        rows = [
            {c: cells[i] for c, cells in columns.items() if cells[i]} for i in range(table.n_rows)
        ]
        out.append((table.name, rows))
    return out


def theirs(data):
    """The same by the literal reader."""
    return [
        (name, [{c: v for c, v in row.items() if v} for row in rows])
        for name, rows in twin.tables(data)
    ]


def metadata(study, version, words, *, two):
    """A study with a version of its metadata; ``words`` are those of its code list."""
    out = [f'<Study OID="{study}">']
    if not two:
        symbols = "".join(
            f'<MeasurementUnit OID="MU.{u}" Name="Unit {u}"><Symbol><TranslatedText>{u}</TranslatedText></Symbol>'
            "</MeasurementUnit>"
            for u in ("mm", "cm")
        )
        out.append(f"<BasicDefinitions>{symbols}</BasicDefinitions>")
    out.append(f'<MetaDataVersion OID="{version}" Name="v">')
    out += [f'<StudyEventDef OID="E.{n}" Name="Visit {n}" Repeating="Yes"/>' for n in "12"]
    form = '<ItemGroupDef Type="Form" OID="F.{n}" Name="Sheet {n}" Repeating="No"/>' if two else (
        '<FormDef OID="F.{n}" Name="Sheet {n}" Repeating="Yes"/>')  # fmt: skip
    out += [form.format(n=n) for n in "AB"]
    for group, repeats in (("G.1", "No"), ("G.2", "Simple" if two else "Yes"), ("G.3", "No")):
        n = group[-1]
        refs = (
            f'<ItemRef ItemOID="I.{n}.size" UnitsItemOID="I.{n}.unit" Mandatory="No"/>'
            if two
            else ""
        )
        out.append(
            f'<ItemGroupDef OID="{group}" Name="Part {group[-1]}" Repeating="{repeats}">{refs}</ItemGroupDef>'
        )
    ref = '<MeasurementUnitRef MeasurementUnitOID="MU.mm"/>' if not two else ""
    code = '<CodeListRef CodeListOID="CL.1"/>'
    for n in "123":
        out.append(f'<ItemDef OID="I.{n}.size" Name="SIZE{n}" DataType="float">{ref}</ItemDef>')
        out += [
            f'<ItemDef OID="I.{n}.{i}" Name="{i.upper()}{n}" DataType="text"/>'
            for i in ("unit", "text")
        ]
        out.append(f'<ItemDef OID="I.{n}.code" Name="CODE{n}" DataType="text">{code}</ItemDef>')
    entries = "".join(
        f'<CodeListItem CodedValue="{c}"><Decode><TranslatedText xml:lang="en">{w}</TranslatedText></Decode>'
        "</CodeListItem>"
        for c, w in words.items()
    )
    out.append(
        f'<CodeList OID="CL.1" Name="Words" DataType="text">{entries}</CodeList></MetaDataVersion></Study>'
    )
    return "".join(out)


def element(name, attributes, inner=""):
    """An element; an attribute that is None or "" is left out."""
    said = "".join(f" {n}={quoted(v)}" for n, v in attributes.items() if v)
    return f"<{name}{said}>{inner}</{name}>"


REPEATS = st.sampled_from(["", "", "1", "2", "U[3]"])
CHANGES = st.sampled_from(["", "", "", "Insert", "Update", "Upsert", "Context", "Remove"])


@st.composite
def items(draw, two, group):
    """The items of a group: untyped, typed, null, blank, coded, with a unit of their own; audit records
    and what vendors add stand between them.
    """
    out = []
    for oid in draw(st.lists(st.sampled_from(["size", "code", "text", "unit"]), unique=True)):
        about = {"ItemOID": f"I.{group}.{oid}", "TransactionType": draw(CHANGES)}
        values = {"size": ["30", "5.20"], "code": ["1", "2", "9"], "unit": ["mm", "cm"]}
        value = draw(st.sampled_from(values.get(oid, ["a", "x < y & z", ""])))
        audit = "<AuditRecord><UserRef UserOID='U'/></AuditRecord><v:ItemData ItemOID='I.1.size' Value='9'/>"
        if draw(st.integers(0, 5)) == 0:
            out.append(element("ItemData", about | {"IsNull": "Yes"}, audit))
        elif two:
            more = draw(st.sampled_from([[], [], ["b"]])) if oid == "text" else []
            inner = "".join(
                element("Value", {}, xml.sax.saxutils.escape(v)) for v in [value, *more]
            )
            out.append(element("ItemData", about, inner + audit))
        elif oid == "text" and draw(st.booleans()):
            kind = draw(st.sampled_from(sorted(TYPES)))
            text = draw(st.sampled_from(TYPES[kind]))
            out.append(element(f"ItemData{kind}", about, xml.sax.saxutils.escape(text)))
        else:
            unit = draw(st.sampled_from(["", "MU.cm", "MU.other"])) if oid == "size" else ""
            ref = element("MeasurementUnitRef", {"MeasurementUnitOID": unit}) if unit else ""
            said = "".join(f" {n}={quoted(v)}" for n, v in about.items() if v)
            out.append(f"<ItemData{said} Value={quoted(value)}>{audit}{ref}</ItemData>")
    return "".join(out)


@st.composite
def groups(draw, two, known=("G.1", "G.2", "G.2"), below=("G.3",)):
    """Groups of a form; in ODM 2.0 groups within groups."""
    out = []
    for oid in draw(st.lists(st.sampled_from(known), max_size=3)):
        inner = draw(items(two, oid[-1]))
        if two and below and draw(st.booleans()):
            inner += draw(groups(two, below, ()))
        about = {
            "ItemGroupOID": oid,
            "ItemGroupRepeatKey": draw(REPEATS),
            "TransactionType": draw(CHANGES),
        }
        out.append(element("ItemGroupData", about, inner))
    return "".join(out)


@st.composite
def documents(draw):
    """A file of ODM 1.3.2 or 2.0: several studies and versions, subjects, events and forms that repeat."""
    two = draw(st.booleans())
    out = [metadata("S", "M1", {"1": "YES", "2": "NO"}, two=two)]
    out.append(metadata("S", "M2", {"1": "ONE"}, two=two))
    out.append(metadata("T", "M1", {"1": "JA", "2": "NEIN"}, two=two))
    form, key = ("ItemGroupData", "ItemGroup") if two else ("FormData", "Form")
    for _ in range(draw(st.integers(1, 3))):
        data = ""
        for subject in draw(st.lists(st.sampled_from(["1", "01", "a b"]), min_size=1, max_size=3)):
            inner = element("SiteRef", {"LocationOID": draw(st.sampled_from(["L1", "L2"]))})
            for event in draw(st.lists(st.sampled_from(["E.1", "E.2"]), max_size=3)):
                forms = ""
                for sheet in draw(st.lists(st.sampled_from(["F.A", "F.B"]), max_size=2)):
                    about = {
                        f"{key}OID": sheet,
                        f"{key}RepeatKey": draw(REPEATS),
                        "TransactionType": draw(CHANGES),
                    }
                    forms += element(form, about, draw(groups(two)))
                about = {
                    "StudyEventOID": event,
                    "StudyEventRepeatKey": draw(REPEATS),
                    "TransactionType": draw(CHANGES),
                }
                inner += element("StudyEventData", about, forms)
            data += element(
                "SubjectData", {"SubjectKey": subject, "TransactionType": draw(CHANGES)}, inner
            )
        study, version = draw(
            st.sampled_from([("S", "M1"), ("S", "M2"), ("T", "M1"), ("T", "none")])
        )
        out.append(
            element("ClinicalData", {"StudyOID": study, "MetaDataVersionOID": version}, data)
        )
    space = f'xmlns="{SPACE}{"2.0" if two else "1.3"}" xmlns:v="http://example.com/vendor"'
    return f'<ODM {space} FileType="Transactional">{"".join(out)}</ODM>'


@settings(
    phases=(Phase.explicit, Phase.reuse, Phase.generate)
)  # what is left of a file says little
@given(documents())
def test_documents_are_read_as_a_literal_reader_reads_them(data):
    """Names, words of code lists, units, nulls, transactions by key, repeats: every cell of every row."""
    if "<ItemData" not in data:
        return  # metadata alone is refused
    assert rows_of(data) == theirs(data)


@pytest.mark.parametrize("name", ["odm/X1_odm.xml", "odm_2/X1_odm2.xml"])
def test_the_study_of_the_exports_is_read_alike(name):
    """Both versions of the study in the exports, without the number that a vendor's attribute has."""
    data = (exports.HERE / name).read_text(encoding="utf-8").replace("v:StudySubjectID", "v:other")
    mine = [
        [{c: v for c, v in r.items() if c != "lesion"} for r in rows] for _, rows in rows_of(data)
    ]
    assert mine == [rows for _, rows in theirs(data)]


def test_every_typed_element_is_read():
    """The text of each of the kinds of ODM 1.3.2, beside an untyped item."""
    cells = {
        f"I.{kind}{i}": (kind, v) for kind, values in TYPES.items() for i, v in enumerate(values)
    }
    inner = "".join(
        element(f"ItemData{kind}", {"ItemOID": oid}, xml.sax.saxutils.escape(value))
        for oid, (kind, value) in cells.items()
    )
    inner += element("ItemData", {"ItemOID": "I.plain", "Value": "p"})
    ((_, rows),) = rows_of(one_group(inner))
    expected = {oid[2:]: value.strip() for oid, (_, value) in cells.items()} | {"plain": "p"}
    assert {n: v for n, v in rows[0].items() if n not in ("subject", "visit")} == expected


def one_group(inner):
    """A file of one subject, event, form and group."""
    for name, about in (("ItemGroupData", {"ItemGroupOID": "G"}), ("FormData", {"FormOID": "F"}),
                        ("StudyEventData", {"StudyEventOID": "E"}), ("SubjectData", {"SubjectKey": "1"}),
                        ("ClinicalData", {"StudyOID": "S", "MetaDataVersionOID": "M"})):  # fmt: skip
        inner = element(name, about, inner)
    return f'<ODM xmlns="{SPACE}1.3">{inner}</ODM>'


def test_untyped_items_are_those_that_pandas_reads():
    """pandas.read_xml over all items of the Dataset-XML files: as many values, each where it stands."""
    import pandas

    for path in sorted((exports.HERE / "dataset_xml").glob("*.xml")):
        data = path.read_bytes()
        frame = pandas.read_xml(
            io.BytesIO(data),
            xpath=".//o:ItemData",
            namespaces={"o": f"{SPACE}1.3"},
            parser="etree",
            dtype=str,
        )
        (table,) = read_odm(data, Source(path.name, "odm"), "x", LIMITS)
        mine = [
            (f"IT.{table.name}.{c}", v)
            for row in zip(*([(c, v) for v in table.text(c).tolist()] for c in table), strict=True)
            for c, v in row
            if v and c not in KEYS
        ]
        assert sorted(mine) == sorted(zip(frame["ItemOID"], frame["Value"], strict=True)), path.name
