"""Bringing pages in step with the starter content without touching what an editor has changed."""

import copy
import uuid
from typing import Any

from wagtail.models import Locale, Page

from cms.models import ContentPage
from cms.starter import LANGUAGES, Run
from cms.vocabulary.models import content_hash


def sync_page(
    run: Run,
    model: type[ContentPage],
    starter_key: str,
    parents: dict[str, Page],
    values: dict[str, dict[str, Any]],
    *,
    many: dict[str, dict[str, list]] | None = None,
    translation_key: uuid.UUID | None = None,
) -> dict[str, ContentPage]:
    """One page in every language of `values` whose parent is there, published; returns {language: page}.

    `translation_key` is the identity of a new page where it is kept elsewhere. `values` are plain field values by
    language, the body as raw stream data; `many` sets relations to many. What is loaded for the first time is created,
    what differs from the last loading is published anew, and a page whose latest revision is not ours was changed by an
    editor and is left alone.
    """
    found: dict[str, ContentPage] = {}
    key = (
        model.objects.filter(starter_key=starter_key).values_list("translation_key", flat=True).first()
        or translation_key
        or uuid.uuid4()
    )
    for language in LANGUAGES:
        if language not in values or language not in parents:
            continue
        relations = (many or {}).get(language, {})
        source = content_hash(
            values[language] | {name: sorted(str(t.pk) for t in terms) for name, terms in relations.items()}
        )
        # A stream writes new ids into the raw data it is given: what the languages share must not be touched.
        fields = copy.deepcopy(values[language])
        page = model.objects.filter(starter_key=starter_key, locale__language_code=language).first()
        if page is None:
            page = model(
                **fields,
                locale=Locale.objects.get(language_code=language),
                translation_key=key,
                live=False,
            )
            _set_relations(page, relations)
            parent = type(parents[language]).objects.get(pk=parents[language].pk)
            parent.add_child(instance=page)
            run.count("created")
        elif page.latest_revision_id != page.starter_revision:
            run.count("edited", f"{page.title} ({language})")
            found[language] = page
            continue
        elif page.starter_hash == source:
            run.count("kept")
            found[language] = page
            continue
        else:
            for name, value in fields.items():
                setattr(page, name, value)
            _set_relations(page, relations)
            run.count("changed")
        revision = page.save_revision()
        model.objects.filter(pk=page.pk).update(
            starter_key=starter_key, starter_hash=source, starter_revision=revision.pk
        )
        revision.publish()
        found[language] = model.objects.get(pk=page.pk)
    return found


def _set_relations(page: ContentPage, relations: dict[str, list]) -> None:
    for name, terms in relations.items():
        setattr(page, name, terms)
