"""A shared material as an OAI-PMH record: its head, Dublin Core (oai_dc) and LRMI."""

from datetime import UTC, datetime
from xml.etree import ElementTree as Xml

from cms.feeds.gathering import in_full
from cms.feeds.linked import LEARNING_KINDS
from cms.feeds.writing import SITE_NAME, clean
from cms.sharing.facts import LICENSE, license_url
from cms.sharing.models import SharedMaterial
from cms.sharing.oai.asking import SECOND, identifier_of

OAI = "http://www.openarchives.org/OAI/2.0/"
OAI_DC = "http://www.openarchives.org/OAI/2.0/oai_dc/"
DC = "http://purl.org/dc/elements/1.1/"
DCTERMS = "http://purl.org/dc/terms/"
LRMI = "http://purl.org/dcx/lrmi-terms/"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
PREFIXES = {"oai_dc": OAI_DC, "dc": DC, "dcterms": DCTERMS, "lrmi": LRMI, "xsi": XSI}
for prefix, space in PREFIXES.items():
    Xml.register_namespace(prefix, space)

# DCMI types (dublincore.org/documents/dcmi-type-vocabulary) by our kinds.
DCMI_TYPES = {"video": "MovingImage", "course": "Collection", "lesson": "InteractiveResource"}


def told(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime(SECOND)


def add(parent: Xml.Element, name: str, text: str = "", **attributes: str) -> Xml.Element:
    """An element of the protocol's own names."""
    one = Xml.SubElement(parent, name, attributes)
    if text:
        one.text = clean(text)
    return one


def sets_of(row: SharedMaterial) -> list[str]:
    return [
        f"language:{row.language}",
        f"format:{row.format}",
        *(f"audience:{code}" for code in row.audiences.split()),
        *(f"topic:{code}" for code in row.topics.split()),
    ]


def add_header(parent: Xml.Element, row: SharedMaterial) -> None:
    header = add(parent, "header", **({"status": "deleted"} if row.withdrawn else {}))
    add(header, "identifier", identifier_of(row))
    add(header, "datestamp", told(row.changed_at))
    for name in sets_of(row):
        add(header, "setSpec", name)


def add_record(parent: Xml.Element, row: SharedMaterial, prefix: str, picture: str = "") -> None:
    """A deleted record is a header and nothing else."""
    record = add(parent, "record")
    add_header(record, row)
    if not row.withdrawn:
        draw = {"oai_dc": _dublin_core, "lrmi": _lrmi}[prefix]
        draw(add(record, "metadata"), row, picture)


def _dublin_core(parent: Xml.Element, row: SharedMaterial, picture: str) -> None:
    top = Xml.SubElement(parent, f"{{{OAI_DC}}}dc")
    top.set(f"{{{XSI}}}schemaLocation", f"{OAI_DC} http://www.openarchives.org/OAI/2.0/oai_dc.xsd")
    facts = row.facts

    def say(name: str, *texts: str, lang: bool = False) -> None:
        for text in filter(None, texts):
            one = Xml.SubElement(top, f"{{{DC}}}{name}", {XML_LANG: row.language} if lang else {})
            one.text = clean(text)

    say("title", row.title, lang=True)
    say("creator", SITE_NAME)
    say("publisher", SITE_NAME)
    say("subject", *facts.get("topics", []), lang=True)
    say("description", row.summary, *facts.get("objectives", []), lang=True)
    say("date", row.opened_at.astimezone(UTC).date().isoformat())
    say("type", DCMI_TYPES.get(row.format, "Text"), row.format)
    say("format", facts.get("video", {}).get("type") or "text/html")
    say("identifier", in_full(row.url), in_full(f"/s/{row.code}"))
    say("source", *(source["url"] or source["title"] for source in facts.get("sources", [])))
    say("language", row.language)
    say("relation", in_full(facts["part_of"]["url"]) if facts.get("part_of") else "", picture)
    say("coverage", "Việt Nam")
    say("rights", facts["license"], license_url(facts["license"]) or license_url(LICENSE))


def _lrmi(parent: Xml.Element, row: SharedMaterial, picture: str) -> None:
    """LRMI terms (dublincore.org/specifications/lrmi) beside Dublin Core's for what LRMI leaves to it."""
    top = Xml.SubElement(parent, f"{{{LRMI}}}resource")
    facts = row.facts

    def say(space: str, name: str, *texts: str, lang: bool = False) -> None:
        for text in filter(None, texts):
            one = Xml.SubElement(top, f"{{{space}}}{name}", {XML_LANG: row.language} if lang else {})
            one.text = clean(text)

    say(DCTERMS, "identifier", in_full(f"/s/{row.code}"))
    say(DCTERMS, "title", row.title, lang=True)
    say(DCTERMS, "description", row.summary, lang=True)
    say(DCTERMS, "language", row.language)
    say(DCTERMS, "publisher", SITE_NAME)
    say(DCTERMS, "issued", told(row.opened_at))
    say(DCTERMS, "modified", told(row.changed_at))
    say(DCTERMS, "subject", *facts.get("topics", []), lang=True)
    say(DCTERMS, "audience", *facts.get("audiences", []), lang=True)
    say(DCTERMS, "license", license_url(facts["license"]) or facts["license"])
    say(DCTERMS, "accessRights", "free")
    say(DCTERMS, "isPartOf", in_full(facts["part_of"]["url"]) if facts.get("part_of") else "")
    say(DCTERMS, "references", *(source["url"] for source in facts.get("sources", [])))
    say(LRMI, "learningResourceType", LEARNING_KINDS.get(row.format, row.format))
    say(LRMI, "timeRequired", f"PT{facts['minutes']}M" if facts.get("minutes") else "")
    say(LRMI, "educationalLevel", *(f"grade {grade}" for grade in _grades(facts)))
    say(LRMI, "teaches", *facts.get("objectives", []), lang=True)
    say(LRMI, "assesses", *facts.get("competences", []), lang=True)
    say(LRMI, "educationalUse", "instruction" if row.format in {"lesson", "course"} else "reference")
    say(LRMI, "url", in_full(row.url))
    say(LRMI, "thumbnail", picture)


def _grades(facts: dict) -> list[int]:
    found = [grade for grade in facts.get("grades", []) if grade]
    return list(range(min(found), max(found) + 1)) if found else []
