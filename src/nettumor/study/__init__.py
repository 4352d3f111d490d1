"""Who was assessed, when, and from where the days count: a study as its tables give it.

Who: `tracks`, `subjects` (the dates of each) and `population` (who is left out of the denominators).
When: `visits` (the timepoints of each track as arrays, from the baseline on) and `timepoints` (those
before it too, and visits with a response alone); a date that is partial is an interval. From where:
the reference date and the baseline of each track (`visits`, `partial_reference`) and the schedule of
visits as it was given (`schedule`). Sources: the CRF layout of this library; CDISC SDTMIG 3.4.

The words, here and in all that stands on it:

- *subject*: who is treated, by the name that the tables have.
- *track*: a subject and an evaluator; evaluators are never mixed.
- *unit*: what is judged by itself: a track, or one target lesion of a track.
- *visit*: what the study calls a visit, by its name or number.
- *timepoint*: a visit in its place in the order of its track, 0 at the baseline; of an unscheduled
  visit, and of one at which a lesion was recorded on several days, each date.
- *scan*: what was seen of a subject's lesions on one day; a timepoint may have several, and each row
  keeps the day of its own.

What must not go in: a rule of response. `nettumor.assess` and the edit checks stand on it.
"""
