"""Structure: are the columns, values and keys there that everything else stands on?

Sources: CDISC CORE and SDTMIG rules on keys and required variables, NCI edit checks of tumour
forms. Input: all tables. Output: missing columns and values, rows that share a key, rows without a
partner in another table.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from nettumor._arrays import Bools
from nettumor.crf import (
    LAYOUTS,
    Role,
    State,
    parse_flags,
)
from nettumor.crf.columns import Words
from nettumor.crf.lesion_cells import MEASURES
from nettumor.crf.sdtm import evaluator
from nettumor.crf.sdtm_lesions import match_identification
from nettumor.edit_checks.engine.register import Hits, Parameters, Skip, check, flag
from nettumor.edit_checks.reading.data import Data, Ints, Rows
from nettumor.edit_checks.reading.lesion_rows import of_lesions
from nettumor.edit_checks.reading.subjects import same_evaluators
from nettumor.edit_checks.reading.unread import why_unread
from nettumor.rows import first_of, group, number_rows, occurrence, order_rows
from nettumor.terminology import Response

_MEASURED_BY = {
    "product": ("size", "perpendicular"), "viable product": ("viable", "viable_perpendicular"),
    "volume": ("volume",), "diameter and attenuation": ("size", "attenuation"),
}  # fmt: skip
_DIAMETERS = ("size", "diameter", "perpendicular", "viable")
_VARIABLES = {
    "TU": ("USUBJID", "TULNKID"),
    "TR": ("USUBJID", "TRLNKID", "TRTESTCD", "TRSTRESN|TRORRES|TRSTRESC"),
    "RS": ("USUBJID", "RSTESTCD", "RSSTRESC|RSORRES"),
}
"""The SDTM variables without which a domain is of no use (SDTMIG 3.4: required and expected
variables).
"""


@check("S01", needs={})
def missing_required_column(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """A column (an SDTM variable) without which a table is of no use, one finding a column."""
    for name in data.tables:
        for column in data.tables.missing_columns(name):
            yield _absent(
                name, column, f"{name} has no column {column}; checks that need it are skipped"
            )
    why = why_unread(data.tables)
    if why:
        yield Hits(
            table="lesions",
            rows=[-1],
            value="",
            expected="rows that can be read",
            message=("lesions " + why).replace("{", "{{").replace("}", "}}"),
        )
    for domain, variables in _lacking_variables(data).items():
        for names in variables:
            yield _absent(
                domain, names, f"{domain} has no variable {names}; checks that need it are skipped"
            )
    for column in lacking_measures(data):
        yield _absent(
            "lesions",
            column,
            f"lesions has no column {column}, which {data.criteria.title} measures "
            "target lesions by; checks that need it are skipped",
        )


def _absent(table: str, column: str, message: str) -> Hits:
    return Hits(table=table, rows=[-1], column=column, value="", expected=column, message=message)


def _lacking_variables(data: Data) -> dict[str, list[str]]:
    """For each tumour domain that was read the variables it lacks ("A or B" where one is
    enough).
    """
    found: dict[str, list[str]] = {}
    for domain, wanted in _VARIABLES.items():
        if domain in data.tables.domains:
            held = data.tables.domains[domain]
            times = f"VISITNUM|VISIT|{domain}DTC|{domain}DY"
            found[domain] = [
                w.replace("|", " or ")
                for w in (*wanted, times)
                if not set(w.split("|")) & set(held)
            ]
    return found


def lacking_measures(data: Data) -> list[str]:
    """The columns that the criteria measure targets by and the lesions table lacks, where there are
    targets.
    """
    if "lesions" not in data.tables:
        return []
    rows = data["lesions"]
    if not rows.n or ("role" in rows and not (rows.cells.role == Role.TARGET).any()):
        return []
    wanted = _MEASURED_BY.get(getattr(data.criteria, "measure", ""), ("size",))
    any_diameter = any(d in rows for d in _DIAMETERS)
    return [c for c in wanted if c not in rows and not (wanted == ("size",) and any_diameter)]


@check("S02", needs={})
def missing_required_value(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """A blank where a required column must say something (variables that are not there at all:
    S01).
    """
    for name, table in data.tables.items():
        layout = LAYOUTS[name]
        told = _told_otherwise(data, name)
        for column in layout.required():
            if column in table and not (name == "markers" and column == "value"):
                blank = table.blank(column)
                if column in told:
                    blank = blank & ~told[column]
                yield flag(name, blank, "{column} is blank", column, expected="a value")
        for either in layout.either:
            held = [c for c in (*either, "day") if c in table]
            if held:
                blank = np.logical_and.reduce([table.blank(c) for c in held])
                yield flag(
                    name, blank, " and ".join(held) + " blank", held[0], expected=" or ".join(held)
                )


def _told_otherwise(data: Data, name: str) -> dict[str, Bools]:
    """Rows made from SDTM whose blank is reported elsewhere: no such variable (S01), no
    identification (S05).
    """
    if name != "lesions" or data.tables[name].source.kind != "sdtm":
        return {}
    table = data.tables[name]
    origin = table.origin.text
    lacking = _lacking_variables(data)
    none = {"lesion": np.zeros(table.n_rows, np.bool_), "role": np.zeros(table.n_rows, np.bool_)}
    for domain, variables in lacking.items():
        if f"{domain}LNKID" in variables:
            none["lesion"] |= origin == domain
    none["role"] |= none["lesion"]
    if not lacking.get("TR", ["TR"]) and not lacking.get("TU", ["TU"]):
        unknown = data["TR"].table.rows[_unidentified(data)]
        none["role"] |= (origin == "TR") & np.isin(table.rows, unknown)
    told_in_tu = table.origin_of("role").text == "TU"
    again = occurrence(np.where(told_in_tu, table.rows_of("role"), -1)) > 0
    none["role"] |= told_in_tu & again  # TU identifies once, TR has a row a visit
    return none


def _unidentified(data: Data) -> Bools:
    """Rows of TR whose lesion TU does not identify for the subject and reader."""
    tr, tu = data["TR"].table, data["TU"].table
    return np.asarray((match_identification(tr, tu) < 0) & ~tr.blank("TRLNKID"))


@check("S03", needs={}, follows=("S02",))
def duplicate_lesion_at_visit(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """A second row for one lesion and timepoint (of a visit with two full dates each is one): an
    error where it says something else, else a double entry.

    So, too, a second row of a subject in the table of subjects, of which the first counts.
    """
    held = {
        n: again
        for n, again in (("lesions", _lesions_again), ("subjects", _subjects_again))
        if whole(data, n) and data[n].n
    }
    if not held:
        raise Skip("there are no rows of lesions or subjects")
    for name, again in held.items():
        yield from again(data[name])


def _subjects_again(rows: Rows) -> Iterator[Hits]:
    """Further rows of a subject, each named by the first column in which it differs from the
    subject's first row.
    """
    people = group(rows.subject, where=~rows.blank("subject"))
    again = np.flatnonzero(people.occurrence > 0)
    if not len(again):
        return
    first = people.first()[people.number[again]]
    column = np.full(len(again), "subject", dtype=object)
    for name in (c for c in rows.table if c != "subject"):
        codes, open_ = rows.codes(name)[0], column == "subject"
        column[open_ & (codes[again] != codes[first])] = name
    for name in dict.fromkeys(column.tolist()):
        at, differs = column == name, name != "subject"
        says = (
            f"something else: {name} {{value}} after {{other}}"
            if differs
            else "the same (entered twice)"
        )
        yield Hits(
            table="subjects",
            rows=again[at],
            column=name,
            expected="one row per subject",
            related=first[at],
            parts={"other": rows.text(name, first[at])},
            severity="" if differs else "warning",
            message=f"{{subject}} has a second row that says {says}",
        )


def _lesions_again(rows: Rows) -> Iterator[Hits]:
    again = np.flatnonzero(rows.again & ~rows.blank("lesion"))
    if not len(again):
        return
    first = group(rows.lesion_visit).previous()[again]
    differs, column, common = _compared(rows, again, first)
    silent = _silent(rows)[again] | _silent(rows)[first]
    says = np.select(
        [silent, differs, ~common],
        [
            "of which one says nothing",
            "that says something else",
            "with another measure; the measures of a lesion stand in one row",
        ],
        "that says the same (entered twice)",
    )
    severity = np.where(differs & ~silent, "", "warning")
    for name in dict.fromkeys(column.tolist()):
        at = column == name
        said = _said_by(rows, name)
        yield Hits(
            table="lesions",
            rows=again[at],
            column=name,
            expected="one row per lesion and visit",
            related=first[at],
            message="{lesion} has a second row at visit {visit} {says}: {value} after {other}",
            value=said[again[at]],
            parts={"says": says[at], "other": said[first[at]]},
            severity=severity[at],
        )


def _said_by(rows: Rows, column: str) -> Words:
    """What each row says: the column's cell, else its first measure or state that is given."""
    text = rows.text(column)
    for name in (*MEASURES, "state"):
        text = np.where(text == "", rows.text(name), text)
    return np.where(text == "", "(blank)", text)


def _silent(rows: Rows) -> Bools:
    """Rows that say nothing of their lesion: no measure, no state, no reason."""
    out = (rows.cells.state == State.BLANK) & rows.blank("reason")
    for measure in MEASURES:
        out &= rows.blank(measure)
    return np.asarray(out)


def _compared(rows: Rows, again: Ints, first: Ints) -> tuple[Bools, Words, Bools]:
    """Whether two rows differ, the column to look at, and whether they have a measure or a state in
    common.
    """
    differs, common = np.zeros(len(again), np.bool_), np.zeros(len(again), np.bool_)
    column = np.full(len(again), "lesion", dtype=object)
    for name in (m for m in MEASURES if m in rows):
        codes, value, given = rows.codes(name)[0], rows.cells.measure(name).value, ~rows.blank(name)
        both = given[again] & given[first]
        unlike = both & (codes[again] != codes[first]) & ~(value[again] == value[first])
        column = np.where((unlike & ~differs) | (given[again] & (column == "lesion")), name, column)
        differs, common = differs | unlike, common | both
    for name, state in (("state", rows.cells.state), ("role", rows.cells.role)):
        unlike = (state[again] != state[first]) & ~differs
        column = np.where(
            (unlike | (column == "lesion")) & (name in rows) & (name == "state"), name, column
        )
        column = np.where(unlike & (name == "role"), name, column)
        differs = differs | unlike
    return differs, column, common | (rows.cells.state[again] != State.MEASURED)


@check("S04", needs={"responses": ("overall",)}, follows=("S02",))
def duplicate_response_at_visit(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """A second overall response of one evaluator, criterion and visit, among the accepted
    records.
    """
    rows = data["responses"]
    key, _ = number_rows(rows.timepoint, rows.codes("criteria")[0])
    given = ~rows.blank("overall")
    if "accepted" in rows:  # where a record is accepted, the others at its place do not count
        accepted = parse_flags(rows.table.column("accepted"))
        given &= (accepted == 1) | ((accepted != 0) & ~np.isin(key, key[accepted == 1]))
    before = group(key, where=given).previous()
    again = np.flatnonzero(before >= 0)
    first = before[again]
    yield Hits(
        table="responses",
        rows=again,
        column="overall",
        related=first,
        expected="one overall response per visit",
        message="a second overall response at visit {visit} by one evaluator: {value} after "
        "{other}",
        parts={"other": rows.text("overall", first)},
    )


@check("S05", needs={"TR": ("USUBJID", "TRLNKID"), "TU": ("USUBJID", "TULNKID")})
def measurement_without_lesion(data: Data, parameters: Parameters) -> Hits:
    """A TR row whose lesion is not identified in TU for the same subject and reader; one finding a
    lesion.
    """
    rows = data["TR"]
    reader = evaluator(rows.table, "TR").trimmed.codes
    lesions = group(
        rows.codes("USUBJID")[0], reader, rows.codes("TRLNKID")[0], where=_unidentified(data)
    )
    first = np.flatnonzero(lesions.is_first())
    return Hits(
        table="TR",
        rows=first,
        column="TRLNKID",
        expected="a lesion identified in TU",
        parts={"number": lesions.size[lesions.number[first]]},
        message="{value} has results ({number} in TR), but is not identified in TU",
    )


@check("S06", needs={"lesions": ()}, blank_allowed=True, follows=("S02",))
def lesion_without_measurement(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """A target or non-target lesion of which no row says anything, or a non-target without a result
    at baseline.

    A target without a result at baseline, and some later, is reported by L06.
    """
    rows = data["lesions"]
    silent, role = _silent(rows), rows.cells.role
    asked = silent & ((role == Role.TARGET) | (role == Role.NON_TARGET))
    if not asked.any():
        return
    never = asked & ~of_lesions(rows, ~silent)
    yield flag(
        "lesions",
        never & (rows.first_row == np.arange(rows.n)),
        "{lesion} is identified, but no visit has a result of it",
        "lesion",
        expected="a result",
    )
    unseen = asked & ~never & (rows.order == 0) & (role == Role.NON_TARGET)
    unseen &= ~of_lesions(rows, ~silent & (rows.order == 0))
    yield Hits(
        table="lesions",
        rows=first_of(rows.lesion, where=unseen),
        column="state" if "state" in rows else "lesion",
        expected="a result",
        message="non-target {lesion} has no result at baseline (visit {visit}), but later ones",
    )


@check("S07", needs={"subjects": ()}, follows=("S02",))
def unknown_subject(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """A subject that the subjects table does not have; one finding a subject, at its first row."""
    known = np.isin(np.arange(len(data.subjects)), data["subjects"].subject) | (data.subjects == "")
    names = [*data.tables]
    has = np.array([np.isin(np.arange(len(known)), data[n].subject) for n in names]).reshape(
        len(names), len(known)
    )
    for place, name in enumerate(names):
        mine = has[place] & ~known & ~has[:place].any(axis=0)
        rows = data[name]
        at = first_of(rows.subject, where=mine[rows.subject])
        where = [
            ", ".join(n for n, h in zip(names, has[:, c], strict=True) if h)
            for c in rows.subject[at].tolist()
        ]
        yield Hits(
            table=name,
            rows=at,
            column="subject",
            expected="a subject of the subjects table",
            parts={"where": np.array(where, dtype=object)},
            names={"visit": "", "lesion": "", "date": ""},
            message="{value} is not in the subjects table, but in {where}",
        )


def whole(data: Data, name: str) -> bool:
    """Whether there is a table of this name with its required columns."""
    return name in data.tables and not data.tables.missing_columns(name)


@check("S08", needs={"lesions": (), "responses": ()}, follows=("S02", "S07"))
def response_visit_without_measurements(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """A response at a visit at which no lesion was assessed; one finding for a track without any
    lesion. An evaluator of responses alone beside two readers, who chooses between theirs, is one
    note.
    """
    same_evaluators(data)
    rows, points = data["responses"], data.timepoints
    given = {c: rows.responses(c) > Response.NE for c in ("overall", "target") if c in rows}
    some = np.logical_or.reduce([*given.values(), np.zeros(rows.n, dtype=np.bool_)])
    seen = np.isin(rows.track, points.track[points.lesions >= 0])
    alone = _responses_alone(data)
    none = group(rows.track, where=some & ~seen & ~alone)
    first = np.flatnonzero(none.is_first())
    column = next(iter(given), "overall")
    yield Hits(
        table="responses",
        rows=first,
        column=column,
        parts={"number": none.size[none.number[first]]},
        expected="lesion rows",
        names={"visit": "", "date": ""},
        message="{subject} has {number} response(s) by this evaluator, and no lesion row at all",
    )
    yield Hits(
        table="responses",
        rows=np.flatnonzero(group(rows.evaluator, where=some & alone).is_first()),
        column="evaluator",
        severity="note",
        expected="lesion rows",
        names={"subject": "", "visit": "", "date": ""},
        message="{evaluator} has responses and in the whole study no lesion row: an adjudicator?",
    )
    empty = (points.lesions[rows.timepoint] < 0) & seen
    for name, mask in given.items():
        yield flag(
            "responses",
            mask & empty,
            "{column} response {value} at visit {visit}, where no lesion was assessed",
            name,
            expected="lesion rows at this visit",
        )
        empty = empty & ~mask


def _responses_alone(data: Data) -> Bools:
    """Rows of responses of an evaluator who has no lesion row in the whole study, where two others have
    both lesions and responses.
    """
    if "evaluator" not in data["responses"]:
        return np.zeros(data["responses"].n, dtype=np.bool_)
    (code, names), (_, readers) = (data[n].codes("evaluator") for n in ("responses", "lesions"))
    reads = np.isin(names, readers)
    alone = ~reads & (names != "") & (np.count_nonzero(reads & (names != "")) >= 2)
    return np.asarray(alone[code], dtype=np.bool_)


def _blank_overall(data: Data) -> Iterator[Hits]:
    """Rows of responses after baseline whose overall response alone of its track is blank, where lesions
    were assessed and no word says that it was not done.
    """
    rows, points = data["responses"], data.timepoints
    if "overall" not in rows:
        return
    blank = rows.blank("overall")
    later = (rows.order > 0) & (points.lesions[rows.timepoint] >= 0) & data.own_criteria
    count, silent = (
        np.bincount(rows.track[later & w], minlength=data.n_tracks) for w in (~blank, blank)
    )
    bad = later & blank & ((count >= 2) & (silent == 1))[rows.track]
    bad &= ~np.isin(rows.timepoint, rows.timepoint[~blank])  # another row may give it
    for column in ("status", "reason"):
        if column in rows:
            bad &= rows.blank(column)
    yield flag(
        "responses",
        bad,
        "lesions were assessed at visit {visit}, and no overall response is given there",
        "overall",
        expected="an overall response",
    )


@check("S09", needs={"lesions": (), "responses": ()}, follows=("S02", "D08", "=W01"))
def measurements_without_response(data: Data, parameters: Parameters) -> Iterator[Hits]:
    """Lesions assessed after baseline at a visit without a response row, or with a row that gives no
    overall response where all others of its track do; one finding for a track without any.
    """
    same_evaluators(data)
    points = data.timepoints
    yield from _blank_overall(data)
    alone = (points.order > 0) & (points.lesions >= 0) & (points.responses < 0)
    answered = np.isin(points.track, points.track[points.responses >= 0])
    at = points.lesions[alone & answered]
    yield Hits(
        table="lesions",
        rows=at[order_rows(at)],
        column="visit",
        expected="a response row at this visit",
        names={"lesion": ""},
        message="lesions were assessed at visit {visit}, but no response is given",
    )
    never = group(points.track, where=alone & ~answered)
    first = points.lesions[never.first()]
    order = order_rows(first)
    yield Hits(
        table="lesions",
        rows=first[order],
        column="visit",
        expected="response rows",
        parts={"number": never.size[order]},
        names={"lesion": ""},
        message="{subject} has lesions assessed at {number} visit(s) after baseline, and no "
        "response at all, "
        "the first at visit {visit}",
    )
