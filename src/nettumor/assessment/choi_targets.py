"""Target lesions by size and attenuation (Choi): sums and mean attenuation to the response of each
timepoint.

Which number of HU is set against the baseline? The mean over the target lesions that are still
there, where each of them was measured. The response is that of `nettumor.choi_response` (Choi et
al. 2007; Nathan et al. 2010). Sizes and HU of shape (unit, lesion, timepoint) come in; the numbers
of a `TargetResponse`, and a sentence of its own, come out.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from attrs import frozen

from nettumor import _wording
from nettumor._arrays import Floats
from nettumor.assessment.lesion_arrays import Targets
from nettumor.criteria import AttenuationCriteria
from nettumor.morphology.choi import choi_response
from nettumor.morphology.target import TargetResponse
from nettumor.sums import sum_of_lesions
from nettumor.terminology import Reason, Response


@frozen(eq=False, repr=False)
class ChoiTargets(TargetResponse):
    """Response of the target lesions by size and attenuation.

    Attributes
    ----------
    attenuation : ndarray of float, shape (unit, timepoint)
        Mean HU of the lesions that are still there; NaN where one of them was not measured.
    """

    attenuation: Floats

    def _said(self, response: Response, bits: Reason, index: Any) -> tuple[Any, str]:
        rules: Any = self.criteria
        if response == Response.MISSING:
            return rules, "baseline, or no target lesion"
        place = tuple(np.atleast_1d(index))
        first = (*place[:-1], 0)
        if Reason.BASELINE in bits or np.isnan(self.sum[first]):
            return rules, "no usable baseline"
        if Reason.GONE in bits:
            return rules, "every target lesion has disappeared"
        both = (("sum", self.sum, "mm"), ("attenuation", self.attenuation, "HU"))
        said = [
            f"{name} {_wording.quantity(float(values[place]), unit)} is "
            f"{self._from(values, place, first)}"
            for name, values, unit in both
        ]
        limits = f"{rules.pr.signed:+g} % {rules.combine} {rules.attenuation.signed:+g} % of HU"
        return rules, f"{', '.join(said)}; limits {limits}, and {rules.pd.signed:+g} %"

    @staticmethod
    def _from(values: Floats, place: tuple[int, ...], first: tuple[int, ...]) -> str:
        now, before = float(values[place]), float(values[first])
        change = _wording.signed(100 * now / before - 100) if before > 0 else "not defined"
        return f"{change} from {_wording.number(before)}"


def choi_targets(lesions: Targets, criteria: AttenuationCriteria) -> ChoiTargets:
    """The sum and the mean attenuation of the lesions that are still there, judged against
    baseline.
    """
    sums = sum_of_lesions(lesions.sizes, invalid="NE")
    whole = sums.n_missing == 0
    complete = np.where(whole & ~sums.invalid, sums.sum, np.nan)
    left = lesions.sizes > 0
    unknown = (left & np.isnan(lesions.attenuation)).any(axis=-2)
    count = left.sum(axis=-2)
    total = np.where(left, lesions.attenuation, 0.0).sum(axis=-2)
    mean = np.where(unknown | (count == 0) | ~whole, np.nan, total / np.maximum(count, 1))
    response = choi_response(complete, mean, criteria=criteria, invalid="NE")
    lost = lesions.unmeasured.any(axis=-1) | (lesions.never > 0)
    judged = ~np.isnan(lesions.sizes).all(axis=(-2, -1)) & ~lost
    response[judged] = np.maximum(response[judged], Response.NE)
    response[:, 0] = Response.MISSING
    smaller = criteria.pr.percent_met(sums.baseline, complete) & (response == Response.PR)
    reason = np.zeros(response.shape, dtype=np.int32)
    for where, bit in (
        (response == Response.CR, Reason.GONE),
        (smaller, Reason.DECREASE),
        (response == Response.PD, Reason.INCREASE),
        ((response == Response.PR) & ~smaller, Reason.ATTENUATION),
        (response == Response.SD, Reason.WITHIN_LIMITS),
        (response == Response.NE, Reason.NOT_MEASURED),
    ):
        reason[where] |= bit
    limits: Any = criteria
    return ChoiTargets(
        response,
        sums.sum,
        sums.n_missing,
        sums.baseline,
        sums.nadir,
        sums.percent_from_baseline,
        sums.percent_from_nadir,
        reason,
        limits,
        mean,
    )
