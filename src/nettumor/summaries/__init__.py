"""A cohort in numbers: response rates with intervals, survival curves, their comparison.

Sources: RECIST 1.1, 4.7 (all patients stay in the denominator); Clopper and Pearson 1934, Wilson
1927, Brown, Cai and DasGupta 2001 (intervals of a proportion); Newcombe 1998, Miettinen and
Nurminen 1985 (two proportions); Kaplan and Meier 1958, Greenwood 1926, Brookmeyer and Crowley 1982,
Mantel 1966, Fleming and Harrington 1991, Schemper and Smith 1996 (survival); Efron and Tibshirani
1993 (resampling); Vogl et al. 2008, section 4.4 (survival after 1, 2 and 5 years).

One best response, or one time and event, for each patient comes in, patients on the last axis and
trials before it. Frozen results come out, single numbers for one cohort and arrays for many trials:
`Rate`, `RateComparison`, `KaplanMeier`, `RestrictedMean`, `LogRank`, `FollowUp`, `Bootstrap`,
`Permutation`, and a `Table` of all categories.
"""

from __future__ import annotations

from nettumor.summaries.comparisons import RateComparison, rate_difference, rate_ratio
from nettumor.summaries.follow_up import FollowUp, median_follow_up
from nettumor.summaries.log_rank import LogRank, log_rank
from nettumor.summaries.rates import (
    Rate,
    clinical_benefit_rate,
    disease_control_rate,
    objective_response_rate,
    response_table,
)
from nettumor.summaries.resampling import Bootstrap, Permutation, bootstrap, permutation_test
from nettumor.summaries.restricted_mean import RestrictedMean
from nettumor.summaries.survival import Interval, KaplanMeier, kaplan_meier

__all__ = [
    "Bootstrap",
    "FollowUp",
    "Interval",
    "KaplanMeier",
    "LogRank",
    "Permutation",
    "Rate",
    "RateComparison",
    "RestrictedMean",
    "bootstrap",
    "clinical_benefit_rate",
    "disease_control_rate",
    "kaplan_meier",
    "log_rank",
    "median_follow_up",
    "objective_response_rate",
    "permutation_test",
    "rate_difference",
    "rate_ratio",
    "response_table",
]
