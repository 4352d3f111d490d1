"""How lesions of SDTM TU hang together: what a tumour split into, and what merged into one.

Sources: SDTMIG 3.4, TU (TUTESTCD TUSPLIT and TUMERGE, C96784; TUGRPID groups split or merged
tumours). Who belongs together is said by the name (T04.1 of T04, T1/T2), which is read where lesions
are judged; here by TUGRPID: it names the lesion itself, or stands with the others of its group.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from nettumor.crf.cells import tidy
from nettumor.crf.columns import Column
from nettumor.crf.sdtm import evaluator, variable
from nettumor.crf.tables import CrfTable

_Key = tuple[str, str]


def relations(tu: CrfTable) -> Mapping[str, Column]:
    """For each row of TU ``part_of``, the lesion that a TUSPLIT is a part of, and ``merged_from``,
    the lesions that a TUMERGE took in, with / between; blank elsewhere, and where the group does
    not say.
    """
    test = [tidy(w) for w in variable(tu, "TUTESTCD").text.tolist()]
    special = [i for i, t in enumerate(test) if t in ("TUSPLIT", "TUMERGE")]
    if not special or "TUGRPID" not in tu:
        return {}
    lesion = [w.strip() for w in variable(tu, "TULNKID").text.tolist()]
    group = [w.strip() for w in variable(tu, "TUGRPID").text.tolist()]
    owner = list(
        zip(variable(tu, "USUBJID").text.tolist(), evaluator(tu, "TU").text.tolist(), strict=True)
    )
    known: dict[_Key, set[str]] = {}
    members: dict[tuple[_Key, str], list[str]] = {}
    for i, name in enumerate(lesion):
        if name and test[i] not in ("TUSPLIT", "TUMERGE"):
            known.setdefault(owner[i], set()).add(name)
            if group[i]:
                members.setdefault((owner[i], group[i]), []).append(name)
    part_of, merged_from = ([""] * tu.n_rows for _ in range(2))
    for i in special:
        own = list(dict.fromkeys(members.get((owner[i], group[i]), [])))
        if test[i] == "TUMERGE":
            merged_from[i] = "/".join(own) if len(own) > 1 else ""
        elif group[i] in known.get(owner[i], ()):
            part_of[i] = group[i]
        elif len(own) == 1:
            part_of[i] = own[0]
    found = {"part_of": part_of, "merged_from": merged_from}
    return {n: Column.of_text(cells) for n, cells in found.items() if any(cells)}


def expanded(tu: CrfTable, rows: np.ndarray) -> dict[str, Column]:
    """The relations at these rows of TU; blank where -1."""
    return {name: column.expand(rows) for name, column in relations(tu).items()}
