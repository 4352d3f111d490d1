"""CDISC ODM-XML 1.3.2 and 2.0, and Dataset-XML 1.0, read by the standard library: a table a form.

Which question: which rows does an export of clinical data hold, by subject, event, form and group?
Transactions are applied by key (subject, event, form, group, item and their repeat keys), so that the
last one counts; what a file says of its audit trail, queries and signatures, and what vendors add, is
passed over. `odm_records` keeps the data, `odm_definitions` what their OIDs mean, `odm_tables` makes the
tables.

Sources: CDISC ODM 1.3.2, sections 2.7 (keys), 2.9 (transactions) and 3.1.4 (ClinicalData); ODM 2.0;
CDISC Dataset-XML 1.0 (groups of items stand directly under the study's data). Vendors' names of the
subject: mdsol:SubjectName (Medidata Rave web services), OpenClinica:StudySubjectID.
"""

from __future__ import annotations

from attrs import define, field

from nettumor.crf.intake import Line
from nettumor.crf.limits import Limits, too_large
from nettumor.crf.odm_definitions import DEFINED, Definitions, attributes, vendors
from nettumor.crf.odm_records import CONTAINERS, Item, Records
from nettumor.crf.odm_tables import tables_of
from nettumor.crf.tables import CrfTable, Source
from nettumor.crf.xml_elements import Element, broken, elements, local_name, namespace

_SPELLINGS = tuple(
    f"http://www.cdisc.org/ns/odm/v{version}" for version in ("1.1", "1.2", "1.3", "2.0")
)
"""The namespaces as CDISC writes them."""
_DATA = ("ClinicalData", "ReferenceData")
_HELD = frozenset({*DEFINED, *CONTAINERS})


def read_odm(data: bytes, source: Source, name: str, limits: Limits) -> list[CrfTable]:
    """The tables in the bytes of an ODM-XML or Dataset-XML file.

    Parameters
    ----------
    data : bytes
        The file.
    source : Source
        Where it came from; errors name ``source.name``.
    name : str
        The name of a table whose form has none.
    limits : Limits
        The largest file and table that are read.

    Returns
    -------
    list of CrfTable
        One a form, named as the form; of a form with several groups that repeat, one a group. Columns
        are ``subject``, ``visit`` (the name of the event, with its repeat key where it repeats), the
        keys, and the items by their names. A value that is said to be null is NULL, one that is not
        there is blank.

    Raises
    ------
    InputError
        Where the bytes are no ODM-XML, declare an entity, are cut off, hold no data, or are too
        large.
    """
    reader = _Reader(source, limits)
    for event, element in elements(data, source):
        if event == "start":
            reader.begin(element)
        else:
            reader.end(element)
    if not reader.records.n_items:
        raise broken(source, "it holds metadata and no clinical data")
    return tables_of(reader.records, reader.definitions, source, name, reader.lines)


@define
class _Reader:
    """What was read so far, and where the reading stands."""

    source: Source
    limits: Limits
    records: Records = field(factory=Records)
    definitions: Definitions = field(factory=Definitions)
    lines: list[Line] = field(factory=list)
    space: str = ""
    path: list[str] = field(factory=list)
    study: str = ""
    version: str = ""

    def begin(self, element: Element) -> None:
        """An element begins: its attributes are there, what it holds is not."""
        kind = local_name(element.tag)
        if not self.path:
            self._root(element, kind)
        own = namespace(element.tag) == self.space
        self.path.append(kind if own else "")
        if not own:
            return
        about = attributes(element)
        if kind in ("Study", *_DATA):
            self.study = about.get("OID", "") or about.get("StudyOID", "")
            self.version = about.get("MetaDataVersionOID", "")
            if kind in _DATA:
                self.records.study(self.study, self.version)
        elif kind == "MetaDataVersion":
            self.version = about.get("OID", "")
        elif kind in CONTAINERS and self.path[-2] in (*_DATA, *CONTAINERS):
            self.records.enter(kind, about, vendors(element))

    def end(self, element: Element) -> None:
        """An element ends: all that it holds is there."""
        kind = self.path.pop()
        above = self.path[-1] if self.path else ""
        if kind in DEFINED:
            self.definitions.add(self.study, self.version, element)
        elif kind.startswith("ItemData") and above == "ItemGroupData":
            self.records.item(_item(element, kind))
            self._check_cells()
        elif kind == "SiteRef" and above == "SubjectData":
            self.records.at_site(attributes(element).get("LocationOID", ""))
        elif kind in CONTAINERS and above in (*_DATA, *CONTAINERS):
            self.records.leave()
        if not _is_kept(kind, self.path):
            element.clear()

    def _check_cells(self) -> None:
        """Stop before more values are held than a table may have cells."""
        if self.records.n_items > self.limits.cells:
            got = f"{self.records.n_items:,} cells and more"
            raise too_large(self.source.name, "cells", got, self.limits.cells)

    def _root(self, element: Element, kind: str) -> None:
        if kind != "ODM":
            raise broken(self.source, f"its first element is {kind[:40]} and not ODM")
        self.space = namespace(element.tag)
        if self.space not in _SPELLINGS:
            note = f"CDISC writes {_SPELLINGS[2]}; the elements are read by their names"
            found = self.space or "no namespace"
            self.lines.append(Line("file", self.source.name, found, "ODM", 1, "read", note))


def _is_kept(kind: str, path: list[str]) -> bool:
    """Whether what holds this element still asks for it."""
    within = (*DEFINED, "CodeListItem", "EnumeratedItem", "Decode", "Symbol")
    of_item = bool(path) and path[-1].startswith("ItemData")
    return of_item or any(above in within for above in path[-4:])


def _item(element: Element, kind: str) -> Item:
    """What an element of data says: in 1.3 in Value or as the text of a typed element, in 2.0 in
    elements Value.
    """
    about = attributes(element)
    inner = [e for e in element if local_name(e.tag) == "Value"]
    value = about.get("Value", "")
    if inner:
        value = ";".join((e.text or "").strip() for e in inner)
    elif kind != "ItemData":
        value = (element.text or "").strip()
    units = [
        attributes(e).get("MeasurementUnitOID", "")
        for e in element
        if local_name(e.tag) == "MeasurementUnitRef"
    ]
    return Item(
        about.get("ItemOID", ""),
        value,
        is_null=about.get("IsNull", "").casefold() in ("yes", "true", "1"),
        unit=units[0] if units else "",
        transaction=about.get("TransactionType", ""),
    )
