"""The review's progression-free survival: of tumour load or of symptoms.

Vogl et al. 2008, section 5, name as the final aim survival without progress of the tumour in terms
of symptoms or load. A progression of the symptoms (`symptom_response`, at a scan) is then an event
like one of the tumour; biochemical progress is not in the sentence. Only this time changes: best
response, progression and the other times stay those of the tumour. That symptoms count at the scans
alone, and without confirmation, are library choices.
"""

from __future__ import annotations

from functools import partial

import attrs
import numpy as np
import numpy.typing as npt

from nettumor._arrays import Bools, Floats
from nettumor._late import Late
from nettumor.assessment.axes import Axis
from nettumor.assessment.course import Outcome, outcome
from nettumor.assessment.ends import Ends
from nettumor.assessment.judgement import Judgement
from nettumor.criteria import BestResponseRule, CensoringRule
from nettumor.endpoints import TimeToEvent
from nettumor.errors import InputError
from nettumor.study.tracks import tracks_of
from nettumor.study.visits import Visits
from nettumor.terminology import EventReason, Response


def with_symptoms(
    found: Outcome,
    judgement: Judgement,
    symptoms: Axis | None,
    visits: Visits,
    ends: Ends,
    rule: BestResponseRule,
    censoring: CensoringRule,
) -> tuple[Outcome, npt.NDArray[np.str_]]:
    """The outcome with the review's PFS, and the axis of each event: "tumour load", "symptoms",
    "both", "death", "" for none.
    """
    if symptoms is None:
        raise InputError(
            '`pfs` must be "tumour load" where a study has no symptoms; it has no table of them '
            "(by subject). Add the table, or leave `pfs` out.",
            argument="pfs",
        )
    progressed = symptoms.response == Response.PD
    overall = np.where(progressed, np.int8(Response.PD), judgement.overall)
    together = outcome(attrs.evolve(judgement, overall=overall), visits, ends, rule, censoring)
    times = {name: partial(found.times.__getitem__, name) for name in found.times}
    times["PFS"] = partial(together.times.__getitem__, "PFS")
    axis = _axis_of_event(
        together.times["PFS"],
        found.times["PFS"],
        progressed,
        tracks_of(visits.day, judgement.owner),
    )
    return attrs.evolve(found, times=Late(times)), axis


def _axis_of_event(
    free: TimeToEvent, tumour: TimeToEvent, progressed: Bools, day: Floats
) -> npt.NDArray[np.str_]:
    """What ended the review's PFS (``free``), beside that of the tumour, and the visits at which
    symptoms progressed.
    """
    died = (free.reason & int(EventReason.DEATH)) != 0
    same = tumour.event & (tumour.day == free.day)
    same &= (tumour.reason & int(EventReason.DEATH)) == 0
    by_symptoms = (progressed & (day == np.asarray(free.day)[:, None])).any(axis=1)
    return np.select(
        [~free.event, died, same & by_symptoms, by_symptoms],
        ["", "death", "both", "symptoms"],
        "tumour load",
    )
