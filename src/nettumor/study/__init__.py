"""Who was assessed, when, and from where the days count: a study as its tables give it.

Who: `tracks` (a subject and an evaluator), `subjects` (the dates of each) and `population` (who is
left out of the denominators). When: `visits` (the timepoints of each track, in order; a date that is
partial is an interval). From where: the reference date and the baseline of each track (`visits`,
`partial_reference`) and the schedule of visits as it was given (`schedule`). Sources: the CRF layout
of this library; CDISC SDTMIG 3.4.

What must not go in: a rule of response. `nettumor.assess` and the edit checks stand on it.
"""
