"""schema.org data of a page (JSON-LD), for search engines and catalogues of teaching materials."""

from cms.feeds.gathering import in_full
from cms.feeds.writing import SITE_NAME
from cms.models import ContentPage
from cms.sharing.facts import LICENSE, facts_of, license_url

ORGANISATION = {"@type": "Organization", "name": SITE_NAME}
KINDS = {
    "course": "Course",
    "lesson": "LearningResource",
    "guide": "HowTo",
    "video": "VideoObject",
    "campaign": "EventSeries",
    "material": "DigitalDocument",
    "news": "NewsArticle",
}
LEARNING_KINDS = {"lesson": "lesson plan", "guide": "guide", "video": "video", "course": "course"}
# Of a material by its kind; the others are documents.
MATERIAL_KINDS = {"audio": "AudioObject", "law": "Legislation", "slides": "PresentationDigitalDocument"}


def linked_data(page: ContentPage, *, pictures: list[str]) -> dict:
    """What `page` is, by its kind: Course, LearningResource, HowTo, VideoObject, EventSeries, DigitalDocument, NewsArticle,
    FAQPage; others WebPage.

    `pictures` are full addresses. Whoever calls this has made sure that everybody may read the page.
    """
    facts = facts_of(page)
    address = in_full(page.url)
    data = {
        "@context": "https://schema.org",
        "@type": _types(page, facts),
        "@id": address,
        "url": address,
        "name": page.title,
        "description": page.summary,
        "inLanguage": page.language,
        "image": pictures,
        "datePublished": _moment(page.first_published_at),
        "dateModified": _moment(page.last_published_at),
        "license": license_url(facts["license"]) or license_url(LICENSE),
        "isAccessibleForFree": True,
        "publisher": ORGANISATION,
        "about": [{"@type": "Thing", "name": name} for name in facts["topics"]],
        "audience": [
            {"@type": "EducationalAudience", "educationalRole": "student", "audienceType": name}
            for name in facts["audiences"]
        ],
        "citation": [source["url"] for source in facts["sources"] if source["url"]],
        **_learning(page, facts),
        **_course(page, facts),
        **_how_to(page, facts),
        **_video(page, facts),
        **_material(facts),
        **_news(facts),
        **_faq(page, facts),
        **_events(facts),
    }
    return {name: value for name, value in data.items() if value not in ("", [], None, {})}


def _moment(moment) -> str:
    return moment.isoformat(timespec="seconds") if moment else ""


def _types(page: ContentPage, facts: dict):
    kind = KINDS.get(page.content_format, "WebPage")
    if material := facts.get("material"):
        kind = MATERIAL_KINDS.get(material["kind"], kind)
    if kind == "HowTo" and not facts["steps"]:
        kind = "LearningResource"  # schema.org wants steps of a HowTo
    if kind == "VideoObject" and "video" not in facts:
        kind = "LearningResource"
    if facts["questions"]:
        return [kind, "FAQPage"] if kind != "WebPage" else "FAQPage"
    return [kind, "LearningResource"] if kind in {"HowTo", "VideoObject", "Course"} else kind


def _learning(page: ContentPage, facts: dict) -> dict:
    if page.content_format not in LEARNING_KINDS:
        return {}
    lowest, highest = facts.get("grades") or [None, None]
    grades = "–".join(str(grade) for grade in dict.fromkeys([lowest, highest]) if grade)
    part_of = facts.get("part_of") or {}
    return {
        "learningResourceType": LEARNING_KINDS[page.content_format],
        "timeRequired": f"PT{facts['minutes']}M" if facts.get("minutes") else "",
        "educationalLevel": grades,
        "teaches": [*facts.get("objectives", []), *facts.get("competences", [])],
        "isPartOf": {"@type": "Course", "name": part_of["title"], "url": in_full(part_of["url"])} if part_of else {},
    }


def _course(page: ContentPage, facts: dict) -> dict:
    if page.content_format != "course":
        return {}
    lessons = facts.get("lessons", [])
    minutes = sum(lesson["minutes"] for lesson in lessons)
    instance = {"@type": "CourseInstance", "courseMode": "online", "courseWorkload": f"PT{minutes}M"}
    return {
        "provider": ORGANISATION,
        "hasPart": [
            {"@type": "LearningResource", "name": lesson["title"], "url": in_full(lesson["url"])} for lesson in lessons
        ],
        "hasCourseInstance": instance if minutes else {},
        "offers": {"@type": "Offer", "category": "Free", "price": 0, "priceCurrency": "VND"},
    }


def _how_to(page: ContentPage, facts: dict) -> dict:
    if page.content_format != "guide" or not facts["steps"]:
        return {}
    return {
        "step": [
            {"@type": "HowToStep", "position": number, "name": step["name"], "text": step["text"]}
            for number, step in enumerate(facts["steps"], 1)
        ]
    }


def _video(page: ContentPage, facts: dict) -> dict:
    video = facts.get("video")
    if not video:
        return {}
    return {
        "contentUrl": in_full(video["url"]),
        "thumbnailUrl": in_full(video["poster"]) if video["poster"] else "",
        "uploadDate": _moment(page.first_published_at),
        "duration": f"PT{video['seconds']}S" if video["seconds"] else "",
        "encodingFormat": video["type"],
        "transcript": facts.get("transcript", ""),
    }


def _material(facts: dict) -> dict:
    told = facts.get("material")
    if not told:
        return {}
    is_law = told["kind"] == "law"
    return {
        "sourceOrganization": {"@type": "Organization", "name": told["issuer"]} if told["issuer"] else {},
        "identifier": told["number"],
        "legislationIdentifier": told["number"] if is_law else "",
        "legislationDate": told["issued_on"] if is_law else "",
        "dateCreated": told["issued_on"],
        "expires": told["valid_until"],
        "associatedMedia": [
            {
                "@type": "MediaObject",
                "name": file["name"],
                "contentUrl": in_full(file["url"]),
                "contentSize": str(file["bytes"]),
                "encodingFormat": file["type"],
            }
            for file in told["files"]
        ],
    }


def _news(facts: dict) -> dict:
    told = facts.get("news")
    return {"temporalCoverage": f"{told['takes_effect_on']}/..", "articleBody": told["now"]} if told else {}


def _faq(page: ContentPage, facts: dict) -> dict:
    return {
        "mainEntity": [
            {
                "@type": "Question",
                "name": one["question"],
                "acceptedAnswer": {"@type": "Answer", "text": one["answer"]},
            }
            for one in facts["questions"]
        ]
    }


def _events(facts: dict) -> dict:
    """A campaign with each of its events."""
    if not facts.get("starts_on"):
        return {}
    return {
        "startDate": facts["starts_on"],
        "endDate": facts["ends_on"],
        "organizer": ORGANISATION,
        "subEvent": [
            {
                name: value
                for name, value in {
                    "@type": "Event",
                    "name": one["name"],
                    "startDate": one["starts"],
                    "endDate": one["ends"],
                    "eventStatus": "https://schema.org/EventScheduled",
                    "eventAttendanceMode": "https://schema.org/OfflineEventAttendanceMode",
                    "location": {"@type": "Place", "name": one["place"], "address": one["place"]},
                    "organizer": {"@type": "Organization", "name": one["organiser"]}
                    if one["organiser"]
                    else ORGANISATION,
                    "isAccessibleForFree": True,
                }.items()
                if value != ""
            }
            for one in facts.get("events", [])
        ],
    }
