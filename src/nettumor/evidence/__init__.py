"""The review as data: what others found, and a cohort set beside them.

`table` gives Tables 1 to 4 of Vogl et al. 2008, `references` its list, `ranges` every figure of its
text, `audit` what is wrong with them, `inconsistencies` where it does not fit itself. `compare` sets
a cohort beside the studies of a treatment and pools those that can be pooled; `pool` and
`pool_effects` pool counts and effects of one's own. `crosswalk` judges one cohort by several size
criteria; `equivalent_limit` takes a limit from one dimension to another.
"""

from nettumor.evidence.audit import arithmetic, audit
from nettumor.evidence.comparison import Comparison, compare
from nettumor.evidence.crosswalk import Crosswalk, crosswalk, equivalent_limit
from nettumor.evidence.heterogeneity import Heterogeneity
from nettumor.evidence.pooling import Estimate, Pooling, pool, pool_effects
from nettumor.evidence.tables import inconsistencies, ranges, references, table

__all__ = [
    "Comparison",
    "Crosswalk",
    "Estimate",
    "Heterogeneity",
    "Pooling",
    "arithmetic",
    "audit",
    "compare",
    "crosswalk",
    "equivalent_limit",
    "inconsistencies",
    "pool",
    "pool_effects",
    "ranges",
    "references",
    "table",
]
