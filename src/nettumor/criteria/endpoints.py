"""Rules for the course and its end that are not tied to one set of size limits.

`ADMIRALONCO_BEST_RESPONSE` and `ADMIRALONCO_CENSORING` reproduce admiralonco 1.4 (pharmaverse), so
that results can be reconciled: a response after a CR stays as reported, an unconfirmed CR always
falls to SD, NE counts as an adequate assessment. `FDA_2018_CENSORING` is the guidance's Table A
(documented progression only), `FDA_2018_CENSORING_B` its Table B (uniform dates) and
`FDA_2018_CENSORING_C` its Table C (clinical claims of the investigator, the argument ``claim``);
their bodies are from memory.

Read by: `best_overall_response` (rule); `progression_free_survival` and its kin (censoring).
"""

from nettumor.criteria._types import BestResponseRule, CensoringRule, Citation

_ADMIRALONCO = Citation(
    "admiralonco 1.4 (pharmaverse)", "derive_param_confirmed_bor, derive_param_tte"
)
_FDA = Citation(
    "FDA guidance, Clinical Trial Endpoints, 2018", "Appendix 3, Table A", "", "from memory"
)
_FDA_B = Citation(
    "FDA guidance, Clinical Trial Endpoints, 2018", "Appendix 3, Table B", "", "from memory"
)
_FDA_C = Citation(
    "FDA guidance, Clinical Trial Endpoints, 2018", "Appendix 3, Table C", "", "from memory"
)

ADMIRALONCO_BEST_RESPONSE = BestResponseRule(
    name="admiralonco-best-response",
    title="Best response as admiralonco 1.4",
    family="admiralonco",
    confirmation_days=28,
    sd_minimum_days=42,
    cr_then_pr="keep",
    unconfirmed_cr="SD",
    citation=_ADMIRALONCO,
)
"""Confirmation 28 days, SD from day 42, CR then PR kept, an unconfirmed CR falls to SD."""

FDA_2018_CENSORING = CensoringRule(
    name="fda-2018-censoring",
    title="Censoring after the FDA guidance of 2018, Table A",
    family="FDA 2018",
    max_missed_visits=1,
    visit_interval_days=None,
    citation=_FDA,
)
"""One missed visit is allowed (off until a schedule is set); a new therapy censors."""

FDA_2018_CENSORING_B = CensoringRule(
    name="fda-2018-censoring-b",
    title="Censoring after the FDA guidance of 2018, Table B",
    family="FDA 2018",
    max_missed_visits=1,
    visit_interval_days=None,
    progression_date="next scheduled visit",
    citation=_FDA_B,
)
"""As Table A, with uniform dates: progression between scheduled visits is dated at the next one
(off until a schedule is set)."""

FDA_2018_CENSORING_C = CensoringRule(
    name="fda-2018-censoring-c",
    title="Censoring after the FDA guidance of 2018, Table C",
    family="FDA 2018",
    max_missed_visits=1,
    visit_interval_days=None,
    clinical_claims=True,
    progression_date="next scheduled visit",
    citation=_FDA_C,
)
"""As Table B; the investigator's claim of clinical progression (the argument ``claim``, a day) is a
progression too."""

ADMIRALONCO_CENSORING = CensoringRule(
    name="admiralonco-censoring",
    title="Censoring as admiralonco 1.4",
    family="admiralonco",
    max_missed_visits=None,
    new_therapy_censors=False,
    ne_is_adequate=True,
    baseline_needed=False,
    citation=_ADMIRALONCO,
)
"""NE is an adequate assessment; neither missed visits, a new therapy nor a missing baseline
censor."""
