"""Findings: a table with one query a row, the state of every check beside it, and what was checked.

Input: the hits of the checks. Output: `Findings`, whose columns are text except ``row``. A finding
that follows from an earlier one at the same place names it in ``caused_by``; the written forms fold
it under its cause and say how many were folded.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from string import Formatter
from typing import Any

import numpy as np
import numpy.typing as npt

from nettumor._sealed import alike
from nettumor._whole_file import write_whole
from nettumor.crf import occurrence
from nettumor.crf.columns import Words
from nettumor.crf.intake import intake_table, summary
from nettumor.edit_checks.engine.configuration import NO_CONFIGURATION, Configuration
from nettumor.edit_checks.engine.register import SEVERITIES, Check, Hits
from nettumor.errors import InputError
from nettumor.tables import Table, csv_text, no_formula

COLUMNS = (
    "check",
    "severity",
    "table",
    "row",
    "subject",
    "evaluator",
    "visit",
    "lesion",
    "column",
    "value",
    "expected",
    "message",
    "caused_by",
    "date",
    "related",
)


class Findings(Table):
    """Every finding of a run, one query a row.

    Attributes
    ----------
    runs : Table
        check, name, severity, status (passed, findings, skipped, failed), reason, count.
    inputs : Table
        table, name, kind, path, sha256, rows.
    intake : Table
        What came in and how it was taken (see `nettumor.crf.Tables`).
    parameters : mapping of str to mapping
        The parameters of each check as they were used.
    criteria, criteria_digest, version : str
        The criteria's name and digest, and the version of this library.
    configuration : Configuration
        The study's own configuration.
    cause : ndarray of int
        For each finding the place of the finding it follows from, -1 for none.

    Examples
    --------
    >>> from nettumor import edit_checks
    >>> found = edit_checks.run({"lesions": {"subject": ["01"], "lesion": ["T01"], "role": ["TARGET"],
    ...                                      "visit": [""], "size": [9]}}, checks=["S02"])
    >>> found["check"].tolist(), found["row"].tolist(), found.runs["status"].tolist()
    (['S02'], [0], ['findings'])
    """

    def __init__(
        self,
        columns: Mapping[str, npt.ArrayLike],
        *,
        runs: Table,
        inputs: Table,
        parameters: Mapping[str, Mapping[str, Any]],
        criteria: str,
        criteria_digest: str,
        version: str,
        cause: npt.NDArray[np.int64],
        configuration: Configuration = NO_CONFIGURATION,
        intake: Table | None = None,
    ) -> None:
        super().__init__(columns)
        self.intake = intake_table([]) if intake is None else intake
        self.configuration = configuration
        self.runs, self.inputs, self.parameters = runs, inputs, parameters
        self.criteria, self.criteria_digest, self.version, self.cause = (
            criteria,
            criteria_digest,
            version,
            cause,
        )

    def __eq__(self, other: object) -> bool:
        found = super().__eq__(other)
        if found is not True or not isinstance(other, Findings):
            return found
        own, its = ({n: v for n, v in vars(f).items() if n != "_columns"} for f in (self, other))
        return alike(own, its)

    __hash__ = None

    def __repr__(self) -> str:
        status = self.runs["status"].tolist()
        states = ", ".join(
            f"{status.count(s)} {s}" for s in ("passed", "findings", "skipped", "failed")
        )
        severity = self["severity"].tolist()
        counts = ", ".join(f"{severity.count(s)} {s}" for s in SEVERITIES)
        folded = (
            f"; {np.count_nonzero(self.cause >= 0)} follow from others"
            if (self.cause >= 0).any()
            else ""
        )
        names, number = np.unique(self["check"], return_counts=True)
        most = [f"  {names[i]}: {number[i]}" for i in np.argsort(-number, kind="stable")[:10]]
        not_plain = summary(self.intake)
        head = f"{not_plain}; {self.n_rows}" if not_plain else f"{self.n_rows}"
        return "\n".join((f"{head} findings ({counts}{folded})", f"  checks: {states}", *most))

    def selected(
        self, *, folded: bool = True, severity: str = "note", limit: int | None = None
    ) -> tuple[Table, str]:
        """The findings to show, and a sentence that says what is not shown ("" for nothing).

        Parameters
        ----------
        folded : bool
            Leave out what follows from another finding that is shown; the column ``folded`` counts
            it there.
        severity : {"error", "warning", "note"}
            The least severity shown.
        limit : int, optional
            The most rows shown: of every check its first ones, so that one with many hides no
            other.

        Returns
        -------
        table : Table
        left_out : str
        """
        rank = ranks(self["severity"])
        shown = rank <= SEVERITIES.index(severity)
        said = [f"{np.count_nonzero(~shown)} below {severity}"] if not shown.all() else []
        follows = self.cause >= 0
        counts = (
            np.bincount(self.cause[follows], minlength=self.n_rows)
            if self.n_rows
            else np.empty(0, np.int64)
        )
        follows &= shown[self.cause]  # what follows from a finding that is not shown is
        if folded and (shown & follows).any():
            said.append(f"{np.count_nonzero(shown & follows)} that follow from another finding")
            shown = shown & ~follows
        rows = np.flatnonzero(shown)
        if limit is not None and len(rows) > limit:
            rows, more = _capped(rows, self["check"][rows], rank[rows], limit)
            said.append(more)
        columns = {name: array[rows] for name, array in self.items()}
        if folded:
            columns["folded"] = counts[rows]
        return Table(columns), f"Not shown: {'; '.join(said)}." if said else ""

    def to_csv(
        self,
        path: str | Path | None = None,
        *,
        folded: bool = True,
        severity: str = "note",
        limit: int | None = None,
        spreadsheet: bool = True,
    ) -> str:
        """One query a line (UTF-8 with its mark where written, for Excel); the last line says what
        is left out.

        ``spreadsheet``: cells that a spreadsheet would take for a formula are written with an
        apostrophe before them.
        """
        table, left_out = self.selected(folded=folded, severity=severity, limit=limit)
        cells = zip(*(a.tolist() for a in table.values()), strict=True)
        rows: list[list[object]] = [list(table), *map(list, cells)]
        if spreadsheet:
            rows = [[no_formula(v) for v in row] for row in rows]
        text = csv_text([*rows, [left_out]] if left_out else rows)
        if path is not None:
            write_whole(path, text, "utf-8-sig")
        return text

    def to_json(
        self,
        path: str | Path | None = None,
        *,
        folded: bool = False,
        severity: str = "note",
        limit: int | None = None,
    ) -> str:
        """Everything as one JSON object: about, runs, inputs, findings, left_out."""
        from nettumor.edit_checks.reports.outputs import written_json

        return written_json(self, path, folded=folded, severity=severity, limit=limit)

    def to_core_json(self, path: str | Path | None = None) -> str:
        """The findings in the shape of a CDISC CORE report (Conformance_Details, Issue_Summary,
        Issue_Details, ...).
        """
        from nettumor.edit_checks.reports.outputs import written_core

        return written_core(self, path)

    def to_html(
        self,
        path: str | Path | None = None,
        *,
        folded: bool = True,
        severity: str = "note",
        limit: int = 20_000,
    ) -> str:
        """One self-contained page: filters by severity, check and subject; each query with its
        sentence and source.
        """
        from nettumor.edit_checks.reports.page import written_html

        return written_html(self, path, folded=folded, severity=severity, limit=limit)

    def to_xlsx(
        self,
        path: str | Path,
        *,
        folded: bool = True,
        severity: str = "note",
        limit: int = 1_000_000,
    ) -> None:
        """A workbook of the queries, the checks and the inputs (extra ``xlsx``); identifiers stay
        text.
        """
        from nettumor.edit_checks.reports.outputs import written_workbook

        written_workbook(self, path, folded=folded, severity=severity, limit=limit)

    def counts(self, column: str, *, folded: bool = True) -> Table:
        """How many errors, warnings and notes a column's values have, the worst first.

        Parameters
        ----------
        column : str
            "check", "subject", "evaluator", "table", "severity", ...
        folded : bool
            Leave out what follows from another finding.

        Returns
        -------
        Table
            The column, then error, warning, note.
        """
        use = np.flatnonzero(self.cause < 0) if folded else np.arange(self.n_rows)
        words, codes = np.unique(self[column][use], return_inverse=True)
        rank = ranks(self["severity"][use])
        count = np.bincount(codes * 3 + rank, minlength=3 * len(words)).reshape(-1, 3)
        order = np.lexsort((np.arange(len(words)), *-count.T[::-1]))
        return Table(
            {column: words[order], **{s: count[order, i] for i, s in enumerate(SEVERITIES)}}
        )


def _capped(
    rows: npt.NDArray[np.int64], check: npt.NDArray[Any], rank: npt.NDArray[np.int64], limit: int
) -> tuple[npt.NDArray[np.int64], str]:
    """The rows shown under a limit, the first of each check, then the second, ...; and what is left
    out, by check.
    """
    names, codes = np.unique(check, return_inverse=True)
    turn = np.lexsort((np.arange(len(rows)), rank, occurrence(codes)))
    over = np.bincount(codes[turn[limit:]], minlength=len(names))
    most = np.argsort(-over, kind="stable")[: np.count_nonzero(over)]
    told = ", ".join(f"{over[i]} of {names[i]}" for i in most[:5])
    rest = f", and of {len(most) - 5} other checks" if len(most) > 5 else ""
    return np.sort(rows[turn[:limit]]), f"{len(rows) - limit} beyond {limit} ({told}{rest})"


def ranks(severity: npt.NDArray[Any]) -> npt.NDArray[np.int64]:
    """0 for an error, 1 for a warning, 2 for a note."""
    return np.select([severity == SEVERITIES[0], severity == SEVERITIES[1]], [0, 1], 2).astype(
        np.int64
    )


def written(values: Any, count: int) -> Words:
    """Parts of a message as text: numbers with at most four decimals, "" for NaN."""
    array = np.asarray(values)
    if array.ndim == 0:
        return np.repeat(written(array.reshape(1), 1), count)
    if array.dtype.kind != "f":
        return _objects([*map(str, array.tolist())])
    distinct, codes = np.unique(array, return_inverse=True)
    words = [f"{v:.4f}".rstrip("0").rstrip(".") if v == v else "" for v in distinct.tolist()]
    return _objects(["0" if w == "-0" else w for w in words])[codes]


def _objects(words: list[str]) -> Words:
    out = np.empty(len(words), dtype=object)
    out[:] = words
    return out


def texts(hits: Hits, columns: Mapping[str, Words]) -> Words:
    """The messages of hits; only the fields that the template names are written."""
    count = len(hits.rows)
    named = {field for _, field, _, _ in Formatter().parse(hits.message) if field is not None}
    if not named:
        return written(hits.message.replace("{{", "{").replace("}}", "}"), count)
    known = {**columns, **hits.parts}
    if not named <= known.keys():
        raise InputError(
            f"`message` names {', '.join(sorted(named - known.keys()))}; known: "
            f"{', '.join(known)}.",
            argument="message",
        )
    fields = [written(hits.parts[n], count) if n in hits.parts else columns[n] for n in named]
    template, names = hits.message, tuple(named)
    rows = zip(*(f.tolist() for f in fields), strict=True)
    return _objects([template.format_map(dict(zip(names, row, strict=True))) for row in rows])


def causes(
    checks: Sequence[Check],
    check: npt.NDArray[np.int64],
    rank: npt.NDArray[np.int64],
    track: npt.NDArray[np.int64],
    order: npt.NDArray[np.int64],
    lesion: npt.NDArray[np.int64],
    subject: npt.NDArray[np.int64],
    alone: npt.NDArray[np.int64],
    *,
    n_tracks: int,
    apart: Sequence[tuple[str, ...]],
) -> npt.NDArray[np.int64]:
    """For each finding the place of an earlier one at the same place that explains it, -1 for none.

    A cause lies in the same track (or, where one of the two has no track, in the same subject), at
    the same timepoint or before (one without a timepoint holds throughout), at the same lesion
    where both name one, and is no note unless the follower is; of several the nearest in time, then
    the first check. One named with "=" before it explains only what is found at the very same
    timepoint (or has none), and goes before the others. Where the cause is caused itself, the
    answer is the first of the chain: the one query that is shown for all of them.

    Parameters
    ----------
    checks : sequence of Check
        All checks of the run.
    check, rank : ndarray of int
        Each finding's place in ``checks`` and its severity (0 error).
    track, order, lesion, subject : ndarray of int
        Codes; -1 for none. What has neither track nor subject causes nothing.
    alone : ndarray of int
        For each finding the place in ``apart`` of the checks that do not explain it, although its
        check follows them.
    n_tracks : int
        Codes of tracks from there on stand for the rows of a subject in a table that has no tracks.
    """
    cause = np.full(len(check), -1, dtype=np.int64)
    tracked = (track >= 0) & (track < n_tracks)
    no_time, no_lesion = np.where(tracked, order, -1), np.full(len(check), -1, dtype=np.int64)
    for place, without in _followers(checks, check, alone):
        mine = (check == place) & (alone == without)
        follows = tuple(n for n in checks[place].follows if n.lstrip("=") not in apart[without])
        here = tuple(n[1:] for n in follows if n[0] == "=")
        for names, same in ((here, True), (follows, False)):
            wanted = [i for i, c in enumerate(checks) if i != place and _named(c, names)]
            theirs = np.isin(check, wanted) & (cause < 0)
            for key, when, where, a, b in (
                (track, order, lesion, track >= 0, track >= 0),
                (subject, no_time, no_lesion, ~tracked, tracked),
                (subject, no_time, no_lesion, tracked, ~tracked),
            ):
                free = np.flatnonzero(mine & (cause < 0) & a & (key >= 0))
                group = np.flatnonzero(theirs & b & (key >= 0))
                if not len(free) or not len(group):
                    continue
                found = _nearest(free, group, rank, key, when, where)
                elsewhere = (when[found] != when[free]) & (when[found] >= 0) & (when[free] >= 0)
                cause[free] = np.where(same & (found >= 0) & elsewhere, -1, found)
    return _roots(cause)


def _followers(
    checks: Sequence[Check], check: npt.NDArray[np.int64], alone: npt.NDArray[np.int64]
) -> list[tuple[int, int]]:
    """The checks that follow others and found something, in order, each with the places of
    ``alone`` it has.
    """
    pairs = np.unique(np.stack([check, alone], axis=1), axis=0).tolist() if len(check) else []
    return [(place, without) for place, without in pairs if checks[place].follows]


def _roots(cause: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Each cause followed to the first of its chain; it was free itself when it was taken, so no
    chain is a ring.
    """
    while True:
        further = np.where(cause >= 0, cause[cause], -1)
        if (further < 0).all():
            return cause
        cause = np.where(further >= 0, further, cause)


def _named(check: Check, names: tuple[str, ...]) -> bool:
    return check.id in names or check.id[0] in names


def _nearest(
    mine: npt.NDArray[np.int64],
    theirs: npt.NDArray[np.int64],
    rank: npt.NDArray[np.int64],
    track: npt.NDArray[np.int64],
    order: npt.NDArray[np.int64],
    lesion: npt.NDArray[np.int64],
) -> npt.NDArray[np.int64]:
    """The cause of each of ``mine`` among ``theirs``: the last in time that is not after it."""
    far = np.iinfo(np.int64).max // 4
    out = np.full(len(mine), -1, dtype=np.int64)
    lasting = np.where(order[theirs] < 0, -1, order[theirs])
    until = np.where(order[mine] < 0, far, order[mine])
    for at_lesion in (True, False):
        for noted in (0, 2):  # causes above note; then notes, which explain notes only
            group = theirs[(rank[theirs] < 2) if noted == 0 else (rank[theirs] == 2)]
            when = lasting[(rank[theirs] < 2) if noted == 0 else (rank[theirs] == 2)]
            free = (out < 0) & (rank[mine] >= noted)
            if at_lesion:
                group, when = group[lesion[group] >= 0], when[lesion[group] >= 0]
                free &= lesion[mine] >= 0
            else:  # one of the two names no lesion
                free &= True
            found = _last_before(group, when, mine, until, track, lesion if at_lesion else None)
            other = (
                (lesion[group[found]] >= 0) & (lesion[mine] >= 0)
                if len(group)
                else np.zeros(len(mine), bool)
            )
            good = free & (found >= 0) & (at_lesion | ~other)
            out[good] = group[found[good]]
    return out


def _last_before(
    group: npt.NDArray[np.int64],
    when: npt.NDArray[np.int64],
    mine: npt.NDArray[np.int64],
    until: npt.NDArray[np.int64],
    track: npt.NDArray[np.int64],
    lesion: npt.NDArray[np.int64] | None,
) -> npt.NDArray[np.int64]:
    """For each of ``mine`` the place in ``group`` of the last one with its key whose time is not
    after; -1.
    """
    if not len(group):
        return np.full(len(mine), -1, dtype=np.int64)
    key = track if lesion is None else track * (int(lesion.max()) + 2) + lesion + 1
    _, codes = np.unique(np.concatenate([key[group], key[mine]]), return_inverse=True)
    # rows of group and mine sorted by key, then time; a member of the group before one of mine at
    # the same time
    times = np.concatenate([when, until])
    is_mine = np.repeat([0, 1], [len(group), len(mine)])
    order = np.lexsort((is_mine, times, codes))
    seen = np.where(is_mine[order] == 0, order, -1)
    place = np.maximum.accumulate(np.where(seen >= 0, np.arange(len(order)), -1))
    held = np.where(place >= 0, seen[np.maximum(place, 0)], -1)
    same = (held >= 0) & (codes[np.maximum(held, 0)] == codes[order])
    out = np.full(len(order), -1, dtype=np.int64)
    out[order] = np.where(same, held, -1)
    return out[len(group) :]
