"""The data of an ODM file as they stand after its last transaction.

Which question: which values hold, by subject, event, form and group? Each element is entered by its
key: its OID and repeat key within what holds it. Of two elements without a repeat key in one place the
first and the second are two, unless a transaction changes what is there. Insert, Update and Upsert set
a value, Remove takes away an element and all that it holds, Context only says where.

Source: CDISC ODM 1.3.2, sections 2.7 (clinical data keys) and 2.9 (transactions).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from attrs import define, field, frozen

CONTAINERS = ("SubjectData", "StudyEventData", "FormData", "ItemGroupData")
_OID = {
    "SubjectData": "SubjectKey", "StudyEventData": "StudyEventOID", "FormData": "FormOID",
    "ItemGroupData": "ItemGroupOID",
}  # fmt: skip
_REPEAT = {
    "StudyEventData": "StudyEventRepeatKey", "FormData": "FormRepeatKey",
    "ItemGroupData": "ItemGroupRepeatKey",
}  # fmt: skip
_CHANGES = ("Update", "Remove", "Upsert", "Context")
_NUMBERS_OF_SUBJECTS = ("SubjectName", "StudySubjectID", "StudySubjectId")
"""Attributes in which vendors give the subject's number, where SubjectKey is one of their own."""


@frozen
class Key:
    """Which element: its kind, OID and repeat key, and the place among those without one."""

    kind: str
    oid: str
    repeat: str = ""
    place: int = 0


@frozen
class Item:
    """What one element of data says; ``is_null`` where it says that there is no value."""

    oid: str
    value: str
    is_null: bool = False
    unit: str = ""
    transaction: str = ""


@define(eq=False)
class Node:
    """What an element holds: further ones by key, in the order of their first appearance, and items
    by OID.
    """

    held: dict[Key, Node] = field(factory=dict)
    items: dict[str, Item] = field(factory=dict)
    number: str = ""
    site: str = ""


@define(eq=False)
class Records:
    """The data by study, with the version of the metadata that each names last, and the path to
    where the reading stands.
    """

    studies: dict[str, Node] = field(factory=dict)
    versions: dict[str, str] = field(factory=dict)
    n_items: int = 0
    _path: list[Node] = field(factory=list)
    _counts: list[Counter[str]] = field(factory=list)
    _counts_of_study: dict[str, Counter[str]] = field(factory=dict)

    def study(self, study: str, version: str) -> None:
        """The data of a study begin, or go on."""
        node = self.studies.setdefault(study, Node())
        self.versions[study] = version
        counts = self._counts_of_study.setdefault(study, Counter())
        self._path, self._counts = [node], [counts]

    def enter(self, kind: str, about: Mapping[str, str], vendor: Mapping[str, str]) -> None:
        """An element of data begins."""
        oid = about.get(_OID[kind], "")
        transaction = about.get("TransactionType", "")
        repeat = about.get(_REPEAT.get(kind, ""), "")
        place = 0
        if kind in _REPEAT and not repeat and transaction not in _CHANGES:
            counted = f"{kind} {oid}"
            place = self._counts[-1][counted]
            self._counts[-1][counted] += 1
        key = Key(kind, oid, repeat, place)
        above = self._path[-1]
        if transaction == "Remove":
            above.held.pop(key, None)
            node = Node()  # what it holds goes with it
        else:
            node = above.held.setdefault(key, Node())
        node.number = next((vendor[n] for n in _NUMBERS_OF_SUBJECTS if vendor.get(n)), node.number)
        self._path.append(node)
        self._counts.append(Counter())

    def item(self, item: Item) -> None:
        """A value of the element that is open."""
        self.n_items += 1
        if item.transaction == "Remove":
            self._path[-1].items.pop(item.oid, None)
        elif item.transaction != "Context":
            self._path[-1].items[item.oid] = item

    def at_site(self, site: str) -> None:
        """The site of the subject that is open."""
        self._path[-1].site = site

    def leave(self) -> None:
        """The element that is open ends."""
        self._path.pop()
        self._counts.pop()
