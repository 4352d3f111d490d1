"""Agreement: of readers, of criteria, of two measurements of one thing.

Do two readers, or a reader and a model, judge alike, and do they measure alike? Sources: Cohen 1960
and 1968 (kappa, weights), Fleiss 1971 (several readers), Fleiss, Cohen and Everitt 1969 and Gwet
2008 (their errors), Shrout and Fleiss 1979 (intraclass correlation), Bland and Altman 1986 and 1999
(limits of agreement). Response codes, or measurements, come in with the patients on the last axis;
frozen results go out, single numbers for one cohort and arrays for many. Nothing of time belongs
here.
"""

from __future__ import annotations

from nettumor.agreement.criteria_compared import (
    CriteriaComparison,
    compare_criteria,
    compare_responses,
)
from nettumor.agreement.kappa import (
    Kappa,
    cohens_kappa,
    cross_table,
    fleiss_kappa,
    weighted_kappa,
)
from nettumor.agreement.measurements import (
    BlandAltman,
    IntraclassCorrelation,
    bland_altman,
    intraclass_correlation,
)

__all__ = [
    "BlandAltman",
    "CriteriaComparison",
    "IntraclassCorrelation",
    "Kappa",
    "bland_altman",
    "cohens_kappa",
    "compare_criteria",
    "compare_responses",
    "cross_table",
    "fleiss_kappa",
    "intraclass_correlation",
    "weighted_kappa",
]
