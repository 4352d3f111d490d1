"""Findings: a table with one query a row, the state of every check beside it, and what was checked.

Input: the hits of the checks. Output: `Findings`, whose columns are text except ``row``. A finding
that follows from an earlier one at the same place names it in ``caused_by``; the written forms fold
it under its cause and say how many were folded. Each has a key that stays from run to run, by which
`Findings.compare` says what is new, still open, changed or gone.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from nettumor._whole_file import write_whole
from nettumor.crf import occurrence
from nettumor.crf.intake import summary
from nettumor.edit_checks.engine.found import Found, ranks
from nettumor.edit_checks.engine.register import SEVERITIES
from nettumor.edit_checks.engine.run_before import (
    ANSWERS,
    Previous,
    compared_with,
    previous_table,
)
from nettumor.edit_checks.reports.outputs import written_core, written_json
from nettumor.edit_checks.reports.page import written_html
from nettumor.edit_checks.reports.workbook import check_limit, workbook_class, write_book
from nettumor.errors import InputError
from nettumor.rows import order_rows
from nettumor.tables import Table, csv_text, no_formula


class Findings(Found):
    """Every finding of a run, one query a row.

    Attributes
    ----------
    runs : Table
        check, name, severity, status (passed, findings, skipped, failed), reason, count, looked_at
        (places it could read) and unreadable (places that hold what cannot be read).
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
    subjects : ndarray of str
        Every subject of the tables, with findings or without.

    Examples
    --------
    >>> from nettumor import edit_checks
    >>> found = edit_checks.run({"lesions": {"subject": ["01"], "lesion": ["T01"], "role": ["TARGET"],
    ...                                      "visit": [0], "size": [9]}}, checks=["L03"])
    >>> found["check"].tolist(), found["row"].tolist(), found.runs["status"].tolist()
    (['L03'], [0], ['findings'])
    """

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
        most = [f"  {names[i]}: {number[i]}" for i in order_rows(-number)[:10]]
        not_plain = summary(self.intake)
        head = f"{not_plain}; {self.n_rows}" if not_plain else f"{self.n_rows}"
        return "\n".join((f"{head} findings ({counts}{folded})", f"  checks: {states}", *most))

    def selected(
        self,
        *,
        folded: bool = True,
        severity: str = "note",
        limit: int | None = None,
        since: Previous | None = None,
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
        since : Findings or path, optional
            An earlier run: the columns of `compare` are added, and what is gone.

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
        table = Table(columns)
        if since is not None:
            table = compared_with(table, since, still_there=self["key"], states=self._states())
        return table, f"Not shown: {'; '.join(said)}." if said else ""

    def _states(self) -> dict[str, str]:
        return dict(zip(self.runs["check"].tolist(), self.runs["status"].tolist(), strict=True))

    def compare(self, previous: Previous, *, folded: bool = True) -> Table:
        """What became of the queries since an earlier run, by their keys.

        Parameters
        ----------
        previous : Findings or path
            The earlier run, or the .csv, .json or .xlsx file it was written to.
        folded : bool
            Leave out what follows from another finding, in both runs.

        Returns
        -------
        Table
            The columns of the findings, and ``since``: "new", "open" (found again), "changed" (with
            another value, expectation or severity), "gone", or "not checked" (its check could not
            run now). Columns that were added to the file (``status``, ``comment``) are carried
            along.

        Raises
        ------
        InputError
            Where the file cannot be read, or holds no findings.

        Examples
        --------
        >>> from nettumor import edit_checks
        >>> lesions = {"subject": ["01", "02"], "lesion": ["T01", "T01"], "role": ["TARGET"] * 2,
        ...            "visit": [0, 0], "size": [9, 8]}
        >>> before = edit_checks.run({"lesions": lesions}, checks=["L03"])
        >>> now = edit_checks.run({"lesions": {**lesions, "size": [9.5, 30]}}, checks=["L03"])
        >>> table = now.compare(before)
        >>> table["subject"].tolist(), table["since"].tolist()
        (['01', '02'], ['changed', 'gone'])
        """
        return self.selected(folded=folded, since=previous)[0]

    def to_csv(
        self,
        path: str | Path | None = None,
        *,
        folded: bool = True,
        severity: str = "note",
        limit: int | None = None,
        spreadsheet: bool = True,
        since: Previous | None = None,
    ) -> str:
        """One query a line (UTF-8 with its mark where written, for Excel), and nothing else:
        `selected` says what is left out.

        ``spreadsheet``: cells that a spreadsheet would take for a formula are written with an
        apostrophe before them. ``since``: an earlier run, as in `compare`.
        """
        table, _ = self.selected(folded=folded, severity=severity, limit=limit, since=since)
        cells = zip(*(a.tolist() for a in table.values()), strict=True)
        rows: list[list[object]] = [list(table), *map(list, cells)]
        if spreadsheet:
            rows = [[no_formula(v) for v in row] for row in rows]
        text = csv_text(rows)
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
        since: Previous | None = None,
    ) -> str:
        """Everything as one JSON object: intake, patients (`matrix`), about, runs, inputs,
        findings, left_out.
        """
        shown = self.selected(folded=folded, severity=severity, limit=limit, since=since)
        return written_json(self, path, *shown)

    def to_core_json(self, path: str | Path | None = None) -> str:
        """The findings in the shape of a CDISC CORE report (Conformance_Details, Issue_Summary,
        Issue_Details, ...).
        """
        return written_core(self, path)

    def to_html(
        self,
        path: str | Path | None = None,
        *,
        folded: bool = True,
        severity: str = "note",
        limit: int = 100_000,
        since: Previous | None = None,
    ) -> str:
        """One self-contained page: what was read, patients by groups of checks, and the queries,
        errors first, with filters and sorting; each with its sentence and source.
        """
        shown = self.selected(folded=folded, severity=severity, limit=limit, since=since)
        return written_html(self, path, *shown)

    def to_xlsx(
        self,
        path: str | Path,
        *,
        folded: bool = True,
        severity: str = "note",
        limit: int = 1_000_000,
        since: Previous | None = None,
        answers: str | Path | None = None,
    ) -> None:
        """A workbook of the queries, the patients, the checks and the inputs (extra ``xlsx``);
        identifiers stay text.

        The queries have columns ``status`` and ``comment`` to write in. They are kept, by key, from
        the workbook ``answers`` (by default the file that is written over), or from ``since``.
        """
        workbook_class()
        check_limit(limit)
        table, left_out = self.selected(folded=folded, severity=severity, limit=limit, since=since)
        kept = None
        if answers is not None:
            kept = _answered(answers)
        elif Path(path).is_file():
            kept = _answered(path)
            _refuse_loss(kept, table, self.runs)
        write_book(self, path, table, left_out, kept)

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
        order = order_rows(*-count.T)
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
    turn = order_rows(occurrence(codes), rank)
    over = np.bincount(codes[turn[limit:]], minlength=len(names))
    most = order_rows(-over)[: np.count_nonzero(over)]
    told = ", ".join(f"{over[i]} of {names[i]}" for i in most[:5])
    rest = f", and of {len(most) - 5} other checks" if len(most) > 5 else ""
    return np.sort(rows[turn[:limit]]), f"{len(rows) - limit} beyond {limit} ({told}{rest})"


def _refuse_loss(kept: Table, table: Table, runs: Table) -> None:
    """Raise where the file that is written over holds answers to queries of checks that did not run:
    whether these are gone is not known.
    """
    states = dict(zip(runs["check"].tolist(), runs["status"].tolist(), strict=True))
    here = {*table["key"].tolist()}
    said = [kept[name].tolist() for name in ANSWERS if name in kept]
    rows = zip(kept["key"].tolist(), kept["check"].tolist(), *said, strict=True)
    lost = [
        check
        for key, check, *words in rows
        if any(words) and key not in here and states.get(check) not in ("passed", "findings")
    ]
    if lost:
        raise InputError(
            f"`path` holds answers to queries of checks that did not run ({len(lost)}, the first of "
            f"{lost[0]}), which would be lost. Give the file as `since`, too, or another name.",
            argument="path",
        )


def _answered(path: str | Path) -> Table:
    """The findings of the workbook that is written over, refused where it holds none."""
    try:
        return previous_table(path)
    except InputError:
        raise InputError(
            f"`path` would be written over {Path(path).name!r}, which holds no findings of an earlier "
            "run whose answers could be kept. Give another name, or remove the file.",
            argument="path",
        ) from None
