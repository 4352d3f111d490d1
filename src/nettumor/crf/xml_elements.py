"""The elements of an XML file one after the other, by the standard library, with entities refused.

Which question: what begins and what ends in this file, in its order, without the whole in memory? An
entity that a file declares can unpack a few bytes to gigabytes, or name another file: a file that
declares one is refused before an element is read, whatever a parser would do. A DOCTYPE without
declarations does no harm.

Source: XML 1.0, section 4 (entities); Python documentation, "XML security".
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from xml.etree import ElementTree
from xml.parsers import expat

from nettumor.crf.tables import Source
from nettumor.errors import InputError

Element = ElementTree.Element


def elements(data: bytes, source: Source) -> Iterator[tuple[str, Element]]:
    """("start", element) and ("end", element) for every element; what an element holds is whole at
    its end, where the caller clears it.

    Raises
    ------
    InputError
        Where the bytes are not XML, are cut off, or declare an entity.
    """
    _refuse_entities(data, source)
    try:
        yield from ElementTree.iterparse(io.BytesIO(data), events=("start", "end"))
    except ElementTree.ParseError as error:
        raise broken(source, f"{error}") from None
    except (LookupError, ValueError) as error:  # an encoding that Python has not
        raise broken(source, str(error)[:100]) from None


class _RootReachedError(Exception):
    """The declarations of the file are read."""


def _refuse_entities(data: bytes, source: Source) -> None:
    """Refuse a file that declares an entity; they stand before the first element."""

    def entity(name: str, *_: object) -> None:
        raise InputError(
            f"`{source.name}` declares the entity {name[:40]!r}, which may unpack to any size or "
            "name another file. Export it again without a DOCTYPE, or as CSV UTF-8.",
            argument=source.name,
        )

    def root(*_: object) -> None:
        raise _RootReachedError

    parser = expat.ParserCreate()
    parser.EntityDeclHandler = entity
    parser.StartElementHandler = root
    try:
        parser.Parse(data, True)
    except _RootReachedError:
        return
    except expat.ExpatError as error:
        raise broken(source, str(error)) from None
    except (LookupError, ValueError) as error:
        raise broken(source, str(error)[:100]) from None


def broken(source: Source, why: str) -> InputError:
    """The error for a file that is no XML of study data."""
    return InputError(
        f"`{source.name}` is not a readable ODM-XML file: {why}. Export it again as ODM-XML 1.3.2, "
        "or as CSV UTF-8.",
        argument=source.name,
    )


def local_name(tag: str) -> str:
    """An element's or attribute's name without its namespace.

    >>> local_name("{http://www.cdisc.org/ns/odm/v1.3}ItemData")
    'ItemData'
    """
    return tag.rpartition("}")[2]


def namespace(tag: str) -> str:
    """The namespace of an element's name; "" for none."""
    return tag.rpartition("}")[0][1:]
