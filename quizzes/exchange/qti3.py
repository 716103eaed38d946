"""QTI 3.0 out: a package with a manifest, one item a file, and the pictures. A note of our own in each item's body
(`quizzes.exchange.notes`) holds what the standard has no place for."""

import io
import json
import posixpath
import re
import zipfile
from collections.abc import Callable
from decimal import Decimal
from xml.etree.ElementTree import Element, SubElement, register_namespace, tostring

from django.utils.translation import gettext_lazy as _

from media.checking import real_type
from quizzes.checking import GAP
from quizzes.exchange import notes
from quizzes.exchange.items import Attachment, Item, OptionItem, Skipped, Written
from quizzes.exchange.qti.modern import AREA, NOTE

SPACE = "http://www.imsglobal.org/xsd/imsqtiasi_v3p0"
PACKAGE = "http://www.imsglobal.org/xsd/qti/qtiv3p0/imscp_v1p1"
CORRECT = "https://purl.imsglobal.org/spec/qti/v3p0/rptemplates/match_correct"
MAPPED = "https://purl.imsglobal.org/spec/qti/v3p0/rptemplates/map_response"
_ENDINGS = {"image/png": "png", "image/jpeg": "jpg", "image/gif": "gif", "image/webp": "webp"}
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
# The same package for the same questions: zip entries carry one fixed day.
_DAY = (2000, 1, 1, 0, 0, 0)


class _Cannot(ValueError):
    pass


def write(items: list[Item], *, title: str) -> Written:
    """A .zip that other systems import. Pictures that QTI's readers do not show (SVG) are left out and listed."""
    files: dict[str, bytes] = {}
    left_out, resources = [], []
    for number, item in enumerate(items, start=1):
        try:
            writer = _Writer(item, f"item-{number}")
            document = writer.document()
        except _Cannot as fault:
            left_out.append(Skipped(item.label, str(fault)))
            continue
        path = f"items/item-{number}.xml"
        files[path] = document
        files |= {f"items/{name}": data for name, data in writer.files.items()}
        resources.append((f"item-{number}", path, [f"items/{name}" for name in writer.files]))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, data in {"imsmanifest.xml": _manifest(title, resources), **files}.items():
            entry = zipfile.ZipInfo(path, _DAY)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, data)
    return Written(out.getvalue(), "cau-hoi.qti3.zip", "application/zip", left_out)


def _manifest(title: str, resources: list[tuple[str, str, list[str]]]) -> bytes:
    register_namespace("", PACKAGE)
    root = Element(f"{{{PACKAGE}}}manifest", identifier="questions")
    metadata = SubElement(root, f"{{{PACKAGE}}}metadata")
    SubElement(metadata, f"{{{PACKAGE}}}schema").text = "QTI Package"
    SubElement(metadata, f"{{{PACKAGE}}}schemaversion").text = "3.0.0"
    SubElement(root, f"{{{PACKAGE}}}organizations")
    listed = SubElement(root, f"{{{PACKAGE}}}resources")
    for identifier, path, files in resources:
        one = SubElement(listed, f"{{{PACKAGE}}}resource", identifier=identifier, type="imsqti_item_xmlv3p0", href=path)
        for name in (path, *files):
            SubElement(one, f"{{{PACKAGE}}}file", href=name)
    return tostring(root, encoding="utf-8", xml_declaration=True)


def _sub(parent: Element, tag: str, text: str = "", **attributes: str) -> Element:
    found = SubElement(parent, tag, {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items()})
    if text:
        found.text = _CONTROL.sub("", text)
    return found


class _Writer:
    def __init__(self, item: Item, identifier: str) -> None:
        self.item, self.files = item, {}
        self.root = Element(
            "qti-assessment-item",
            {
                "xmlns": SPACE, "identifier": identifier, "title": " ".join(item.stem.split())[:80] or "–",
                "adaptive": "false", "time-dependent": "false", "xml:lang": "vi",
            },
        )  # fmt: skip
        self.identifier = identifier
        self.whys_noted = False

    def document(self) -> bytes:
        item = self.item
        body = Element("qti-item-body")
        processing = _WRITERS[item.type](self, body)
        _sub(self.root, "qti-outcome-declaration", identifier="SCORE", cardinality="single", base_type="float",
             normal_maximum=_plain(item.points))  # fmt: skip
        note = notes.note_of(item)
        if self.whys_noted and any(one.why for one in item.options):
            note = notes.MARK + json.dumps(
                {**(notes.read_note(note) or {}), "whys": [one.why for one in item.options]},
                ensure_ascii=False,
                sort_keys=True,
            )
        body.set(NOTE, _CONTROL.sub("", note))
        self.root.append(body)
        if processing is not None:
            self.root.append(processing)
        if item.explanation:
            _sub(
                self.root,
                "qti-outcome-declaration",
                identifier="FEEDBACK",
                cardinality="single",
                base_type="identifier",
            )
            feedback = _sub(
                self.root,
                "qti-modal-feedback",
                identifier="explanation",
                outcome_identifier="FEEDBACK",
                show_hide="show",
            )
            self.text(_sub(feedback, "qti-content-body"), item.explanation)
        _ordered(self.root)
        return tostring(self.root, encoding="utf-8", xml_declaration=True)

    # --- Parts ---

    def text(self, parent: Element, text: str) -> None:
        for line in text.split("\n"):
            _sub(parent, "p", line)

    def stem(self, body: Element) -> None:
        self.text(body, self.item.stem)
        self.stem_pictures(body, self.item.pictures)

    def stem_pictures(self, body: Element, pictures: list[Attachment]) -> None:
        for place, picture in enumerate(pictures, start=1):
            self.picture(_sub(body, "p"), picture, "stem" if place == 1 else f"stem-{place}")

    def picture(self, parent: Element, picture: Attachment, name: str) -> None:
        _sub(parent, "img", src=self.stored(picture, name), alt=picture.alt)

    def stored(self, picture: Attachment, name: str) -> str:
        ending = _ENDINGS.get(real_type(picture.data[:4096]))
        if ending is None:
            raise _Cannot(_("Its picture is of a kind that QTI's readers do not show; store it as PNG or JPEG."))
        own = re.sub(r"[^\w.-]+", "-", posixpath.basename(picture.name)).rpartition(".")[0] or "picture"
        path = f"images/{self.identifier}-{name}-{own[:40]}.{ending}"
        self.files[path] = picture.data
        return path

    def declare(self, cardinality: str, base: str, correct: list[str], name: str = "RESPONSE") -> Element:
        found = _sub(self.root, "qti-response-declaration", identifier=name, cardinality=cardinality, base_type=base)
        if correct:
            right = _sub(found, "qti-correct-response")
            for value in correct:
                _sub(right, "qti-value", value)
        return found

    def map(self, declared: Element, shares: dict[str, Decimal], *, case: bool = False) -> None:
        mapping = _sub(declared, "qti-mapping", default_value="0")
        for key, share in shares.items():
            entry = _sub(mapping, "qti-map-entry", map_key=_CONTROL.sub("", key), mapped_value=_plain(share))
            if case:
                entry.set("case-sensitive", "true")

    # --- Types ---

    def choice(self, body: Element) -> Element:
        item = self.item
        self.stem(body)
        keys = [f"C{place}" for place in range(1, len(item.options) + 1)]
        several = item.type == "multiple"
        right = [key for key, one in zip(keys, item.options, strict=True) if one.correct]
        declared = self.declare("multiple" if several else "single", "identifier", right)
        weighted = any(one.fraction is not None for one in item.options)
        if weighted:
            shares = {key: _share(one) for key, one in zip(keys, item.options, strict=True)}
            self.map(declared, {key: share for key, share in shares.items() if share})
        ask = _sub(body, "qti-choice-interaction", response_identifier="RESPONSE", shuffle="false",
                   max_choices="0" if several else "1")  # fmt: skip
        for place, (key, option) in enumerate(zip(keys, item.options, strict=True), start=1):
            choice = _sub(ask, "qti-simple-choice", option.text if not option.picture else "", identifier=key)
            if option.picture:
                self.picture(
                    choice, Attachment(option.picture.name, option.picture.data, option.text), f"option-{place}"
                )
            for number, more in enumerate(option.more_pictures, start=2):
                self.picture(choice, more, f"option-{place}-{number}")
            if option.why:
                _sub(
                    choice,
                    "qti-feedback-inline",
                    option.why,
                    outcome_identifier="FEEDBACK",
                    identifier=key,
                    show_hide="show",
                )
        return Element("qti-response-processing", template=MAPPED if weighted else CORRECT)

    def pairs(self, body: Element) -> Element:
        item = self.item
        self.stem(body)
        places = [one.text for one in item.targets]
        goes = [one.target for one in item.options]
        if item.type == "statements":
            places, goes = [notes.TRUE, notes.FALSE], [0 if one.correct else 1 for one in item.options]
        right = [f"L{place} R{target + 1}" for place, target in enumerate(goes, start=1) if target is not None]
        self.declare("multiple", "directedPair", right)
        ask = _sub(body, "qti-match-interaction", response_identifier="RESPONSE", shuffle="false", max_associations="0")
        for letter, texts, most in (("L", [one.text for one in item.options], "1"), ("R", places, "0")):
            side = _sub(ask, "qti-simple-match-set")
            for place, text in enumerate(texts, start=1):
                _sub(side, "qti-simple-associable-choice", text, identifier=f"{letter}{place}", match_max=most)
        self.whys_noted = True
        return Element("qti-response-processing", template=CORRECT)

    def ordering(self, body: Element) -> Element:
        self.stem(body)
        keys = [f"C{place}" for place in range(1, len(self.item.options) + 1)]
        self.declare("ordered", "identifier", keys)
        ask = _sub(body, "qti-order-interaction", response_identifier="RESPONSE", shuffle="true")
        for key, option in zip(keys, self.item.options, strict=True):
            _sub(ask, "qti-simple-choice", option.text, identifier=key)
        self.whys_noted = True
        return Element("qti-response-processing", template=CORRECT)

    def gaps(self, body: Element) -> Element:
        item = self.item
        processing = Element("qti-response-processing")
        for line in item.stem.split("\n"):
            paragraph = _sub(body, "p")
            last: Element | None = None
            for position, piece in enumerate(GAP.split(line)):
                if position % 2:
                    last = self.field(paragraph, int(piece) - 1, processing)
                elif last is None:
                    paragraph.text = _CONTROL.sub("", piece)
                else:
                    last.tail = _CONTROL.sub("", piece)
        self.stem_pictures(body, item.pictures)
        self.whys_noted = True
        return processing

    def field(self, parent: Element, place: int, processing: Element) -> Element:
        if not 0 <= place < len(self.item.targets):
            raise _Cannot(_("A gap names a choice that is not there."))
        name, kind = f"RESPONSE{place + 1}", self.item.targets[place].kind
        own = [one for one in self.item.options if one.target == place]
        if kind != "select":
            return self.entry(parent, own, name, "float" if kind == "number" else "string", processing)
        keys = [f"G{place + 1}C{number}" for number in range(1, len(own) + 1)]
        declared = self.declare(
            "single", "identifier", [key for key, one in zip(keys, own, strict=True) if one.correct][:1], name
        )
        self.map(declared, {key: _share(one) for key, one in zip(keys, own, strict=True) if _share(one)})
        ask = _sub(parent, "qti-inline-choice-interaction", response_identifier=name, shuffle="false")
        for key, option in zip(keys, own, strict=True):
            _sub(ask, "qti-inline-choice", option.text, identifier=key)
        _add_mapped(processing, name)
        return ask

    def entry(self, parent: Element, own: list[OptionItem], name: str, base: str, processing: Element) -> Element:
        if any(_share(one) <= 0 for one in own):
            raise _Cannot(_("An accepted answer earns nothing; QTI cannot say that."))
        right = next((one.text for one in own if _share(one) == 1), own[0].text if own else "")
        declared = self.declare("single", base, [right], name)
        if base == "string":
            self.map(declared, {one.text: _share(one) for one in own}, case=bool(self.item.scoring.get("case")))
            _add_mapped(processing, name)
        else:
            _add_compared(processing, name, own)
        return _sub(parent, "qti-text-entry-interaction", response_identifier=name)

    def typed(self, body: Element) -> Element:
        self.stem(body)
        processing = Element("qti-response-processing")
        self.entry(
            _sub(body, "p"),
            self.item.options,
            "RESPONSE",
            "float" if self.item.type == "numeric" else "string",
            processing,
        )
        self.whys_noted = True
        return processing

    def long(self, body: Element) -> None:
        self.stem(body)
        self.declare("single", "string", [])
        _sub(body, "qti-extended-text-interaction", response_identifier="RESPONSE")

    def hotspot(self, body: Element) -> Element:
        item = self.item
        self.text(body, item.stem)
        if item.picture is None:
            raise _Cannot(_("Choose the picture to point in."))
        width, height = _size(item.picture)
        keys = [f"H{place}" for place in range(1, len(item.targets) + 1)]
        self.declare("single", "identifier", [key for key, one in zip(keys, item.targets, strict=True) if one.correct])
        ask = _sub(body, "qti-hotspot-interaction", response_identifier="RESPONSE", max_choices="1")
        _sub(
            ask,
            "img",
            src=self.stored(item.picture, "stem"),
            alt=item.picture.alt,
            width=str(width),
            height=str(height),
        )
        for key, target in zip(keys, item.targets, strict=True):
            left, top, wide, high = target.area or [0, 0, 0, 0]
            corners = (left * width, top * height, (left + wide) * width, (top + high) * height)
            _sub(ask, "qti-hotspot-choice", identifier=key, shape="rect", hotspot_label=target.text,
                 coords=",".join(str(round(one / 1000)) for one in corners),
                 **{AREA: ",".join(map(str, target.area or []))})  # fmt: skip
        return Element("qti-response-processing", template=CORRECT)


def _size(picture: Attachment) -> tuple[int, int]:
    from media.checking import check_picture

    return check_picture(picture.data)


def _share(option: OptionItem) -> Decimal:
    return option.fraction if option.fraction is not None else Decimal(int(option.correct))


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"


def _add(outcome: Element, value: Element) -> None:
    total = _sub(_sub(outcome, "qti-set-outcome-value", identifier="SCORE"), "qti-sum")
    _sub(total, "qti-variable", identifier="SCORE")
    total.append(value)


def _add_mapped(processing: Element, name: str) -> None:
    _add(processing, Element("qti-map-response", identifier=name))


def _add_compared(processing: Element, name: str, own: list[OptionItem]) -> None:
    """Each accepted number in turn, with what it earns."""
    condition = _sub(processing, "qti-response-condition")
    for place, option in enumerate(own):
        branch = _sub(condition, "qti-response-else-if" if place else "qti-response-if")
        margin = option.tolerance
        equal = _sub(branch, "qti-equal", tolerance_mode="exact" if margin is None else "absolute")
        if margin is not None:
            equal.set("tolerance", f"{_plain(margin)} {_plain(margin)}")
        _sub(equal, "qti-variable", identifier=name)
        _sub(equal, "qti-base-value", option.text, base_type="float")
        value = Element("qti-base-value", {"base-type": "float"})
        value.text = _plain(_share(option))
        _add(branch, value)


def _ordered(root: Element) -> None:
    """The schema's order: responses, outcomes, body, processing, feedback."""
    order = [
        "qti-response-declaration",
        "qti-outcome-declaration",
        "qti-item-body",
        "qti-response-processing",
        "qti-modal-feedback",
    ]
    root[:] = sorted(root, key=lambda one: order.index(one.tag))


_WRITERS: dict[str, Callable[[_Writer, Element], Element | None]] = {
    "single": _Writer.choice, "picture_choice": _Writer.choice, "multiple": _Writer.choice, "true_false": _Writer.choice,
    "matching": _Writer.pairs, "zones": _Writer.pairs, "statements": _Writer.pairs, "ordering": _Writer.ordering,
    "gaps": _Writer.gaps, "numeric": _Writer.typed, "short": _Writer.typed, "long": _Writer.long,
    "hotspot": _Writer.hotspot,
}  # fmt: skip
