"""Biological response: what a tumour marker does under therapy.

Which response is this fall of 5-HIAA or chromogranin A? Sources: Vogl et al. 2008, section 4.2 and
Table 2 (a fall of more than 50 %), and the WHO pattern of NET trials. Values before and after
therapy, with the upper limit of normal, come in; codes of `Response` go out. `get` knows the
review's markers, `convert` their units.
"""

from __future__ import annotations

from nettumor.markers._registry import Marker, get, names
from nettumor.markers._units import convert, daily_amount
from nettumor.markers.change_classes import KRESS_2003, KRESS_CITATION, kress_change_class
from nettumor.markers.course import MarkerCourse, marker_course
from nettumor.markers.kinetics import marker_doubling_time
from nettumor.markers.prognosis import PROGNOSIS_5HIAA, prognostic_band_5hiaa
from nettumor.markers.response import BiologicalResponse, combine_markers, marker_response

__all__ = [
    "KRESS_2003",
    "KRESS_CITATION",
    "PROGNOSIS_5HIAA",
    "BiologicalResponse",
    "Marker",
    "MarkerCourse",
    "combine_markers",
    "convert",
    "daily_amount",
    "get",
    "kress_change_class",
    "marker_course",
    "marker_doubling_time",
    "marker_response",
    "names",
    "prognostic_band_5hiaa",
]
