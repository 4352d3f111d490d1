"""SDTM records that show a subject alive: of which domains, by which variables, without which rows.

Sources: SDTMIG 3.4, by class of observation. A finding shows the subject on the day it was made
(--DTC to --ENDTC), an event or an intervention on the days it began and ended (--STDTC, --ENDTC),
not on the day it was written down; a visit (SV) from its start to its end. What is planned, was not
done or did not occur shows nobody, nor does the end of a fatal event.

Not among them: DS (its dates may be those of a decision, of a last try to reach the subject, or of
death), DM beyond the columns of the subjects table, TV, histories (MH), and all derived data.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

import numpy as np

from nettumor._arrays import Bools
from nettumor.crf.cells import tidy
from nettumor.crf.columns import Column
from nettumor.crf.tables import CrfTable

_FINDINGS = (
    *("CV", "EG", "FT", "IS", "LB", "MB", "MK", "MS", "NV", "OE", "PC", "PE", "QS", "RE"),
    *("RP", "RS", "SS", "TR", "TU", "UR", "VS"),
)
_EVENTS = ("AE", "CE", "HO")
_INTERVENTIONS = ("AG", "CM", "EC", "EX", "ML", "PR", "SU")

PRESENCE: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {domain: (f"{domain}DTC", f"{domain}ENDTC") for domain in _FINDINGS}
    | {d: (f"{d}STDTC", f"{d}ENDTC") for d in (*_EVENTS, *_INTERVENTIONS, "SV")}
)
"""The domains whose records show a subject alive, and the variables that date them."""


def presence_domain(name: str) -> str:
    """The domain of `PRESENCE` that a file's name begins with, or "".

    >>> presence_domain("ae.xpt"), presence_domain("ex_onco"), presence_domain("ds"), presence_domain("")
    ('AE', 'EX', '', '')
    """
    first = name.upper().replace(".", "_").replace("-", "_").split("_")[0]
    return first if first in PRESENCE else ""


def presence(domain: CrfTable) -> Iterator[tuple[str, Bools]]:
    """The variables of a domain that date a subject's presence, with the rows that count."""
    name = domain.name
    done = np.ones(domain.n_rows, dtype=np.bool_)
    for variable, word in ((f"{name}STAT", "NOT DONE"), (f"{name}OCCUR", "N")):
        if variable in domain:
            done &= ~_says(domain.column(variable), word)
    if name == "SS":  # the status at a contact may come from a relative: alive is what it must say
        alive = domain.column("SSSTRESC") if "SSSTRESC" in domain else None
        done &= False if alive is None else _says(alive, "ALIVE")
    for variable in PRESENCE.get(name, ()):
        if variable not in domain:
            continue
        fatal = f"{name}OUT"
        if variable == f"{name}ENDTC" and fatal in domain:
            yield variable, done & ~_says(domain.column(fatal), "FATAL")
        else:
            yield variable, done


def _says(column: Column, word: str) -> Bools:
    """Where a column has this word."""
    return np.asarray(column.map(lambda cell: tidy(cell) == word, np.bool_))
