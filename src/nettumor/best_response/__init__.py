"""The course of one patient: which responses are confirmed, how long SD lasted, and the best
overall response.

What was the best that a patient's disease ever did? Sources: RECIST 1.1 (Eisenhauer et al. 2009),
4.4.3, 4.6 and Table 3; RECIST 1.0; WHO 1981; iRECIST (Seymour et al. 2017, Table 3); admiralonco
1.4 (pharmaverse), whose algorithm `ADMIRALONCO_BEST_RESPONSE` follows. Codes of `Response` come in,
shape (..., timepoint), with their days; one answer for each patient comes out, with its day, its
reason and the course as it was judged.

Where Table 3 and admiralonco differ on purpose: a single CR before the minimum for SD, followed by
a PR or SD, is PD in Table 3 (if the CR was truly met, any disease later is PD) and SD in
admiralonco (what is reported is kept). Take ``criteria.ADMIRALONCO_BEST_RESPONSE`` to reconcile
with it.
"""

from __future__ import annotations

from nettumor.best_response._record import BestResponse
from nettumor.best_response.best import best_overall_response

__all__ = ["BestResponse", "best_overall_response"]
