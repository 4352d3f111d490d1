"""Words: is every cell written in one way, a permitted word, and a response that the criteria know?

Sources: CDISC controlled terminology ONCRSR (C96785), TUIDRS (C123650), TRPROPRS (C124309); RECIST
1.1, tables 1 and 2, with the CDISC supplement; CDISC CORE-000867. Input: all tables. Output:
spellings that differ by blanks or case, unknown words, responses that do not exist under the
criteria or for the patient's kind of disease.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from nettumor._arrays import Bools, Codes
from nettumor.crf import (
    LAYOUTS,
    UNKNOWN,
    Role,
    parse_flags,
    parse_new_lesions,
    parse_states,
)
from nettumor.crf.columns import Words
from nettumor.criteria import SizeCriteria
from nettumor.edit_checks.engine.register import Hits, Parameters, check, flag
from nettumor.edit_checks.reading.data import Data, Ints, Rows
from nettumor.edit_checks.reading.reported import under_own_criteria
from nettumor.edit_checks.rules.structure import whole
from nettumor.terminology import Response
from nettumor.words.methods import is_known
from nettumor.words.missing import tidy
from nettumor.words.responses import is_immune

_KEYS = ("subject", "evaluator", "lesion", "visit", "marker", "symptom")
_CODED = (
    "role",
    "state",
    "target",
    "non_target",
    "new_lesion",
    "overall",
    "unit",
    "method",
    "organ",
)


def _plain(words: Words) -> list[str]:
    """Words without needless blanks."""
    given: list[str] = words.tolist()
    if len("".join(["|", *given, "|"]).split()) == 1:  # no blank in any: all of one look
        return given
    return [" ".join(w.split()) for w in given]


def _usual_spellings(data: Data, column: str) -> dict[str, str]:
    """For each key without regard to case its commonest spelling over all tables; among equals the
    first. Empty where every key has one spelling.
    """
    held = [t.column(column) for t in data.tables.values() if column in t]
    held = [cells for cells in held if cells.is_text]
    spelled = {word for cells in held for word in _plain(cells.words)}
    if len({word.casefold() for word in spelled}) == len(spelled):
        return {}
    best: dict[str, tuple[str, int]] = {}
    counts: dict[str, int] = {}
    for cells in held:
        for plain, count in zip(_plain(cells.words), cells.counts.tolist(), strict=True):
            counts[plain] = counts.get(plain, 0) + count
    for word, count in counts.items():
        if count > best.get(word.casefold(), ("", -1))[1]:
            best[word.casefold()] = word, count
    return {key: word for key, (word, _) in best.items()}


@check("S10", needs={}, blank_allowed=True)
def leading_trailing_space_or_case(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """Spellings that differ by blanks or case: they would be taken for two lesions, visits or
    subjects.
    """
    for column in (*_KEYS, *_CODED):
        usual = _usual_spellings(data, column) if column in _KEYS else {}
        for name, table in data.tables.items():
            if column not in table or not table.column(column).is_text:
                continue
            cells = table.column(column)
            plain, words = _plain(cells.words), cells.words.tolist()
            right = [usual.get(p.casefold(), p) for p in plain] if usual else plain
            if right == words:
                continue
            wrong = np.array([r != w for r, w in zip(right, words, strict=True)], dtype=np.bool_)
            same = [r == p for r, p in zip(right, plain, strict=True)]
            why = np.array(
                ["has needless blanks; write" if s else "is elsewhere written" for s in same],
                dtype=object,
            )
            at = np.flatnonzero(wrong[cells.codes])
            code = cells.codes[at]
            yield Hits(
                table=name,
                rows=at,
                column=column,
                message='{column} {value} {why} "{expected}"',
                value=np.array([f'"{w}"' for w in words], dtype=object)[code],
                expected=np.array(right, dtype=object)[code],
                parts={"why": why[code]},
            )


@check("S11", needs={}, blank_allowed=True, methods=())
def unknown_code(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """A word that is none of the permitted ones, or a synonym of one; a warning for a method, which
    is free text.
    """
    for name, table in data.tables.items():
        for layout in LAYOUTS[name].columns:
            if layout.name not in table or layout.name == "unit":
                continue
            column, wrong = table.column(layout.name), np.zeros(table.n_rows, dtype=np.bool_)
            if layout.kind == "response":
                wrong = data[name].responses(layout.name) == UNKNOWN
            elif layout.name == "new_lesion":
                wrong = parse_new_lesions(column) == UNKNOWN
            elif layout.kind == "flag":
                wrong = (parse_flags(column) == UNKNOWN) & ~column.blank
            elif layout.name in ("role", "state") and name == "lesions":
                wrong = (
                    table.lesions.role if layout.name == "role" else _said(data[name])
                ) == UNKNOWN
            allowed = (
                ", ".join(layout.permitted)
                or "CR, PR, SD, PD, NE, NON-CR/NON-PD or another response"
            )
            yield flag(
                name, wrong, '"{value}" is no word for {column}', layout.name, expected=allowed
            )
    if "lesions" in data.tables and "method" in data.tables["lesions"]:
        known = {tidy(str(m)) for m in parameters["methods"]}
        known |= {m for group in data.method_equivalents for m in group}

        def unknown(word: str) -> bool:
            return not is_known(word) and tidy(word) not in known

        strange = data.tables["lesions"].column("method").map(unknown, np.bool_)
        yield flag(
            "lesions",
            strange,
            '"{value}" is no known imaging method',
            "method",
            expected="an imaging method",
            severity=np.full(data["lesions"].n, "warning"),
        )


def _said(rows: Rows) -> Ints:
    """The code of the state cell."""
    return parse_states(rows.table.column("state")).astype(np.int64)


@check("S12", needs={"responses": ()}, follows=("S11", "L15", "L14"))
def response_not_valid_for_criterion(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """A response that exists, but not under these criteria or not for this patient's kind of
    disease.
    """
    under_own_criteria(data)
    rows, criteria = data["responses"], data.criteria
    title = criteria.title.replace("{", "").replace("}", "")
    immune = bool(getattr(criteria, "immune", False))
    minor = isinstance(criteria, SizeCriteria) and (criteria.mr is not None or criteria.gap == "MR")
    given = data.own_criteria
    for column in (c for c in ("target", "overall") if c in rows):
        codes = rows.responses(column)
        old_word = rows.table.column(column).trimmed.map(lambda w: w.upper() == "NC", np.bool_)
        starts = rows.table.column(column).map(is_immune, np.bool_)
        yield flag(
            "responses",
            given & starts & (not immune),
            "{column} response {value} at visit {visit}: it exists "
            f"under iRECIST only, not under {title}",
            column,
            expected="a response of these criteria",
        )
        yield flag(
            "responses",
            given & (codes == Response.MR) & (not minor),
            f"{{column}} response {{value}} at visit {{visit}}: MR does not exist under {title}",
            column,
            expected="SD or PR",
        )
        yield flag(
            "responses",
            given & old_word & (criteria.family != "WHO"),
            f"{{column}} response NC at visit {{visit}}: a word of WHO; {title} calls it SD",
            column,
            expected="SD",
        )
        mixed = given & (codes == Response.NON_CR_NON_PD)
        if column == "target":
            yield flag(
                "responses",
                mixed,
                "target response {value} at visit {visit}: no response of target lesions",
                column,
                expected="CR, PR, SD, PD or NE",
            )
        elif whole(data, "lesions"):
            yield from _of_other_disease(data, rows, codes, given)


def _of_other_disease(data: Data, rows: Rows, codes: Codes, given: Bools) -> Iterator[Hits]:
    """Overall responses of patients with targets given to patients without, and the reverse.

    RECIST 1.1, tables 1 and 2 (iRECIST alike). WHO grades disease that cannot be measured by the
    same words, and RECIST 1.0 and mRECIST call it SD: there SD without targets is allowed.
    """
    targets = _tracks_with(data, Role.TARGET)[rows.track]
    has = data.timepoints.lesions[rows.timepoint] >= 0
    mixed = given & (codes == Response.NON_CR_NON_PD) & targets
    yield flag(
        "responses",
        mixed,
        "overall response {value} at visit {visit}, though there are target lesions",
        "overall",
        expected="SD, PR, CR, PD or NE",
    )
    family = data.criteria.family
    refused = [Response.PR, Response.MR] if "RECIST" in family else []
    refused += [Response.SD] if family in ("RECIST 1.1", "iRECIST") else []
    partial = given & np.isin(codes, refused) & ~targets & has
    yield flag(
        "responses",
        partial,
        "overall response {value} at visit {visit}, though there are no target lesions",
        "overall",
        expected="CR, NON-CR/NON-PD, PD or NE" if Response.SD in refused else "CR, SD, PD or NE",
    )


def _tracks_with(data: Data, role: Role) -> Bools:
    """Tracks that have a lesion of this role."""
    rows = data["lesions"]
    out = np.zeros(data.n_tracks, dtype=np.bool_)
    out[rows.track[rows.cells.role == role]] = True
    return out
