"""The tumour markers of neuroendocrine tumours, those of the review first: specimen, units, molar
mass, what disturbs them.
"""

from __future__ import annotations

from attrs import frozen

from nettumor.errors import InputError, did_you_mean


@frozen
class Marker:
    """One tumour marker.

    Attributes
    ----------
    name : str
    specimen : str
        What is taken, and how.
    units : tuple of str
        Units in use, the conventional one first.
    molar_mass : float or None
        g/mol; None where there is no one substance to weigh, so that mass and amount cannot be
        converted.
    assay : str
        Why results of different assays, or units, cannot be converted; "" where they can.
    confounders : str
        What raises or lowers it without the tumour.
    source : str
        Where this stands, and what is from memory.
    synonyms : tuple of str
        Other spellings that `get` understands.
    limits : str
        Upper limits in use, for orientation: the limit belongs to the laboratory and is an input.

    Examples
    --------
    >>> get("CgA").units
    ('ng/mL', 'ug/L')
    """

    name: str
    specimen: str
    units: tuple[str, ...]
    molar_mass: float | None
    assay: str
    confounders: str
    source: str
    synonyms: tuple[str, ...] = ()
    limits: str = ""


_REVIEW = "Vogl et al. 2008, 4.2"
_BEYOND = "Beyond the review: reference laboratories and textbooks"
_UNITS_OF_ACTIVITY = "one international unit has no fixed mass across assays"

_ALL = (
    Marker(
        "5-HIAA",
        "24 h urine, acidified",
        ("mg/24h", "umol/24h"),
        191.18,
        "",
        "serotonin-rich food within 48 to 72 h (banana, avocado, pineapple, plum, kiwi, tomato, "
        "walnut, pecan, aubergine, melon, dates), "
        "coffee, tobacco; paracetamol, guaifenesin and 5-FU raise it, levodopa, aspirin, MAO "
        "inhibitors, "
        "phenothiazines and heparin lower it; renal failure; incomplete collection",
        f"{_REVIEW} (urinary 5-HIAA); molar mass of 5-hydroxyindoleacetic acid 191.18 g/mol",
        ("5HIAA", "u5-HIAA", "urinary 5-HIAA", "5-hydroxyindoleacetic acid"),
        "10 mg/24h (52.3 umol/24h); laboratories 8 to 15 mg, 36.6 to 52 umol",
    ),
    Marker(
        "chromogranin A",
        "serum or plasma, always the same",
        ("ng/mL", "ug/L"),
        None,
        "kits bind different epitopes of a protein of variable mass: U/L, nmol/L and ng/mL of "
        "different kits are not "
        "interconvertible; name the assay and keep to it",
        "proton-pump inhibitors (2.5-fold within 7 days; stop 14 days before), chronic atrophic "
        "gastritis, renal and "
        "hepatic failure, hypertension, heart failure",
        f"{_REVIEW}; confounders from summaries of the label and of guidelines",
        ("CgA", "chromogranin-A", "chromgranin A"),
    ),
    Marker(
        "serotonin",
        "serum, whole blood or platelets, always the same",
        ("ng/mL", "nmol/L", "ug/L"),
        176.21,
        "",
        "SSRI lower it in platelets; platelet count",
        f"{_REVIEW} (serum serotonin); molar mass 176.21 g/mol",
        ("serum serotonin", "5-HT"),
    ),
    Marker(
        "gastrin",
        "serum, fasting",
        ("pg/mL", "ng/L", "pmol/L"),
        None,
        "circulating gastrin is a mixture (G-17 of 2098 g/mol, G-34 and others) that assays bind "
        "differently",
        "proton-pump inhibitors, atrophic gastritis, renal failure",
        f"{_REVIEW}; the rest from memory",
        (),
        "100 pg/mL",
    ),
    Marker(
        "insulin",
        "serum, with glucose",
        ("uIU/mL", "mIU/L", "pmol/L"),
        5808.0,
        f"{_UNITS_OF_ACTIVITY}: 6.00 and 6.945 pmol per uIU are both in use",
        "cross-reaction of insulin analogues",
        f"{_REVIEW}; molar mass 5808 g/mol, the rest from memory",
    ),
    Marker(
        "dopamine",
        "24 h urine or plasma",
        ("ug/24h", "nmol/24h", "pg/mL", "nmol/L"),
        153.18,
        "",
        "levodopa, catecholamine-like drugs",
        f"{_REVIEW}; molar mass 153.18 g/mol, the rest from memory",
    ),
    Marker(
        "neuron-specific enolase",
        "serum",
        ("ng/mL", "ug/L"),
        None,
        "the dimers have no one mass, and kits differ",
        "haemolysis raises it",
        f"{_REVIEW}; the rest from memory",
        ("NSE", "neuro specific enolase", "neurone-specific enolase"),
        "12.5 to 17 ug/L",
    ),
    Marker(
        "pancreastatin",
        "plasma",
        ("pg/mL", "ng/L", "pmol/L"),
        None,
        "kits measure fragments of different mass (about 5500 g/mol)",
        "less disturbed by proton-pump inhibitors",
        "Vogl et al. 2008, Table 2 (Desai); Bloomston 2007, Strosberg 2018; limits from memory",
        (),
        "about 135 pg/mL, by assay",
    ),
    Marker(
        "5-HIAA/creatinine",
        "spot urine",
        ("mg/g", "mmol/mol", "umol/mmol"),
        191.18,
        "a ratio to creatinine is no daily amount: without the creatinine output of the same day "
        "neither is the other",
        "as 5-HIAA; renal disease lowers it",
        f"{_BEYOND}; molar masses 191.18 and 113.12 g/mol (creatinine): 1 mg/g = 0.5917 mmol/mol",
        ("5-HIAA creatinine ratio", "5-HIAA/creat", "5-HIAA/Cr", "u5-HIAA/creatinine"),
        "10.0 mg/g (Quest, over 10 years of age; 5.92 mmol/mol); 5 umol/mmol (King's College)",
    ),
    Marker(
        "plasma 5-HIAA",
        "plasma or serum, fasting, always the same",
        ("ng/mL", "ug/L", "nmol/L"),
        191.18,
        "",
        "food and drugs as for urinary 5-HIAA; renal function",
        f"{_BEYOND}; molar mass 191.18 g/mol",
        ("serum 5-HIAA", "p5-HIAA", "s5-HIAA", "5-HIAA plasma", "5-HIAA serum"),
        "about 100 to 140 nmol/L, by assay (from memory)",
    ),
    Marker(
        "glucagon",
        "plasma",
        ("pg/mL", "ng/L", "pmol/L"),
        3483.0,
        "",
        "fasting, renal and hepatic failure",
        f"{_BEYOND}, from memory",
        (),
        "50 to 150 pg/mL",
    ),
    Marker(
        "VIP",
        "plasma with a protease inhibitor (aprotinin)",
        ("pg/mL", "ng/L", "pmol/L"),
        3326.0,
        "",
        "breaks down in the tube",
        f"{_BEYOND}, from memory",
        ("vasoactive intestinal peptide", "vasoactive intestinal polypeptide"),
        "75 pg/mL",
    ),
    Marker(
        "somatostatin",
        "plasma",
        ("pg/mL", "ng/L", "pmol/L"),
        1638.0,
        "",
        "somatostatin analogues cross-react",
        f"{_BEYOND} (somatostatin-14), from memory",
        (),
        "25 pg/mL",
    ),
)


def _key(name: object) -> str:
    return str(name).casefold().replace(" ", "").replace("-", "").replace("_", "")


_BY_NAME = {_key(word): marker for marker in _ALL for word in (marker.name, *marker.synonyms)}


def names() -> list[str]:
    """Names of the registered markers.

    Returns
    -------
    list of str

    References
    ----------
    Vogl et al. 2008, section 4.2 and Table 2.

    Examples
    --------
    >>> names()[:2]
    ['5-HIAA', 'chromogranin A']
    """
    return [marker.name for marker in _ALL]


def get(name: str) -> Marker:
    """The marker of this name, in any common spelling.

    Parameters
    ----------
    name : str
        "5-HIAA", "CgA", "serum serotonin", ...

    Returns
    -------
    Marker

    Raises
    ------
    InputError
        For an unknown name, with the nearest known one.

    References
    ----------
    Vogl et al. 2008, section 4.2 and Table 2.

    Examples
    --------
    >>> get("5-hiaa").molar_mass
    191.18
    """
    marker = _BY_NAME.get(_key(name))
    if marker is None:
        known = [word for m in _ALL for word in (m.name, *m.synonyms)]
        raise InputError(
            f"`marker` must be a registered marker; got {name!r}. {did_you_mean(name, known)}",
            argument="marker",
        )
    return marker
