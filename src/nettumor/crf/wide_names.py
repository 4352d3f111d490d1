"""What the name of a wide column says: whose value it is, of which lesion, and at which visit.

Wide exports have a column for each lesion: t1_size, nt2_status, new1_site; some have one for each
visit too: w8_t1_size. A name is certain where its parts are: the role, the number, and a name of a
column of the lesions table that is known. What the study file says ("t{n}_size") comes first.

Sources: field names of REDCap, Castor and OpenClinica forms after RECIST 1.1 tables; CDASHIG 2.2
(--LOC, --DAT, --STAT, --METHOD, --DIAM).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from functools import cache, lru_cache
from types import MappingProxyType

from attrs import frozen

from nettumor.crf.column_names import key_of, relatives, unit_in
from nettumor.crf.layouts import LAYOUTS
from nettumor.crf.study_file.loading import PLACES
from nettumor.crf.study_file.record import WidePattern
from nettumor.words import visits
from nettumor.words.missing import tidy
from nettumor.words.visits import VisitKind

ROLES: Mapping[str, str] = MappingProxyType({
    "t": "TARGET", "tl": "TARGET", "tgt": "TARGET", "target": "TARGET", "targetlesion": "TARGET",
    "nt": "NON-TARGET", "ntl": "NON-TARGET", "nontarget": "NON-TARGET",
    "nontargetlesion": "NON-TARGET", "nl": "NEW", "new": "NEW", "newles": "NEW", "newl": "NEW",
    "newlesion": "NEW", "newtarget": "NEW TARGET", "newtargetlesion": "NEW TARGET",
    "newnontarget": "NEW NON-TARGET", "newnontargetlesion": "NEW NON-TARGET",
    "lesion": "", "les": "", "lsn": "",
})  # fmt: skip
"""What stands before the number of a lesion, and the role it means; "" for none."""

_OF_A_LESION = (
    "size", "perpendicular", "viable", "viable_perpendicular", "volume", "attenuation", "state",
    "organ", "method", "date", "role", "lesion", "nodal", "reason", "unit", "slice_thickness",
)  # fmt: skip
"""Columns of the lesions table that a wide export may have for each lesion."""

_SHORT = {
    "num": "lesion", "number": "lesion", "nr": "lesion", "no": "lesion", "id": "lesion",
    "lnkid": "lesion", "name": "lesion",
    "lbl": "lesion", "loc": "organ", "site": "organ", "dat": "date", "dt": "date", "dtc": "date",
    "meas": "size", "mm": "size", "stat": "state", "response": "state", "resp": "state",
    "meth": "method", "mod": "method", "sax": "perpendicular", "short": "perpendicular",
    "type": "role", "ln": "nodal", "reas": "reason", "reasnd": "reason", "un": "unit",
}  # fmt: skip
"""Short forms, which say a column only behind the name of a lesion or of a form."""

TELLING: Mapping[str, tuple[str, ...]] = MappingProxyType({
    "responses": (
        "overall", "target", "non_target", "new_lesion", "sum", "percent_from_baseline",
        "percent_from_nadir", "best",
    ),
    "subjects": (
        "treatment_start", "randomized", "first_metastasis", "arm", "arm_code", "treatment",
        "therapy_completed", "new_therapy", "death", "last_known_alive", "data_cutoff", "birth",
        "consent", "age", "sex", "primary_site", "ki67", "grade", "extrahepatic", "site",
    ),
    "markers": ("marker", "value"),
})  # fmt: skip
"""Columns that say that a row holds something for a table."""


@frozen
class Item:
    """Whose value a wide column holds.

    Attributes
    ----------
    table, column : str
        The table and its column; "" for the table where all share it.
    number : str
        The lesion's number, as it is written; "" for none.
    visit : str
        The visit's name; "" for none.
    constants : tuple of (str, str)
        What the other columns of the row say.
    pattern : str
        The name with {n} and {visit}.
    """

    table: str
    column: str
    number: str = ""
    visit: str = ""
    constants: tuple[tuple[str, str], ...] = ()
    pattern: str = ""


@cache
def suffixes() -> Mapping[str, str]:
    """What may stand behind the name of a lesion, and the column it says."""
    known = relatives("lesions")
    out = {key: column for column in _OF_A_LESION for key in reversed(known[column])}
    return MappingProxyType({**out, **_SHORT})


def column_of_suffix(text: str) -> tuple[str, float]:
    """The column of the lesions table that the end of a name says, and the factor of its unit; "" for
    none.

    >>> column_of_suffix("LOC"), column_of_suffix("size_cm"), column_of_suffix("weather")
    (('organ', 1.0), ('size', 10.0), ('', 1.0))
    """
    known = suffixes()
    if key_of(text) in known:
        return known[key_of(text)], 1.0
    plain, factor = unit_in(text, "mm")
    column = known.get(key_of(plain), "")
    return (column, factor) if column and factor == factor else ("", 1.0)


_HEAD = re.compile(
    r"(?P<role>[a-z]+(?:[ _.-][a-z]+)*?)[ _.-]?(?P<n>\d{1,3})[ _.:,-]{0,3}(?P<what>[a-z].*)", re.I
)
_TAIL = re.compile(r"(?P<lead>.*[a-z)])[ _.-]{0,3}(?P<n>\d{1,3})", re.I)
_LAST = re.compile(
    r"(?P<what>[a-z].*?)[ _.-]+\(?(?P<role>[a-z]+(?:[ _.-][a-z]+)*?)[ _.-]?(?P<n>\d{1,3})\)?", re.I
)
"""size_tl1, "Diameter (target 1)"; size_t1 is the size at a first time, unless there is a size_nt1."""


def has_last(names: Iterable[str]) -> bool:
    """Whether some names end in the number of a non-target, as status_nt1 does."""
    found = [_LAST.fullmatch(name) for name in names]
    return any(f and key_of(f["role"]) == "nt" and column_of_suffix(f["what"])[0] for f in found)


def lesion_item(name: str, *, beside_last: bool = False) -> Item | None:
    """What a name says of a lesion; None where it is not certain. ``beside_last`` where other names
    end in the number of a non-target.

    >>> lesion_item("t1_size").pattern, dict(lesion_item("ntl_status_02").constants)
    ('t{n}_size', {'role': 'NON-TARGET'})
    >>> lesion_item("size_tl1").pattern, lesion_item("size_t1"), lesion_item("weight1")
    ('size_tl{n}', None, None)
    >>> lesion_item("size_t1", beside_last=True).pattern
    'size_t{n}'
    """
    found = _HEAD.fullmatch(name)
    if found:
        role, what, at = found["role"], found["what"], found.span("n")
    else:
        found = _TAIL.fullmatch(name)
        role, what = form_item(found["lead"]) if found else ("", "")
        at = found.span("n") if found else (0, 0)
    if not found or key_of(role) not in ROLES:
        found = _LAST.fullmatch(name)
        if not found or key_of(found["role"]) not in ROLES:
            return None
        if len(found["role"]) == 1 and not beside_last:
            return None
        role, what, at = found["role"], found["what"], found.span("n")
    column, factor = column_of_suffix(what)
    if not column or factor != 1:
        return None
    meaning = ROLES[key_of(role)]
    constants = (("role", meaning),) if meaning else ()
    pattern = f"{name[: at[0]]}{{n}}{name[at[1] :]}"
    return Item("lesions", column, found["n"], constants=constants, pattern=pattern)


def form_item(name: str) -> tuple[str, str]:
    """The role's word and the rest of a name such as TLDIAM or new_lesion_site; "" for none.

    >>> form_item("NTLSTAT"), form_item("new_lesion_site"), form_item("weight")
    (('NTL', 'STAT'), ('new_lesion', 'site'), ('', ''))
    """
    best = ("", "")
    for end in range(1, len(name)):
        head, rest = name[:end], name[end:].lstrip("_. -")
        word = key_of(head)
        long_enough = len(word) > 1 or name[end] in "_. -"
        if word in ROLES and ROLES[word] and long_enough and column_of_suffix(rest)[0]:
            best = (head.rstrip("_. -"), rest)
    return best


def visit_of(name: str) -> tuple[str, str, str]:
    """The visit that stands before or behind a name, the rest, and the name with {visit}; "" for no
    visit.

    >>> visit_of("w8_t1_size"), visit_of("t1_size_bl"), visit_of("t1_size")
    (('w8', 't1_size', '{visit}_t1_size'), ('bl', 't1_size', 't1_size_{visit}'), ('', 't1_size', 't1_size'))
    """
    parts = re.split(r"([_. -])", name)
    if len(parts) >= 3:
        if _is_visit(parts[0]):
            return parts[0], "".join(parts[2:]), "{visit}" + "".join(parts[1:])
        if _is_visit(parts[-1]):
            return parts[-1], "".join(parts[:-2]), "".join(parts[:-1]) + "{visit}"
    return "", name, name


_VISIT_SERIES = ("WEEK", "VISIT", "MONTH", "CYCLE", "DAY", "FU", "FOLLOWUP", "YEAR")


def _is_visit(word: str) -> bool:
    found = visits.read(word)
    if found.kind == VisitKind.BASELINE:
        return True
    return found.kind == VisitKind.NUMBERED and found.series in _VISIT_SERIES


def matched(name: str, patterns: Iterable[WidePattern], own: Collection[str] = ()) -> list[Item]:
    """The patterns of a study file that a column's name matches; {visit} stands for what reads as a
    visit, or is one of the study's ``own`` words for one.
    """
    out = []
    for pattern in patterns:
        found = _compiled(pattern.pattern).fullmatch(name)
        parts = found.groupdict() if found else {}
        visit = parts.get("visit") or ""
        strange = visits.read(visit).kind == VisitKind.OTHER and tidy(visit) not in own
        if found and not (visit and strange):
            out.append(
                Item(
                    pattern.table,
                    pattern.column,
                    parts.get("n", "") or "",
                    visit,
                    tuple(pattern.constants.items()),
                    pattern.pattern,
                )
            )
    return out


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    parts = PLACES.split(pattern)
    marks = {"n": r"(?P<n>\d+)", "visit": r"(?P<visit>.+?)"}
    said = [re.escape(p) if i % 2 == 0 else marks[p] for i, p in enumerate(parts)]
    return re.compile("".join(said), re.I)


@lru_cache(maxsize=8192)
def known_column(name: str, table: str) -> str:
    """The column of a table that a name says, by the layout or a relative; "" for none.

    >>> known_column("OVRLRESP", "responses"), known_column("scan date", "lesions")
    ('overall', 'date')
    """
    return _columns_of(table).get(key_of(name), "") or _with_unit(name, table)


def names_lesion(column: str) -> bool:
    """Whether a column of a form says which lesion a row is of.

    >>> names_lesion("lesion_id"), names_lesion("TLNUM"), names_lesion("TLDIAM")
    (True, True, False)
    """
    of_form = column_of_suffix(form_item(column)[1])[0]
    return "lesion" in (known_column(column, "lesions"), of_form)


def _with_unit(name: str, table: str) -> str:
    for column in LAYOUTS[table].columns:
        if column.unit:
            plain, factor = unit_in(name, column.unit)
            if factor == factor and key_of(plain) != key_of(name):
                found = _columns_of(table).get(key_of(plain), "")
                if found == column.name:
                    return found
    return ""


@cache
def _columns_of(table: str) -> Mapping[str, str]:
    return MappingProxyType(
        {key: column for column, keys in relatives(table).items() for key in reversed(keys)}
    )
