"""How far two colours are apart, for everybody: CIE 1976 L*a*b*, in full, in grey, and as the
colour-blind see them (the matrices of Machado, Oliveira and Fernandes 2009, doi
10.1109/TVCG.2009.113, Table 1, severity 1.0, applied to linear RGB).

Written for the tests alone, from the definitions of sRGB (IEC 61966-2-1) and CIELAB.
"""

SEEN_BY = {
    "everybody": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritanopia": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
    "grey": ((0.2126, 0.7152, 0.0722),) * 3,
}


def linear(colour):
    """Linear RGB of "#rrggbb"."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    return [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in parts]


def lab(rgb):
    """CIELAB of linear RGB, for daylight (D65)."""
    to_xyz = (
        (0.4124564, 0.3575761, 0.1804375),
        (0.2126729, 0.7151522, 0.0721750),
        (0.0193339, 0.1191920, 0.9503041),
    )
    xyz = [sum(m * v for m, v in zip(row, rgb, strict=True)) for row in to_xyz]
    white = (0.95047, 1.0, 1.08883)
    f = []
    for value, w in zip(xyz, white, strict=True):
        t = max(value, 0.0) / w
        f.append(t ** (1 / 3) if t > (6 / 29) ** 3 else t / (3 * (6 / 29) ** 2) + 4 / 29)
    return 116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])


def seen(colour, eye):
    """CIELAB of a colour as this eye sees it."""
    rgb = linear(colour)
    out = [sum(m * v for m, v in zip(row, rgb, strict=True)) for row in SEEN_BY[eye]]
    return lab([min(max(v, 0.0), 1.0) for v in out])


def distance(one, other, eye):
    """Euclidean distance in CIELAB (1976)."""
    a, b = seen(one, eye), seen(other, eye)
    return sum((x - y) ** 2 for x, y in zip(a, b, strict=True)) ** 0.5


def contrast(one, other):
    """Contrast ratio of WCAG 2.2."""
    y = [
        sum(w * v for w, v in zip((0.2126, 0.7152, 0.0722), linear(c), strict=True))
        for c in (one, other)
    ]
    return (max(y) + 0.05) / (min(y) + 0.05)
