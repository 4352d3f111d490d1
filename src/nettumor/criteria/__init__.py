"""Criteria as frozen data: one file per published edition, each number once with its source.

Which limits make a response? `names` lists the editions, `get` finds one, `load` reads a protocol's
variant from TOML, ``attrs.evolve`` makes one in Python. Printing a criteria object prints its
rules.
"""

from __future__ import annotations

from nettumor.criteria._load import get, load, names
from nettumor.criteria._marker_course import MarkerCourseCriteria
from nettumor.criteria._types import (
    AttenuationCriteria,
    BestResponseRule,
    CensoringRule,
    Citation,
    Criteria,
    LesionSelection,
    MarkerCriteria,
    SizeCriteria,
    SymptomCriteria,
    Threshold,
    UptakeCriteria,
)
from nettumor.criteria.ca125_gcig_2011 import CA125_GCIG_2011
from nettumor.criteria.choi_2007 import CHOI_2007
from nettumor.criteria.easl_2001 import EASL_2001
from nettumor.criteria.endpoints import (
    ADMIRALONCO_BEST_RESPONSE,
    ADMIRALONCO_CENSORING,
    FDA_2018_CENSORING,
    FDA_2018_CENSORING_B,
    FDA_2018_CENSORING_C,
)
from nettumor.criteria.irecist_2017 import IRECIST_2017
from nettumor.criteria.modified_choi_2010 import MODIFIED_CHOI_2010
from nettumor.criteria.mrecist_2010 import MRECIST_2010
from nettumor.criteria.net_markers import BIOLOGICAL_NET_WHO
from nettumor.criteria.pancreastatin import (
    PANCREASTATIN_BLOOMSTON_2007,
    PANCREASTATIN_DESAI_2001,
)
from nettumor.criteria.percist_2009 import PERCIST_2009
from nettumor.criteria.recist_1_0 import RECIST_1_0
from nettumor.criteria.recist_1_1 import RECIST_1_1
from nettumor.criteria.swog_1992 import SWOG_1992
from nettumor.criteria.symptoms_classic import SYMPTOMATIC_CLASSIC
from nettumor.criteria.van_vliet_2013 import (
    MSWOG_VAN_VLIET_2013,
    RECIST_MR_VAN_VLIET_2013,
)
from nettumor.criteria.vogl_2008 import (
    BIOLOGICAL_VOGL_2008,
    SYMPTOMATIC_VOGL_2008,
    VOGL_2008,
    VOGL_2008_CAPTIONS,
)
from nettumor.criteria.volume_recist import VOLUME_RECIST, VOLUME_RECIST_PRINTED
from nettumor.criteria.who_1981 import WHO_1981

__all__ = [
    "ADMIRALONCO_BEST_RESPONSE",
    "ADMIRALONCO_CENSORING",
    "BIOLOGICAL_NET_WHO",
    "BIOLOGICAL_VOGL_2008",
    "CA125_GCIG_2011",
    "CHOI_2007",
    "EASL_2001",
    "FDA_2018_CENSORING",
    "FDA_2018_CENSORING_B",
    "FDA_2018_CENSORING_C",
    "IRECIST_2017",
    "MODIFIED_CHOI_2010",
    "MRECIST_2010",
    "MSWOG_VAN_VLIET_2013",
    "PANCREASTATIN_BLOOMSTON_2007",
    "PANCREASTATIN_DESAI_2001",
    "PERCIST_2009",
    "RECIST_1_0",
    "RECIST_1_1",
    "RECIST_MR_VAN_VLIET_2013",
    "SWOG_1992",
    "SYMPTOMATIC_CLASSIC",
    "SYMPTOMATIC_VOGL_2008",
    "VOGL_2008",
    "VOGL_2008_CAPTIONS",
    "VOLUME_RECIST",
    "VOLUME_RECIST_PRINTED",
    "WHO_1981",
    "AttenuationCriteria",
    "BestResponseRule",
    "CensoringRule",
    "Citation",
    "Criteria",
    "LesionSelection",
    "MarkerCourseCriteria",
    "MarkerCriteria",
    "SizeCriteria",
    "SymptomCriteria",
    "Threshold",
    "UptakeCriteria",
    "get",
    "load",
    "names",
]
