"""Pictures as browsers get them: renditions are made ahead by a task, so that no reader's request encodes anything."""

import re
from collections import defaultdict
from collections.abc import Iterable

from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe
from wagtail.blocks.list_block import ListValue
from wagtail.images.models import Filter
from wagtail.rich_text import RichText

from media.models import Picture, Rendition

# A phone 360 px wide shows a picture at 328 px: once, twice and three times as many pixels.
WIDTHS = (360, 720, 1080)
# Best first: a browser takes the first type it knows. JPEG is for the browsers at our floor.
FORMATS = {
    "avif": ("image/avif", "format-avif|avifquality-55"),
    "webp": ("image/webp", "format-webp|webpquality-75"),
    "jpeg": ("image/jpeg", "format-jpeg|jpegquality-75|bgcolor-ffffff"),
}
VECTOR_SPEC = "original"
DEFAULT_SIZES = "(min-width: 720px) 680px, 100vw"


def spec(width: int, image_format: str) -> str:
    return f"width-{width}|{FORMATS[image_format][1]}"


def specs_of(picture: Picture) -> list[str]:
    """Filter specs of all renditions `picture` needs: never wider than itself."""
    if picture.is_svg():
        return [VECTOR_SPEC]
    widths = [width for width in WIDTHS if width <= picture.width] or [WIDTHS[0]]
    return [spec(width, image_format) for image_format in FORMATS for width in widths]


def renditions_of(pictures: Iterable[Picture]) -> dict[int, dict[str, Rendition]]:
    """Renditions that exist, {picture id: {filter spec: rendition}}, in one query for all `pictures`."""
    found: dict[int, dict[str, Rendition]] = defaultdict(dict)
    for rendition in Rendition.objects.filter(image__in=list(pictures), focal_point_key=""):
        found[rendition.image_id][rendition.filter_spec] = rendition
    return found


def make_renditions(picture: Picture) -> int:
    """Make the renditions that are missing and return how many there were. Reads and writes the object store."""
    wanted = specs_of(picture)
    have = renditions_of([picture])[picture.pk]
    missing = [name for name in wanted if name not in have]
    if missing:
        picture.get_renditions(*[Filter(spec=name) for name in missing])
    return len(missing)


def picture_html(
    picture: Picture | None,
    *,
    alt: str = "",
    sizes: str = DEFAULT_SIZES,
    css_class: str = "",
    eager: bool = False,
    renditions: dict[str, Rendition] | None = None,
) -> str:
    """A <picture> with every rendition that exists, or what is left of it: a box with its words when there is none.

    `renditions` as in `renditions_of`; without it they are asked for here, in one query.
    """
    if picture is None:
        return ""
    if renditions is None:
        renditions = renditions_of([picture])[picture.pk]
    loading = mark_safe(' fetchpriority="high"' if eager else ' loading="lazy" decoding="async"')
    if VECTOR_SPEC in renditions and picture.is_svg():
        vector = renditions[VECTOR_SPEC]
        return format_html(
            '<img class="picture {}" src="{}" width="{}" height="{}" alt="{}"{}>',
            css_class, vector.url, round(picture.width), round(picture.height), alt, loading,
        )  # fmt: skip
    by_format = {
        image_format: [renditions[name] for width in WIDTHS if (name := spec(width, image_format)) in renditions]
        for image_format in FORMATS
    }
    fallback = by_format["jpeg"] or by_format["webp"] or by_format["avif"]
    if not fallback:
        # Not made yet: the words stand in until the task has made them.
        if not alt:
            return ""
        return format_html('<span class="picture picture--missing" role="img" aria-label="{}">{}</span>', alt, alt)
    sources = format_html_join(
        "",
        '<source type="{}" srcset="{}" sizes="{}">',
        (
            (FORMATS[image_format][0], ", ".join(f"{r.url} {r.width}w" for r in made), sizes)
            for image_format, made in by_format.items()
            if made and image_format != "jpeg"
        ),
    )
    middle = fallback[min(1, len(fallback) - 1)]
    return format_html(
        '<picture class="picture {}">{}'
        '<img src="{}" srcset="{}" sizes="{}" width="{}" height="{}" alt="{}"{}></picture>',
        css_class,
        sources,
        middle.url,
        ", ".join(f"{r.url} {r.width}w" for r in fallback),
        sizes,
        middle.width,
        middle.height,
        alt,
        loading,
    )


def picture_address(renditions: dict[str, Rendition]) -> str:
    """One address that every browser can show, of a size for a card; empty where nothing has been made yet."""
    for name in (VECTOR_SPEC, spec(720, "jpeg"), spec(360, "jpeg")):
        if name in renditions:
            return renditions[name].url
    return ""


def pictures_of(page) -> list[Picture]:
    """Every picture shown on a ContentPage: its cover and those inside its blocks and cards."""
    found = {page.cover_id} if page.cover_id else set()
    for block in [*page.body, *getattr(page, "cards", [])]:
        found |= _pictures_in(block.value)
    return list(Picture.objects.filter(pk__in=found))


def _pictures_in(value) -> set[int]:
    if isinstance(value, Picture):
        return {value.pk}
    if isinstance(value, dict):
        return set().union(*map(_pictures_in, value.values()))
    if isinstance(value, ListValue):
        return set().union(*map(_pictures_in, value))
    return set()


def pictures_without_words(page) -> list[str]:
    """The pictures of a page that say nothing to who cannot see them, by title, in the page's order; each once.

    An empty text may be meant (decoration): it is for whoever reads the page before it is published to say so.
    """
    found: list[str] = []
    for block in [*(getattr(page, "body", None) or []), *getattr(page, "cards", [])]:
        found += _wordless(block.value)
    return list(dict.fromkeys(found))


def _wordless(value) -> list[str]:
    if isinstance(value, ListValue):
        return [title for one in value for title in _wordless(one)]
    if isinstance(value, RichText):
        return _wordless_in_text(value.source)
    if not isinstance(value, dict):
        return []
    found = [title for one in value.values() for title in _wordless(one)]
    if isinstance(picture := value.get("image"), Picture) and "alt" in value and not (value["alt"] or "").strip():
        found.insert(0, picture.title)
    return found


def _wordless_in_text(source: str) -> list[str]:
    """Pictures put into a text: `<embed embedtype="image" id="1" alt="" …>`."""
    bare = []
    for embed in re.findall(r"<embed[^>]*>", source):
        number = re.search(r'\bid="(\d+)"', embed)
        if 'embedtype="image"' in embed and number and not re.search(r'\balt="\s*[^"\s]', embed):
            bare.append(int(number[1]))
    titles = dict(Picture.objects.filter(pk__in=bare).values_list("pk", "title")) if bare else {}
    return [titles[pk] for pk in bare if pk in titles]
