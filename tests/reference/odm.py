"""An ODM file read by a document model, one element after the other, in plain dicts: what stands where
after the last transaction, and which rows that makes of a form.
"""

from xml.dom import minidom

KEYS = {
    "SubjectData": ("SubjectKey", ""),
    "StudyEventData": ("StudyEventOID", "StudyEventRepeatKey"),
    "FormData": ("FormOID", "FormRepeatKey"),
    "ItemGroupData": ("ItemGroupOID", "ItemGroupRepeatKey"),
}
UNTYPED = "ItemData"


def children(element, *names):
    """The elements of the standard that an element holds, by name; all without names."""
    own = element.ownerDocument.documentElement.namespaceURI
    return [
        e for e in element.childNodes
        if e.nodeType == e.ELEMENT_NODE and e.namespaceURI == own and (not names or e.localName in names)
    ]  # fmt: skip


def text_of(element):
    """The text of an element without outer blanks."""
    return "".join(n.data for n in element.childNodes if n.nodeType in (3, 4)).strip()


class Metadata:
    """The definitions of a document."""

    def __init__(self, document):
        self.found = {}
        for study in children(document.documentElement, "Study"):
            for element in study.getElementsByTagNameNS("*", "*"):
                version = element.parentNode.getAttribute("OID") if (
                    element.parentNode.localName == "MetaDataVersion") else ""  # fmt: skip
                key = (element.localName, element.getAttribute("OID"))
                self.found[study.getAttribute("OID"), version, *key] = element
                self.found[key] = element

    def of(self, place, kind, oid):
        """The definition of an OID in a study and version, else in any; None for none."""
        return self.found.get((*place, kind, oid), self.found.get((kind, oid)))

    def name(self, place, kind, oid):
        """What it is called, else its OID behind the last point."""
        element = self.of(place, kind, oid)
        return (element.getAttribute("Name") if element is not None else "") or oid.split(".")[-1]

    def word(self, place, item, code):
        """The word of a code; the code where its list has none."""
        definition = self.of(place, "ItemDef", item)
        lists = [] if definition is None else children(definition, "CodeListRef")
        for code_list in lists[:1]:
            held = self.of(place, "CodeList", code_list.getAttribute("CodeListOID"))
            for entry in [] if held is None else children(held, "CodeListItem"):
                if entry.getAttribute("CodedValue") == code:
                    return text_of(entry.getElementsByTagNameNS("*", "TranslatedText")[0])
        return code

    def unit(self, place, item, own):
        """The symbol of a unit: that of the value, else the only one of its definition."""
        definition = self.of(place, "ItemDef", item)
        refs = [] if definition is None else children(definition, "MeasurementUnitRef")
        only = refs[0].getAttribute("MeasurementUnitOID") if len(refs) == 1 else ""
        oid = own or only
        element = self.found.get(("MeasurementUnit", oid)) if oid else None
        if element is None:
            return oid.split(".")[-1]
        return text_of(element.getElementsByTagNameNS("*", "TranslatedText")[0])

    def repeats(self, place, group):
        """Whether a group is one that repeats."""
        element = self.of(place, "ItemGroupDef", group)
        said = "" if element is None else element.getAttribute("Repeating")
        return said.lower() in ("yes", "simple", "dynamic", "static")

    def unit_items(self, place, group):
        """The items of a group that hold a unit, each with the item whose unit it is."""
        element = self.of(place, "ItemGroupDef", group)
        refs = [] if element is None else children(element, "ItemRef")
        return {r.getAttribute("UnitsItemOID"): r.getAttribute("ItemOID")
                for r in refs if r.getAttribute("UnitsItemOID")}  # fmt: skip


def value_of(element):
    """What an item says: the value, and the OID of its unit."""
    units = [u.getAttribute("MeasurementUnitOID") for u in children(element, "MeasurementUnitRef")]
    if element.getAttribute("IsNull").lower() in ("yes", "true", "1"):
        return "NULL", ""
    values = children(element, "Value")
    if values:
        return ";".join(text_of(v) for v in values), (units or [""])[0]
    if element.localName == UNTYPED:
        return element.getAttribute("Value"), (units or [""])[0]
    return text_of(element), (units or [""])[0]


def enter(node, element):
    """Apply what an element of data says to what stands there."""
    counts = {}
    for child in children(element):
        change = child.getAttribute("TransactionType")
        if child.localName.startswith("ItemData"):
            oid = child.getAttribute("ItemOID")
            if change == "Remove":
                node["items"].pop(oid, None)
            elif change != "Context":
                node["items"][oid] = value_of(child)
        elif child.localName == "SiteRef":
            node["site"] = child.getAttribute("LocationOID")
        elif child.localName in KEYS:
            oid, repeat = KEYS[child.localName]
            key = (child.localName, child.getAttribute(oid), repeat and child.getAttribute(repeat))
            if repeat and not key[2] and change not in ("Update", "Remove", "Upsert", "Context"):
                counts[key] = counts.get(key, 0) + 1
                key += (counts[key],)
            else:
                key += (1,)
            if change == "Remove":
                node["held"].pop(key, None)
            else:
                below = node["held"].setdefault(key, {"held": {}, "items": {}, "site": ""})
                enter(below, child)


def tables(text):
    """The name of each form or group that is a table, and its rows: a dict of column to cell."""
    document = minidom.parseString(text)
    metadata = Metadata(document)
    studies, versions = {}, {}
    for data in children(document.documentElement, "ClinicalData"):
        study = data.getAttribute("StudyOID")
        versions[study] = data.getAttribute("MetaDataVersionOID")
        enter(studies.setdefault(study, {"held": {}, "items": {}, "site": ""}), data)
    forms = list(forms_of(studies, versions, metadata))
    several = {}  # by form, the groups that are there several times
    for place, _, oid, form in forms:
        find_repeats(several.setdefault(oid, set()), place, form, metadata)
    out = {}
    for place, about, oid, form in forms:
        name = metadata.name(place, "FormDef", oid)
        if metadata.of(place, "FormDef", oid) is None:
            name = metadata.name(place, "ItemGroupDef", oid)
        for group, cells in rows_of(oid, "", form, {}, several[oid], place, metadata):
            split = group if len(several[oid]) > 1 else ""
            called = metadata.name(place, "ItemGroupDef", group) if split else name
            out.setdefault((oid, split), (called, []))[1].append(about | cells)
    return list(out.values())


def forms_of(studies, versions, metadata):
    """Every form that is filled in, with what stands for all of it."""
    for study, data in studies.items():
        place = (study, versions[study])
        often = set()
        for subject in data["held"].values():
            seen = [key[1] for key in subject["held"]]
            often |= {oid for oid in seen if seen.count(oid) > 1}
        for key, subject in data["held"].items():
            for event, held in subject["held"].items():
                visit = metadata.name(place, "StudyEventDef", event[1])
                if event[1] in often:
                    visit += f" {event[2] or event[3]}"
                about = {"subject": key[1], "visit": visit, "SITEID": subject["site"]}
                for form, filled in held["held"].items():
                    yield place, about, form[1], filled


def find_repeats(found, place, node, metadata):
    """Add the groups that repeat by their definition, or because they are there twice."""
    seen = [key[1] for key in node["held"]]
    for key, child in node["held"].items():
        if metadata.repeats(place, key[1]) or seen.count(key[1]) > 1:
            found.add(key[1])
        find_repeats(found, place, child, metadata)


def rows_of(group, repeat, node, above, several, place, metadata):
    """The rows under an element: one for each repeat below it, with what is said once in all."""
    once, repeats = {}, []

    def gather(oid, held):
        once.update(cells_of(oid, held, place, metadata))
        for key, child in held["held"].items():
            if key[1] in several:
                repeats.append((key, child))
            else:
                gather(key[1], child)

    gather(group, node)
    all_once = above | once
    filled = [(key, child) for key, child in repeats if child["items"] or child["held"]]
    if not filled and all_once:
        yield (group if repeat else ""), all_once
    for key, child in filled:
        number = key[2] or str(key[3])
        yield from rows_of(key[1], number, child, all_once, several, place, metadata)


def cells_of(group, node, place, metadata):
    """The cells of the items of a group, with their units."""
    out = {}
    units = metadata.unit_items(place, group)
    for oid, (value, unit) in node["items"].items():
        of_item = units.get(oid)
        name = metadata.name(place, "ItemDef", of_item or oid)
        if of_item:
            out[f"{name}_UN"] = value if value == "NULL" else metadata.word(place, oid, value)
            continue
        out[name] = value if value == "NULL" else metadata.word(place, oid, value)
        symbol = metadata.unit(place, oid, unit) if value not in ("NULL", "") else ""
        if symbol:
            out[f"{name}_UN"] = symbol
    return out
