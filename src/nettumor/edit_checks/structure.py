"""Structure: are the columns, values and keys there that everything else stands on?

Sources: CDISC CORE and SDTMIG rules on keys and required variables, NCI edit checks of tumour forms.
Input: all tables. Output: missing columns and values, rows that share a key, rows without a partner in
another table, spellings, unknown words.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from nettumor._arrays import Bools
from nettumor.crf import LAYOUTS, UNKNOWN, Role, number_rows, parse_flags, parse_new_lesions, parse_response_cells
from nettumor.crf.lesion_cells import MEASURES
from nettumor.criteria import SizeCriteria
from nettumor.edit_checks._data import Data, Ints, Rows
from nettumor.edit_checks._types import Hits, Parameters, Skip, check, flag
from nettumor.terminology import Response


@check("S01", needs={}, blank_allowed=True)
def missing_required_column(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """A column without which a table is of no use, one finding a column."""
    for name in data.tables:
        for column in data.tables.missing_columns(name):
            yield Hits(table=name, rows=[-1], column=column, value="", expected=column,
                       message=f"{name} has no column {column}; checks that need it are skipped")  # fmt: skip


@check("S02", needs={}, blank_allowed=True)
def missing_required_value(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """A blank where a required column must say something."""
    for name, table in data.tables.items():
        layout = LAYOUTS[name]
        for column in layout.required():
            if column in table and not (name == "markers" and column == "value"):
                yield flag(name, table.blank(column), "{column} is blank", column, expected="a value")
        for group in layout.either:
            held = [c for c in (*group, *(["day"] if "date" in group else [])) if c in table]
            if held:
                blank = np.logical_and.reduce([table.blank(c) for c in held])
                yield flag(name, blank, " and ".join(held) + " blank", held[0], expected=" or ".join(held))


def earlier_row(numbers: Ints) -> Ints:
    """For each row the row before it with the same number, -1 for the first."""
    order = np.argsort(numbers, kind="stable")
    before = np.full(len(numbers), -1, dtype=np.int64)
    same = numbers[order][1:] == numbers[order][:-1]
    before[order[1:][same]] = order[:-1][same]
    return before


@check("S03", needs={"lesions": ()}, follows=("S02",))
def duplicate_lesion_at_visit(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """A second row for one lesion at one visit: an error where it says something else, else a double entry."""
    rows = data["lesions"]
    before = earlier_row(rows.lesion_visit)
    again = np.flatnonzero(before >= 0)
    if not len(again):
        return
    first = before[again]
    differs = np.zeros(len(again), dtype=np.bool_)
    for column in (*MEASURES, "state", "role"):
        if column in rows:
            codes = rows.codes(column)[0]
            differs |= codes[again] != codes[first]
    dated = rows.codes("date")[0][again] != rows.codes("date")[0][first]
    says = np.where(differs, "and says something else", "and says the same (entered twice)")
    says = np.where(dated, "with another date; each date is an assessment of its own", says)
    names = [m for m in MEASURES if m in rows]
    column = next((m for m in names if not rows.blank(m)[again].all()), names[0] if names else "lesion")
    text = rows.text(column)
    yield Hits(
        table="lesions", rows=again, column=column, expected="one row per lesion and visit", related=first,
        message="{lesion} has a second row at visit {visit} ({value} after {other}) {says}",
        parts={"says": says, "other": text[first]}, severity=np.where(differs & ~dated, "", "warning"),
    )  # fmt: skip


@check("S04", needs={"responses": ("overall",)}, follows=("S02",))
def duplicate_response_at_visit(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """A second overall response of one evaluator, criterion and visit, among the accepted records."""
    rows = data["responses"]
    key, _ = number_rows(rows.timepoint, rows.codes("criteria")[0])
    given = ~rows.blank("overall")
    accepted = parse_flags(rows.table.column("accepted")) if "accepted" in rows else np.full(rows.n, UNKNOWN)
    chosen = np.isin(key, key[accepted == 1])  # where a record is accepted, the others at its place do not count
    use = np.flatnonzero(given & (~chosen | (accepted == 1)))
    before = earlier_row(key[use])
    again = use[before >= 0]
    first = use[before[before >= 0]]
    yield Hits(
        table="responses", rows=again, column="overall", related=first, expected="one overall response per visit",
        message="a second overall response at visit {visit}: {value} after {other}",
        parts={"other": rows.text("overall")[first]},
    )  # fmt: skip


def _domain_keys(rows: Rows, prefix: str) -> list[str]:
    """Subject, evaluator and lesion of a domain's rows as one text each."""
    parts = [rows.text(c) for c in ("USUBJID", f"{prefix}EVALID", f"{prefix}LNKID")]
    return ["\x1f".join(p) for p in zip(*(p.tolist() for p in parts), strict=True)]


@check("S05", needs={"TR": ("TRLNKID",), "TU": ("TULNKID",)})
def measurement_without_lesion(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """A TR row whose lesion is not identified in TU for the same subject and reader; one finding a lesion."""
    rows = data["TR"]
    keys = np.array(_domain_keys(rows, "TR"), dtype=object)
    known = set(_domain_keys(data["TU"], "TU"))
    words, first = np.unique(keys, return_index=True)
    unknown = [i for w, i in zip(words.tolist(), first.tolist(), strict=True)
               if w not in known and not w.endswith("\x1f")]  # fmt: skip
    yield Hits(table="TR", rows=sorted(unknown), column="TRLNKID", expected="a lesion identified in TU",
               message="{value} has results but is not identified in TU")  # fmt: skip


@check("S06", needs={"lesions": ()}, blank_allowed=True)
def lesion_without_measurement(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """A target or non-target lesion of which no row says anything."""
    rows = data["lesions"]
    says = (rows.cells.state != 0) | ~rows.blank("reason") if "reason" in rows else rows.cells.state != 0
    for measure in MEASURES:
        if measure in rows:
            says = says | ~rows.blank(measure)
    silent = ~np.isin(rows.lesion, rows.lesion[says]) & np.isin(rows.cells.role, (Role.TARGET, Role.NON_TARGET))
    first = silent & (rows.first_row == np.arange(rows.n))
    yield flag("lesions", first, "{lesion} is identified and never assessed", "lesion", expected="a result")
    if "TU" in data and "TR" in data and "TULNKID" in data["TU"] and "TRLNKID" in data["TR"]:
        keys = np.array(_domain_keys(data["TU"], "TU"), dtype=object)
        known = set(_domain_keys(data["TR"], "TR"))
        words, at = np.unique(keys, return_index=True)
        lone = [i for w, i in zip(words.tolist(), at.tolist(), strict=True)
                if w not in known and not w.endswith("\x1f")]  # fmt: skip
        yield Hits(table="TU", rows=sorted(lone), column="TULNKID", expected="a result in TR",
                   message="{value} is identified in TU and has no result in TR")  # fmt: skip


@check("S07", needs={"subjects": ()}, follows=("S02",))
def unknown_subject(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """A subject that the subjects table does not have; one finding a table and subject."""
    known = data["subjects"].subject
    for name in data.tables:
        if name == "subjects" or "subject" not in data.tables[name]:
            continue
        rows = data[name]
        unknown = np.flatnonzero(~np.isin(rows.subject, known) & ~rows.blank("subject"))
        _, first = np.unique(rows.subject[unknown], return_index=True)
        yield Hits(table=name, rows=np.sort(unknown[first]), column="subject",
                   expected="a subject of the subjects table",
                   message="{value} is not in the subjects table")  # fmt: skip


def same_evaluators(data: Data) -> None:
    """Skip where one table names evaluators and the other does not: tracks cannot be compared."""
    named = ["evaluator" in data.tables[n] for n in ("lesions", "responses")]
    if named[0] != named[1]:
        raise Skip("only one of lesions and responses names the evaluator")


@check("S08", needs={"lesions": (), "responses": ()}, follows=("S02", "S07"))
def response_visit_without_measurements(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """A response at a visit at which no lesion was assessed."""
    same_evaluators(data)
    rows = data["responses"]
    empty = data.timepoints.lesions[rows.timepoint] < 0
    for column in ("overall", "target"):
        if column in rows:
            codes = parse_response_cells(rows.table.column(column))
            given = (codes > Response.NE) & empty
            yield flag("responses", given, "{column} response {value} at visit {visit}, where no lesion was assessed",
                       column, expected="lesion rows at this visit")  # fmt: skip
            empty = empty & ~given


@check("S09", needs={"lesions": (), "responses": ()}, follows=("S02",))
def measurements_without_response(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """Lesions assessed at a visit after baseline that has no response row."""
    same_evaluators(data)
    points = data.timepoints
    alone = points.lesions[(points.order > 0) & (points.lesions >= 0) & (points.responses < 0)]
    yield Hits(table="lesions", rows=np.sort(alone), column="visit", expected="a response row at this visit",
               message="lesions were assessed at visit {visit}, but no response is given",
               names={"lesion": ""})  # fmt: skip


_KEYS = ("subject", "evaluator", "lesion", "visit", "marker", "symptom")
_CODED = ("role", "state", "target", "non_target", "new_lesion", "overall", "unit", "method", "organ")


def _spellings(words: list[str], keys: bool, counts: Ints) -> list[str]:
    """For each distinct cell the spelling it should have ("" where it is fine)."""
    plain = [" ".join(w.split()) for w in words]
    if not keys:
        return ["" if p == w else p for w, p in zip(words, plain, strict=True)]
    best: dict[str, tuple[int, int]] = {}
    for i, p in enumerate(plain):  # the commonest spelling is right; among equals the first
        mine = (-int(counts[i]) if p == words[i] else 1, i)
        best[p.casefold()] = min(best.get(p.casefold(), mine), mine)
    chosen = [plain[best[p.casefold()][1]] for p in plain]
    return ["" if c == w else c for w, c in zip(words, chosen, strict=True)]


@check("S10", needs={}, blank_allowed=True)
def leading_trailing_space_or_case(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """Spellings that differ by blanks or case: they would be taken for two lesions, visits or subjects."""
    for name, table in data.tables.items():
        for column in (*_KEYS, *_CODED):
            if column not in table or not table.column(column).is_text:
                continue
            cells = table.column(column)
            counts = np.bincount(cells.codes, minlength=len(cells.words))
            found = np.array(_spellings(cells.words.tolist(), column in _KEYS, counts) or [""], dtype=object)
            if not (found != "").any():
                continue
            expected = found[cells.codes]
            quoted = np.array([f'"{w}"' for w in cells.words], dtype=object)[cells.codes]
            yield flag(name, expected != "", "{column} is written {value}; elsewhere, or without blanks, {expected}",
                       column, value=quoted, expected=expected)  # fmt: skip


_RESPONSES = ("target", "non_target", "overall", "best")


@check("S11", needs={}, blank_allowed=True)
def unknown_code(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """A word that is none of the permitted ones, or a synonym of one."""
    for name, table in data.tables.items():
        for layout in LAYOUTS[name].columns:
            if layout.name not in table or layout.name == "unit":
                continue
            column, wrong = table.column(layout.name), np.zeros(table.n_rows, dtype=np.bool_)
            if layout.kind == "response":
                wrong = parse_response_cells(column) == UNKNOWN
            elif layout.name == "new_lesion":
                wrong = parse_new_lesions(column) == UNKNOWN
            elif layout.kind == "flag":
                wrong = (parse_flags(column) == UNKNOWN) & ~column.blank
            elif layout.name in ("role", "state") and name == "lesions":
                wrong = (table.lesions.role if layout.name == "role" else _said(data[name])) == UNKNOWN
            allowed = ", ".join(layout.permitted) or "a response"
            yield flag(name, wrong, "{value} is no word for {column}", layout.name, expected=allowed)


def _said(rows: Rows) -> Ints:
    """The code of the state cell."""
    from nettumor.crf import parse_states

    return parse_states(rows.table.column("state")).astype(np.int64)


_IMMUNE = ("ICR", "IPR", "ISD", "IUPD", "ICPD")


@check("S12", needs={"responses": ()}, follows=("S11", "L15", "L14"))
def response_not_valid_for_criterion(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """A response that exists, but not under these criteria or not for this patient's kind of disease."""
    rows = data["responses"]
    criteria = data.criteria
    immune = bool(getattr(criteria, "immune", False))
    minor = isinstance(criteria, SizeCriteria) and (criteria.mr is not None or criteria.gap == "MR")
    targets = _tracks_with(data, Role.TARGET)[rows.track] if "lesions" in data else None
    for column in ("target", "overall"):
        if column not in rows:
            continue
        codes, word = parse_response_cells(rows.table.column(column)), rows.word(column)
        given = data.own_criteria
        starts = rows.table.column(column).map(lambda w: w.strip().upper() in _IMMUNE, np.bool_)
        yield flag("responses", given & starts & (not immune), "{value} exists under iRECIST only", column)
        yield flag("responses", given & (codes == Response.MR) & (not minor), "MR does not exist under these criteria",
                   column)  # fmt: skip
        yield flag("responses", given & (word == "NC") & (not criteria.name.startswith("who")),
                   "NC is a word of WHO; these criteria call it SD", column, expected="SD")  # fmt: skip
        mixed = codes == Response.NON_CR_NON_PD
        if column == "target":
            yield flag("responses", given & mixed, "NON-CR/NON-PD is no response of target lesions", column)
        elif targets is not None:
            yield flag("responses", given & mixed & targets, "NON-CR/NON-PD, though there are target lesions", column,
                       expected="SD, PR, CR, PD or NE")  # fmt: skip
            partial = np.isin(codes, (Response.PR, Response.SD, Response.MR)) & ~targets
            has = data.timepoints.lesions[rows.timepoint] >= 0
            yield flag("responses", given & partial & has, "{value}, though there are no target lesions", column,
                       expected="CR, NON-CR/NON-PD, PD or NE")  # fmt: skip


def _tracks_with(data: Data, role: Role) -> Bools:
    """Tracks that have a lesion of this role."""
    rows = data["lesions"]
    out = np.zeros(data.n_tracks, dtype=np.bool_)
    out[rows.track[rows.cells.role == role]] = True
    return out
