"""Edit checks: every fault of oncology logic in a study's tables, as a query that can be sent to
the site.

`run` checks tables and gives `Findings`: which row, what was found, what was expected, why, by
which source; ``.runs`` says what became of every check. `CHECKS` is the registry.
`load_configuration` reads a study's own settings, `register` adds a check of one's own.
`discordance` sets the investigator's reported responses against the central reader's.

How to add a check to this package
----------------------------------
1. Choose the module of its subject in ``rules/`` (a new module is found by itself). Its facts
   (identifier, name, group, criteria, severity, level, sentence, example, source) are a row of the
   file beside the module: ``rules/measurement.csv`` of ``rules/measurement.py``. The column
   ``explains`` names what a finding of it puts in doubt (words of `engine.facts.IN_DOUBT`): checks
   that rest on that follow from it.
2. In the module write one pure, vectorised function and name what it needs::

       @check("M04", needs={"lesions": ()})
       def negative_value(data: Data, parameters: Parameters) -> Iterable[Hits]:
           rows = data["lesions"]
           for column in LENGTHS:
               yield flag("lesions", rows.number(column) < 0, "{column} is {value}: ...", column,
               expected="at least 0")

   ``needs`` names tables and columns without which it is skipped (``"visit|date"``: one is enough;
   the required columns of a table are implied; SDTM domains count as tables:
   ``{"TR": ("TRSTRESN",)}``). A check that looks for blanks says ``blank_allowed=True``. Parameters
   with their defaults follow: ``tol_mm=0.5``. ``follows`` lists checks, or letters of groups, whose
   finding at the same place explains this one: there or at an earlier visit, or with "=" before it
   (``"=T01"``) at that very visit, with "^" at the visit of the related row; a word of
   `IN_DOUBT` (``"value"``) stands for all checks that explain it. Hits that one of them does not
   explain say so (``apart_from=("U01",)``). Checks run by group and identifier; ``late=True`` puts
   one behind its group. A check that judges dates says ``dates="judged"``: a date that it finds wrong
   is set aside for the others. A check whose rule is doubtful says so with ``doubt="..."`` and is a
   note. Where the tables cannot answer, ``raise Skip("why")``.
3. `Data` gives what is shared: ``data["lesions"]`` (`Rows`: ``text``, ``number``, ``word``,
   ``blank``, ``dates``, ``subject``, ``track``, ``timepoint``, ``order`` (0 is baseline),
   ``cells.role``, ``cells.state``, ``lesion``, ``organ``), ``data.timepoints`` and ``data.chain``
   (the responses recomputed). Never loop over rows.
4. `flag(table, mask, message, column, ...)` makes `Hits` from a mask over the rows; `Hits` takes
   positions.
5. Put ``accept.csv`` and ``reject.csv`` (one file per table: ``reject/lesions.csv`` ... where there
   are several) with ``expected.csv`` into ``tests/edit_checks/<id>/``, a fault that it finds into
   ``tests/faults``, and what repairs its findings into ``tests/repairs.py`` where ``expected`` is a
   sentence.
"""

from __future__ import annotations

from nettumor.edit_checks.engine.configuration import Configuration, load_configuration
from nettumor.edit_checks.engine.findings import Findings
from nettumor.edit_checks.engine.register import (
    CHECKS,
    Check,
    Hits,
    Skip,
    check,
    flag,
    register,
    unregister,
)
from nettumor.edit_checks.engine.run import run
from nettumor.edit_checks.reading.data import Data, Rows
from nettumor.edit_checks.reports.discordance import discordance
from nettumor.edit_checks.rules import import_rules
from nettumor.study.timepoints import Timepoints

__all__ = [
    "CHECKS",
    "Check",
    "Configuration",
    "Data",
    "Findings",
    "Hits",
    "Rows",
    "Skip",
    "Timepoints",
    "check",
    "discordance",
    "flag",
    "load_configuration",
    "register",
    "run",
    "unregister",
]

import_rules()
