"""Names of months in English, German, French and Spanish, and words for a part of a date that is
not known.

Sources: ISO 639 languages as in Unicode CLDR 44 (month names, wide and abbreviated); CDISC CDASHIG
2.2 (UN, UNK for parts not known). Abbreviations that mean different months in these languages are
left out.
"""

from __future__ import annotations

NAMES = (
    "JAN JANUARY JANUAR J\u00c4N J\u00c4NNER JANV JANVIER ENE ENERO",
    "FEB FEBRUARY FEBRUAR F\u00c9V FEV F\u00c9VR FEVR F\u00c9VRIER FEVRIER FEBRERO",
    "MAR MARCH M\u00c4R M\u00c4RZ MAERZ MRZ MARS MARZO",
    "APR APRIL AVR AVRIL ABR ABRIL",
    "MAY MAI MAYO",
    "JUN JUNE JUNI JUIN JUNIO",
    "JUL JULY JULI JUIL JUILLET JULIO",
    "AUG AUGUST AO\u00db AO\u00dbT AOUT AGO AGOSTO",
    "SEP SEPT SEPTEMBER SEPTEMBRE SEPTIEMBRE",
    "OCT OCTOBER OKT OKTOBER OCTOBRE OCTUBRE",
    "NOV NOVEMBER NOVEMBRE NOVIEMBRE",
    "DEC DECEMBER DEZ DEZEMBER D\u00c9C D\u00c9CEMBRE DECEMBRE DIC DICIEMBRE",
)
"""The spellings of each month, January first, in upper case."""

MONTHS = {name: month for month, names in enumerate(NAMES, start=1) for name in names.split()}

NOT_KNOWN = frozenset(
    {"U", "UN", "UNK", "UNKN", "UNKNOWN", "UK", "NK", "XX", "XXX", "XXXX", "UU", "UUU", "UUUU"}
    | {"??", "???", "????"}
)
"""Words for a day, a month or a year that is not known."""

_DAYS = "MON TUE TUES WED THU THUR THURS FRI SAT SUN"
_LONG_DAYS = "MONDAY TUESDAY WEDNESDAY THURSDAY FRIDAY SATURDAY SUNDAY"
WEEKDAYS = frozenset(f"{_DAYS} {_LONG_DAYS}".split(" "))
