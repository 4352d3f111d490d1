"""A cohort in numbers: response rates with intervals, Kaplan-Meier curves, the log-rank test.

Sources: RECIST 1.1, 4.7 (all patients stay in the denominator); Clopper and Pearson 1934, Wilson
1927, Brown, Cai and DasGupta 2001 (intervals of a proportion); Kaplan and Meier 1958, Greenwood
1926, Brookmeyer and Crowley 1982, Mantel 1966 (survival); Vogl et al. 2008, section 4.4 (survival
after 1, 2 and 5 years).

One best response, or one time and event, for each patient comes in. Frozen results come out:
`Rate`, `KaplanMeier`, `LogRank`, and a `Table` of all categories. The statistics are those of
`scipy.stats`.
"""

from __future__ import annotations

from nettumor.summaries.log_rank import LogRank, log_rank
from nettumor.summaries.rates import (
    Rate,
    clinical_benefit_rate,
    disease_control_rate,
    objective_response_rate,
    response_table,
)
from nettumor.summaries.survival import Interval, KaplanMeier, kaplan_meier

__all__ = [
    "Interval",
    "KaplanMeier",
    "LogRank",
    "Rate",
    "clinical_benefit_rate",
    "disease_control_rate",
    "kaplan_meier",
    "log_rank",
    "objective_response_rate",
    "response_table",
]
