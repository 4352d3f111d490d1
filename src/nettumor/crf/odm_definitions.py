"""What the metadata of an ODM file call things: names of events, forms and items, words of code lists,
symbols of units.

Which question: what stands behind an OID? Definitions are held by study and version of the metadata,
and asked for by the study that the data name; an OID that no definition explains is read as it is
written, without what stands before its last point (``IT.TL.TLDIAM`` is TLDIAM).

Source: CDISC ODM 1.3.2, sections 3.1.1 (MetaDataVersion, ItemDef, CodeList, MeasurementUnit); ODM
2.0, ItemRef (UnitsItemOID) and ItemGroupDef (Type).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from attrs import field, frozen

from nettumor.crf.xml_elements import Element, local_name

DEFINED = ("StudyEventDef", "FormDef", "ItemGroupDef", "ItemDef", "CodeList", "MeasurementUnit")
"""The elements that are held."""
_REPEATS = frozenset({"yes", "simple", "dynamic", "static"})


@frozen
class Definition:
    """What one element of the metadata says.

    Attributes
    ----------
    name : str
    repeats : bool
        Of an event, a form or a group: there may be several.
    code_list, unit : str
        Of an item: the OID of its code list, and of its unit, where it has but one.
    words : mapping of str to str
        Of a code list: code to word.
    units_of : mapping of str to str
        Of a group: the item that holds a unit, to the item whose unit it is.
    """

    name: str = ""
    repeats: bool = False
    code_list: str = ""
    unit: str = ""
    words: Mapping[str, str] = field(factory=lambda: MappingProxyType({}))
    units_of: Mapping[str, str] = field(factory=lambda: MappingProxyType({}))


NOTHING = Definition()


def attributes(element: Element) -> dict[str, str]:
    """The attributes of the standard itself, by name; those of a vendor's namespace are left out."""
    return {name: value for name, value in element.attrib.items() if "}" not in name}


def vendors(element: Element) -> dict[str, str]:
    """The attributes of vendors' namespaces, by name."""
    return {local_name(n): value for n, value in element.attrib.items() if "}" in n}


def definition(element: Element) -> Definition:
    """What an element of `DEFINED` says."""
    about = attributes(element)
    kind = local_name(element.tag)
    name = " ".join(about.get("Name", "").split())
    if kind == "MeasurementUnit":
        return Definition(_translated(element, "Symbol") or name)
    if kind == "CodeList":
        return Definition(name, words=_words(element))
    if kind == "ItemDef":
        lists = [attributes(e).get("CodeListOID", "") for e in _children(element, "CodeListRef")]
        refs = [
            attributes(e).get("MeasurementUnitOID", "")
            for e in _children(element, "MeasurementUnitRef")
        ]
        only = refs[0] if len(refs) == 1 else ""
        return Definition(name, code_list=lists[0] if lists else "", unit=only)
    units = {
        about_item["UnitsItemOID"]: about_item.get("ItemOID", "")
        for about_item in map(attributes, _children(element, "ItemRef"))
        if about_item.get("UnitsItemOID")
    }
    return Definition(name, about.get("Repeating", "").casefold() in _REPEATS, units_of=units)


def _words(code_list: Element) -> dict[str, str]:
    """Code to word; a code without a word is one itself."""
    out = {}
    for element in code_list:
        if local_name(element.tag) in ("CodeListItem", "EnumeratedItem"):
            code = attributes(element).get("CodedValue", "")
            out[code] = _translated(element, "Decode") or code
    return out


def _children(element: Element, name: str) -> list[Element]:
    return [child for child in element if local_name(child.tag) == name]


def _translated(element: Element, name: str) -> str:
    """The text under Decode or Symbol: in English where there is one, else the first."""
    texts = [
        (next((v for n, v in t.attrib.items() if local_name(n) == "lang"), ""), t.text or "")
        for child in _children(element, name)
        for t in _children(child, "TranslatedText")
    ]
    texts += [("", child.text or "") for child in _children(element, name) if not len(child)]
    english = [text for language, text in texts if language.casefold().startswith("en")]
    return " ".join((english or [text for _, text in texts] or [""])[0].split())


class Definitions:
    """The definitions of a file, by study, version of the metadata, kind and OID."""

    def __init__(self) -> None:
        self._of: dict[tuple[str, str, str, str], Definition] = {}
        self._any: dict[tuple[str, str], Definition] = {}

    def add(self, study: str, version: str, element: Element) -> None:
        """Hold what an element of `DEFINED` says."""
        kind, oid = local_name(element.tag), attributes(element).get("OID", "")
        self._of[study, version, kind, oid] = found = definition(element)
        self._any[kind, oid] = found

    def of(self, study: str, version: str, kind: str, oid: str) -> Definition:
        """What an OID means in a study's version of the metadata, else in any of the file."""
        return self._of.get((study, version, kind, oid)) or self._any.get((kind, oid), NOTHING)


def bare(oid: str) -> str:
    """An OID without what stands before its last point.

    >>> bare("IT.TL.TLDIAM"), bare("TLDIAM"), bare("I.")
    ('TLDIAM', 'TLDIAM', 'I.')
    """
    return oid.rpartition(".")[2] or oid
