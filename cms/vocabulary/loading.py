"""Loading the starter vocabulary: terms, procedures, languages, portal links."""

from decimal import Decimal
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import models
from wagtail.models import Locale

from cms.starter import LANGUAGES, Run
from cms.starter.reading import Entry, read_entries
from cms.vocabulary.models import (
    Audience,
    Competence,
    ContentLanguage,
    PortalLink,
    Procedure,
    Started,
    Topic,
    content_hash,
)

FOLDER = Path(__file__).resolve().parent / "starter"
TERMS: dict[str, type[models.Model]] = {"topics": Topic, "audiences": Audience, "competences": Competence}


def sync_row(run: Run, model: type[Started], lookup: dict, values: dict[str, Any], *, label: str) -> Started:
    """Bring one row in step with the starter content, unless an editor has changed it since it was loaded."""
    row = model.objects.filter(**lookup).first()
    new = content_hash(values)
    if row is None:
        run.count("created")
        return model.objects.create(**lookup, **values, starter_hash=new)
    stored = content_hash({name: getattr(row, name) for name in values})
    if stored == new:
        run.count("kept")
        if row.starter_hash != new:
            model.objects.filter(pk=row.pk).update(starter_hash=new)
        return row
    if row.starter_hash != stored:
        run.count("edited", label)
        return row
    for name, value in values.items():
        setattr(row, name, value)
    row.starter_hash = new
    row.save()
    run.count("changed")
    return row


def read(run: Run) -> dict[str, list[dict]]:
    """Everything the YAML files hold, by the file's name: rows of {lookup and values by language}."""
    found: dict[str, list[dict]] = {}
    for name in TERMS:
        found[name] = []
        for position, entry in enumerate(read_entries(run, FOLDER / f"{name}.yaml", identity="slug")):
            found[name].append({"slug": entry.text("slug"), "name": entry.words("name"), "position": position})
            entry.known()
    found["procedures"] = [
        _procedure(entry) for entry in read_entries(run, FOLDER / "procedures.yaml", identity="code")
    ]
    found["languages"] = [_language(e) for e in read_entries(run, FOLDER / "languages.yaml", identity="tag")]
    found["portal_links"] = [_link(e) for e in read_entries(run, FOLDER / "portal_links.yaml", identity="key")]
    return found


def _procedure(entry: Entry) -> dict:
    day, review = entry.day("checked_on"), entry.day("review_by")
    if day and review and review < day:
        entry.fault("review_by", "review_by < checked_on")
    laws = []
    for law in entry.entries("legal_basis", required=False):
        date = law.day("date", required=False)
        laws.append(
            {
                "title": law.text("title"),
                "number": law.text("number", required=False),
                "date": date.isoformat() if date else None,
                "url": law.text("url", required=False) or None,
            }
        )
        law.known()
    found = {
        "code": entry.text("code"),
        "words": {name: entry.words(name) for name in ("name", "authority")}
        | {name: entry.words(name, required=False) for name in ("fee", "time", "who")},
        "documents": entry.words_list("documents", required=False),
        "values": {
            "official_code": entry.text("official_code", required=False),
            "level": entry.choice("level", tuple(Procedure.Level.values)),
            "legal_basis": laws,
            "portal_url": entry.text("portal_url", required=False),
            "sources": entry.texts("sources", required=False),
            "checked_on": day,
            "review_by": review,
        },
    }
    entry.known("volatile")
    return found


def _language(entry: Entry) -> dict:
    names = entry.words("name")
    found = {
        "tag": entry.text("tag"),
        "values": {
            "autonym": entry.text("autonym"),
            "name_vi": names["vi"],
            "name_en": names["en"],
            "script": entry.text("script"),
            "direction": entry.choice("direction", tuple(ContentLanguage.Direction.values)),
            "font": entry.text("font", required=False),
            "fallbacks": entry.texts("fallbacks", required=False),
            "audio_first": entry.flag("audio_first"),
            "counting": entry.text("counting", required=False) or ContentLanguage.Counting.WORDS.value,
            "per_word": Decimal(str(entry.value("per_word", (int, float), required=False, default=1))).quantize(
                Decimal("0.01")
            ),
            "site_allowed": bool(entry.value("site", bool, required=False, default=False)),
            "is_active": entry.text("tag").lower() in dict(settings.LANGUAGES),
        },
    }
    entry.known("note", "notes", "ngrams")
    return found


def _link(entry: Entry) -> dict:
    names = entry.words("name")
    found = {
        "key": entry.text("key"),
        "values": {
            "name_vi": names["vi"],
            "name_en": names["en"] or names["vi"],
            "url": entry.text("url"),
            "checked_on": entry.day("checked_on"),
        },
    }
    entry.known()
    return found


def load(run: Run, found: dict[str, list[dict]]) -> None:
    """Write the rows, those of one thing in several languages tied together by their translation key."""
    locales = {language: Locale.objects.get_or_create(language_code=language)[0] for language in LANGUAGES}
    for name, model in TERMS.items():
        for row in found[name]:
            _translated(
                run,
                model,
                {"slug": row["slug"]},
                {
                    language: {"name": name, "position": row["position"]}
                    for language, name in row["name"].items()
                    if name
                },
                locales,
            )
    for row in found["procedures"]:
        _translated(
            run,
            Procedure,
            {"code": row["code"]},
            {
                language: {
                    **row["values"],
                    **{name: words[language] for name, words in row["words"].items()},
                    "documents": [document[language] for document in row["documents"]],
                }
                for language, name in row["words"]["name"].items()
                if name
            },
            locales,
        )
    for row in found["languages"]:
        sync_row(run, ContentLanguage, {"tag": row["tag"]}, row["values"], label=row["tag"])
    for row in found["portal_links"]:
        sync_row(run, PortalLink, {"key": row["key"]}, row["values"], label=row["key"])


def _translated(run: Run, model, identity: dict, values: dict[str, dict], locales: dict) -> None:
    key = model.objects.filter(**identity).values_list("translation_key", flat=True).first()
    for language, row_values in values.items():
        if language not in locales:
            continue
        lookup = identity | {"locale": locales[language]}
        label = f"{model._meta.model_name} {next(iter(identity.values()))} ({language})"
        exists = model.objects.filter(**lookup).exists()
        row = sync_row(run, model, lookup, row_values, label=label)
        if not exists and key is not None:
            model.objects.filter(pk=row.pk).update(translation_key=key)
        key = key or row.translation_key
