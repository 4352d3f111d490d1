"""What the review of 2008 says on who should get which treatment, sentence by sentence.

`recommend` holds what is known of a patient (or of arrays of patients) against the conditions of 72
statements of Vogl et al. 2008 (``guidance.csv``, with ``conditions.csv``) and gives each with what is
met, not met and not known, its place in the review, and where the review contradicts itself. Nothing
is weighed, nothing added, no treatment chosen: what is not known stays "not known". Dated 2008; not
medical advice.
"""

from nettumor.indication.recommendation import Guidance, guidance, recommend

__all__ = ["Guidance", "guidance", "recommend"]
