"""Names that may be one and are read as two: of patients, lesions, arms, markers and symptoms.

Two spellings of one name part a patient's course, double a denominator and make two groups of one.
Nothing is joined here; each pair stands in the intake, with both spellings. What counts as the same
spelling is the question of `nettumor.words.names`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from nettumor.crf.intake import Line
from nettumor.crf.tables import CrfTable
from nettumor.errors import InputError
from nettumor.markers import get as marker_named
from nettumor.rows import number_rows
from nettumor.words import names


def alike_lines(tables: Mapping[str, CrfTable]) -> list[Line]:
    """A line for each pair of names that may be one."""
    lines = [*_patients(tables)]
    if "lesions" in tables:
        lines += _lesions(tables["lesions"])
    for name, column, what, read_as in (
        ("subjects", "arm", "arms", str),
        ("subjects", "treatment", "treatments", str),
        ("markers", "marker", "markers", marker_as_read),
        ("symptoms", "symptom", "symptoms", _in_lower_case),
    ):
        if name in tables and column in tables[name]:
            lines += _in_one_column(tables[name], column, what, read_as)
    return lines


def _patients(tables: Mapping[str, CrfTable]) -> Iterator[Line]:
    """Pairs of subjects, of one table or of two."""
    where: dict[str, str] = {}
    for name, table in tables.items():
        if "subject" in table and table.n_rows:
            words = table.column("subject").trimmed.words.tolist()
            where = {**dict.fromkeys(words, name), **where}
    for other, word in names.alike([*where]):
        note = (
            f"{other!r} in {where[other]} and {word!r} in {where[word]} are two patients; "
            "if they are one, write one"
        )
        yield Line("subject", f"{where[word]}.subject", word, "", 2, "ambiguous", note)


def _lesions(table: CrfTable) -> Iterator[Line]:
    """Pairs of lesions that one reader has of one patient."""
    if "lesion" not in table or "subject" not in table:
        return
    codes, words = table.keys_of("lesion")
    pairs = names.alike(words.tolist())
    if not pairs:
        return
    track, _ = table.track()
    _, first = number_rows(track, codes)
    tracks_of = {w: set(track[first[codes[first] == i]].tolist()) for i, w in enumerate(words)}
    for other, word in pairs:
        both = tracks_of[other] & tracks_of[word]
        if both and other and word:
            note = (
                f"{other!r} and {word!r} of one patient are two lesions; if they are one, write one"
            )
            yield Line("word", "lesions.lesion", word, "", len(both), "ambiguous", note)


def _in_one_column(
    table: CrfTable, column: str, what: str, read_as: Callable[[str], str]
) -> Iterator[Line]:
    """Pairs of words of one column that are not read as one."""
    held = table.column(column).trimmed
    counts = zip(held.words.tolist(), held.counts.tolist(), strict=True)
    count_of = {word: n for word, n in counts if word and n}
    of_reading: dict[str, str] = {}
    for word in count_of:
        of_reading.setdefault(read_as(word), word)
    used = [*of_reading.values()]
    # "CgA (serum)" beside "CgA"; beside "CgA (plasma)" alone it may well be another
    bare = [b if (b := _BRACKET.sub("", read)) in of_reading else "" for read in of_reading]
    pairs = names.alike(used, names.keys_of(bare))
    if what in ("markers", "symptoms"):
        pairs += [p for p in names.nearly(used) if p not in pairs]
    for other, word in pairs:
        note = f"{other!r} and {word!r} are two {what}; if they are one, write one"
        yield Line("word", f"{table.name}.{column}", word, "", count_of[word], "ambiguous", note)


_BRACKET = re.compile(r"\s*[(\[][^()\[\]]*[)\]]$")


def marker_as_read(word: str) -> str:
    """The registered name of a marker, with what stands in brackets behind it; else the word itself.

    >>> marker_as_read("CgA"), marker_as_read("CgA (serum)"), marker_as_read("My  Marker")
    ('chromogranin A', 'chromogranin A (serum)', 'my marker')
    """
    try:
        return marker_named(_BRACKET.sub("", word)).name + "".join(_BRACKET.findall(word))
    except InputError:
        return _in_lower_case(word)


def _in_lower_case(word: str) -> str:
    return " ".join(word.split()).casefold()
