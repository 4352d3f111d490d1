"""What an edit check is: data about it beside one pure function, and the hits the function gives
back.

The facts of the published checks (name, sentence, group, criteria, severity, level, example,
source) stand beside their module; it adds the function with `check`. A user's own check is made
with `register`. Input of a check function: the shared `Data` and its parameters. Output: `Hits`,
rows of one table with what was found and what was expected; texts are made only for the rows that
were hit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt
from attrs import evolve, field, frozen

from nettumor.criteria import Criteria
from nettumor.edit_checks.engine.facts import explained_by, fact_of, facts_of, words_of
from nettumor.errors import InputError, InputTypeError, choose, did_you_mean

SEVERITIES = ("error", "warning", "note")
GROUPS = (
    "structure",
    "lesion",
    "measurement",
    "sum",
    "target response",
    "non-target",
    "new lesion",
    "overall response",
    "date",
    "subject",
    "assessor",
    "marker",
    "urine",
    "diary",
    "criterion",
    "sdtm",
)
DATES = ("", "as given", "judged")
LEVELS = ("dataset", "site", "subject", "lesion", "visit", "lesion-visit", "row", "period")
Ints = npt.NDArray[np.int64]
Parameters = Mapping[str, Any]
Function = Callable[[Any, Parameters], "Hits | Iterable[Hits]"]
"""Takes the study's `Data`, which reads through this module, and so is not named here."""


Reader = Callable[[str, Any], object]
"""Raises an `InputError` where a parameter of that name cannot have that value."""


def _positions(rows: Any) -> Ints:
    return np.asarray(rows, dtype=np.int64).reshape(-1)


def _read_only(values: Mapping[str, Any]) -> Mapping[str, Any]:
    return MappingProxyType(dict(values))


class Skip(Exception):  # noqa: N818 - not an error: the check says that it cannot run, and why
    """Raised by a check function that cannot run on these tables; the reason goes into `.runs`."""


@frozen(eq=False, kw_only=True)
class Hits:
    """Rows that a check found, each array with one element per hit.

    Parameters
    ----------
    table : str
        The CRF table (or SDTM domain) the rows are of.
    rows : ndarray of int
        Positions in that table; -1 for a finding without a row (a column that is not there).
    message : str
        A template, e.g. ``"sum {value} mm, recomputed {expected} mm"``; the fields are ``value``,
        ``expected``, ``subject``, ``evaluator``, ``visit``, ``lesion``, ``column`` and the names in
        ``parts``.
    column : str
        The column at fault.
    value, expected : array_like or str, optional
        What was found (the cell's text if not given) and what was expected. Numbers are written
        out.
    parts : mapping of str to array_like or str
        Further fields of the message.
    related : array_like of int, optional
        The position of one other row that belongs to the finding, -1 for none.
    related_table : str
        The table of ``related``, if another.
    severity : str or array_like of str
        In place of the check's own severity.
    names : mapping of str to array_like or str
        In place of the row's ``subject``, ``evaluator``, ``visit``, ``lesion`` or ``date``.
    apart_from : tuple of str
        Checks that do not explain these hits, although the check follows them.
    length : int, optional
        The rows of the table as the check took it; another number fails the check.
    """

    table: str
    rows: Any = field(converter=_positions)
    message: str
    column: str = ""
    value: Any = None
    expected: Any = ""
    parts: Mapping[str, Any] = field(factory=dict)
    related: Any = None
    related_table: str = ""
    severity: Any = ""
    names: Mapping[str, Any] = field(factory=dict)
    apart_from: tuple[str, ...] = ()
    length: int | None = None


def flag(
    table: str,
    where: npt.NDArray[np.bool_],
    message: str,
    column: str = "",
    *,
    value: Any = None,
    expected: Any = "",
    related: Any = None,
    severity: Any = "",
    names: Mapping[str, Any] | None = None,
    apart_from: tuple[str, ...] = (),
    **parts: Any,
) -> Hits:
    """Hits where a mask over all rows of a table is True; an array is over all rows, too, one value
    is for all.

    Raises
    ------
    InputError
        Where an array beside the mask has another length; a mask of another length than the table
        fails its check.
    """
    mask = np.asarray(where)
    if mask.dtype != np.bool_ or mask.ndim != 1:
        raise InputTypeError(
            f"`where` must be a mask, one True or False a row; got {mask.dtype} of shape "
            f"{mask.shape}. Give positions to Hits(rows=...).",
            argument="where",
        )
    rows = np.flatnonzero(mask)
    beside = {"value": value, "expected": expected, "related": related, "severity": severity}
    for name, array in {**beside, **(names or {}), **parts}.items():
        if np.ndim(array) and len(array) != len(mask):
            raise InputError(
                f"`{name}` must have one element a row ({len(mask)}); got {len(array)}. Index it as "
                "the mask.",
                argument=name,
            )

    def at(array: Any) -> Any:
        return array if array is None or np.ndim(array) == 0 else np.asarray(array)[rows]

    return Hits(
        table=table,
        rows=rows,
        length=len(mask),
        message=message,
        column=column,
        value=at(value),
        expected=at(expected),
        related=at(related),
        severity=at(severity),
        parts={n: at(p) for n, p in parts.items()},
        names={n: at(p) for n, p in (names or {}).items()},
        apart_from=apart_from,
    )


def _families(criteria: Criteria) -> set[str]:
    """The words of `Check.criteria` that fit a criteria object."""
    found = {criteria.family} & {"RECIST 1.1", "RECIST 1.0", "mRECIST", "WHO"}
    return found | ({"iRECIST"} if getattr(criteria, "immune", False) else set())


@frozen(eq=False, kw_only=True)
class Check:
    """One edit check.

    Parameters
    ----------
    id, name, sentence : str
        Identifier ("U01"), short name, and what is at fault, in one sentence.
    group, level : str
        One of `GROUPS`, or a word of one's own; what a finding is about (row, visit, lesion,
        subject, ...).
    criteria : tuple of str
        The criteria it belongs to (RECIST 1.1, RECIST 1.0, mRECIST, WHO, iRECIST); empty: any.
    severity : {"error", "warning", "note"}
    needs : mapping of str to tuple of str
        Tables with the columns it cannot do without; ``"visit|date"`` where one of them is enough.
    blank_allowed : bool
        True: it runs although a needed column is blank throughout (it looks for blanks).
    parameters : mapping
        Their names and defaults.
    readers : mapping of str to callable
        By parameter, what reads its words: ``reader(name, value)`` raises an `InputError` for a value
        that it cannot read. It is asked before any check runs.
    follows : tuple of str
        Checks (or letters of groups: "M") whose finding at the same place, there or at an earlier
        timepoint, explains this one's; with "=" before it ("=T01") at the very same timepoint only,
        with "^" at that of the related row.
    dates : {"", "as given", "judged"}
        Which dates it reads: those that no check found wrong, or all as they are given; "judged":
        as given, and a date that it finds wrong is set aside before the other checks look.
    late : bool
        True: it runs after the others of its group.
    source, example : str
        The document that says so, and a bad row.
    function : callable
        ``function(data, parameters) -> Hits`` or an iterable of them. It changes nothing that another
        check reads: of long tables two threads run the checks.
    """

    id: str
    name: str
    sentence: str
    function: Function
    group: str = "custom"
    criteria: tuple[str, ...] = ()
    severity: str = field(default="error")
    level: str = "row"
    needs: Mapping[str, tuple[str, ...]] = field(factory=dict, converter=_read_only)
    blank_allowed: bool = False
    parameters: Mapping[str, Any] = field(factory=dict, converter=_read_only)
    readers: Mapping[str, Reader] = field(factory=dict, converter=_read_only)
    follows: tuple[str, ...] = ()
    dates: str = field(default="")
    late: bool = False
    source: str = ""
    example: str = ""

    @severity.validator
    def _severity(self, _attribute: object, value: object) -> None:
        choose("severity", value, SEVERITIES)

    @dates.validator
    def _dates(self, _attribute: object, value: object) -> None:
        choose("dates", value, DATES)

    def serves(self, criteria: Criteria) -> bool:
        """Whether it belongs to these criteria; iRECIST keeps the rules of RECIST 1.1 for lesions
        and sums.
        """
        return self.serves_families(_families(criteria))

    def serves_families(self, families: Iterable[str]) -> bool:
        """Whether it belongs to criteria of one of these families."""
        found = set(families)
        if "iRECIST" in found and self.group in GROUPS[:7]:
            found.add("RECIST 1.1")
        return not self.criteria or bool(found & set(self.criteria))

    def __repr__(self) -> str:
        return f"{self.id} {self.name} ({self.severity}): {self.sentence}"


_CHECKS: dict[str, Check] = {}
CHECKS: Mapping[str, Check] = MappingProxyType(_CHECKS)
"""The registry: identifier to `Check`, of every check that can be run."""

_PUBLISHED: dict[str, int] = {}
"""The checks of the package, each with its place in the run."""


def _criteria_of(text: str) -> tuple[str, ...]:
    """``"RECIST 1.1; 1.0"`` as names of criteria; () for any."""
    words = (w.split(" (")[0] for w in words_of(text))
    return tuple({"1.0": "RECIST 1.0"}.get(w, w) for w in words if w != "any")


def check(
    id: str,
    *,
    needs: Mapping[str, tuple[str, ...]],
    follows: tuple[str, ...] = (),
    blank_allowed: bool = False,
    dates: str = "",
    late: bool = False,
    doubt: str = "",
    readers: Mapping[str, Reader] | None = None,
    **parameters: Any,
) -> Callable[[Function], Function]:
    """Add the function of a check whose facts stand beside its module; ``parameters`` are its
    defaults.

    ``follows`` may name what other checks put in doubt (`IN_DOUBT`). ``doubt`` says what is doubtful
    about its rule: the check is then a note. ``readers`` are as those of `Check`.
    """

    def add(function: Function) -> Function:
        fact = fact_of(id, function.__module__)
        add_check(
            Check(
                id=id,
                name=fact["name"],
                sentence=" ".join(filter(None, (fact["sentence"], doubt))),
                group=fact["group"],
                criteria=_criteria_of(fact["criteria"]),
                severity="note" if doubt else fact["severity"],
                level=fact["level"],
                needs=needs,
                parameters=parameters,
                readers=readers or {},
                follows=follows,
                blank_allowed=blank_allowed,
                dates=dates,
                late=late,
                source=fact["source"],
                example=fact["example"],
                function=function,
            )
        )
        return function

    return add


def add_check(new: Check) -> None:
    """Put a check into the registry; an identifier is given once."""
    if new.id in _CHECKS:
        raise InputError(
            f"`id` must be new; {new.id!r} is {_CHECKS[new.id].name}. Take another.", argument="id"
        )
    _CHECKS[new.id] = new


def register(
    id: str,
    name: str,
    sentence: str,
    *,
    severity: str = "error",
    level: str = "row",
    group: str = "custom",
    needs: Mapping[str, tuple[str, ...]] | None = None,
    follows: tuple[str, ...] = (),
    blank_allowed: bool = False,
    source: str = "",
    example: str = "",
    **parameters: Any,
) -> Callable[[Function], Check]:
    """Make one's own check from a function, and put it into the registry.

    Parameters
    ----------
    id, name, sentence, severity, level, group, needs, follows, blank_allowed, source, example
        As for `Check`; an ``id`` that is not in the registry yet.
    **parameters
        Parameters of the check with their defaults.

    Returns
    -------
    callable
        A decorator that gives the `Check` back; `unregister` takes it out again.

    Examples
    --------
    >>> from nettumor import edit_checks
    >>> @edit_checks.register("X901", "liver-only", "A target lies outside the liver.", needs={"lesions": ("organ",)})
    ... def liver_only(data, parameters):
    ...     outside = data["lesions"].text("organ") != "LIVER"
    ...     return edit_checks.flag("lesions", outside, "{lesion} lies in {value}", "organ", expected="LIVER")
    >>> found = edit_checks.run({"lesions": {"subject": ["01"], "lesion": ["T01"], "role": ["TARGET"], "visit": [0],
    ...                                      "size": [20], "organ": ["LUNG"]}}, checks=["X901"])
    >>> found["message"].tolist()
    ['T01 lies in LUNG']
    >>> edit_checks.unregister("X901")
    """

    def make(function: Function) -> Check:
        if not callable(function):
            raise InputTypeError(
                f"`function` must be a function; got {function!r}.", argument="function"
            )
        new = Check(
            id=id,
            name=name,
            sentence=sentence,
            severity=severity,
            level=level,
            group=group,
            needs=needs or {},
            follows=follows,
            blank_allowed=blank_allowed,
            source=source,
            example=example,
            parameters=parameters,
            function=function,
        )
        add_check(new)
        return new

    return make


def unregister(id: str) -> None:
    """Take one's own check out of the registry."""
    if id not in _CHECKS or id in _PUBLISHED:
        raise InputError(
            f"`id` must be a check of one's own; got {id!r}. {did_you_mean(id, _CHECKS)}",
            argument="id",
        )
    del _CHECKS[id]


def publish() -> None:
    """Put the checks of the package into the order in which they run, by group and identifier, and
    name in their ``follows`` the checks that explain them.
    """
    held = sorted(_CHECKS.values(), key=lambda c: (GROUPS.index(c.group), c.late, c.id))
    rows = {c.id: facts_of(c.function.__module__)[c.id] for c in held}
    explains = {id: words_of(row["explains"]) for id, row in rows.items()}
    _CHECKS.clear()
    for place, one in enumerate(held):
        _CHECKS[one.id] = evolve(one, follows=explained_by(one.follows, explains))
        _PUBLISHED[one.id] = place


def in_order(checks: Iterable[Check]) -> list[Check]:
    """Checks in the order in which they run: those of the package, then one's own by identifier."""
    last = len(_PUBLISHED)
    return sorted(checks, key=lambda c: (_PUBLISHED.get(c.id, last), c.id))
