"""QTI 1.2, 2.1, 2.2 and 3.0: single items, tests, and packages with a manifest and pictures."""

from xml.etree.ElementTree import Element

from django.utils.translation import gettext as _

from quizzes.exchange.items import Item, Reading, Skipped, Unreadable
from quizzes.exchange.qti import asi, modern
from quizzes.exchange.qti.package import Package, opened
from quizzes.exchange.qti.shapes import Refusal, renamed
from quizzes.exchange.xmltools import parse, strip_namespaces

MOST_ITEMS = 5_000


def read(data: bytes, *, name: str) -> Reading:
    """Every item of a file or package. Raises Unreadable for a hostile or damaged one, and one without any item."""
    reading = Reading("qti")
    package = opened(data, name)
    seen = 0
    for path in package.documents():
        try:
            root = renamed(strip_namespaces(parse(package.files[path])))
        except Unreadable as fault:
            if len(package.files) == 1:
                raise
            reading.skipped.append(Skipped(path, str(fault)))
            continue
        for element in _items(root):
            seen += 1
            if seen > MOST_ITEMS:
                raise Unreadable(_("There are more than 5,000 questions in the file. Split it into several files."))
            _take(reading, package, path, element, seen)
    if not seen and not reading.skipped:
        raise Unreadable(_("This is XML, but neither Moodle's nor QTI's."))
    return reading


def _items(root: Element) -> list[Element]:
    if root.tag == "assessmentItem":
        return [root]
    if root.tag == "questestinterop":
        return list(root.iter("item")) + list(root.iter("bankentry_item"))
    return list(root.iter("assessmentItem"))


def _take(reading: Reading, package: Package, path: str, element: Element, number: int) -> None:
    words = element.get("title") or element.get("identifier") or element.get("ident") or ""
    label = f"{number}. {' '.join(words.split())[:70]}".strip()
    reader = modern.read_item if element.tag == "assessmentItem" else asi.read_item
    try:
        item: Item = reader(label, element, package.beside(path))
    except Refusal as refusal:
        reading.skipped.append(Skipped(label, str(refusal)))
        return
    reading.items.append(item)
