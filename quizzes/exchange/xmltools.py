"""XML of strangers: no entities, no external documents, no surprises."""

from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring
from django.utils.translation import gettext as _

from quizzes.exchange.items import Unreadable


def parse(data: bytes) -> Element:
    """The root of an XML document. Raises Unreadable for a broken one and for one with entities of its own."""
    try:
        return fromstring(data.lstrip(), forbid_dtd=False, forbid_entities=True, forbid_external=True)
    except DefusedXmlException:
        raise Unreadable(_("The file defines entities of its own; such files are not read.")) from None
    except (ParseError, ValueError, LookupError) as error:
        line = getattr(error, "position", (0, 0))[0]
        raise Unreadable(_("The XML is damaged near line %(line)d. Export it again.") % {"line": line}) from None


def strip_namespaces(root: Element) -> Element:
    """Tags and attributes by their bare names: the standard's version is told by the root, not by each tag."""
    for element in root.iter():
        if isinstance(element.tag, str):
            element.tag = element.tag.rpartition("}")[2]
        element.attrib.update(
            {key.rpartition("}")[2]: value for key, value in list(element.attrib.items()) if "}" in key}
        )
    return root


def text_at(element: Element | None, path: str) -> str:
    """The text of the element at `path` with that of its children; empty if there is none."""
    found = element.find(path) if element is not None else None
    return "".join(found.itertext()) if found is not None else ""
