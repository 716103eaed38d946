"""The base of every page with content, and the plain page types built on it."""

from collections.abc import Callable
from itertools import groupby
from typing import NamedTuple
from uuid import UUID

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, QuerySet, prefetch_related_objects
from django.db.models.functions import TruncDate
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalManyToManyField
from wagtail import hooks
from wagtail.admin.forms.pages import CopyForm, WagtailAdminPageForm
from wagtail.admin.panels import FieldPanel, MultiFieldPanel, ObjectList, TabbedInterface
from wagtail.fields import StreamField
from wagtail.models import Page, PreviewableMixin, TranslatableMixin
from wagtail_localize.fields import SynchronizedField
from wagtail_localize.models import StringSegment, StringTranslation, Translation
from wagtailmedia.edit_handlers import MediaChooserPanel

from cms import keeping, navigation
from cms.blocks import BodyBlock, SourceBlock, procedure_codes
from cms.models.freshness import FreshnessFlag
from cms.outline import sections_of
from cms.pictures import picture_address, picture_html, renditions_of
from cms.text.folding import fold
from media.models import Picture
from media.playing import recording_facts

# First path segments below /<language>/ that belong to the application (contract.md).
RESERVED_SLUGS = frozenset(
    [
        *("learn", "teach", "quiz", "contests", "schools", "reports", "support"),
        *("account", "search", "feeds", "offline", "help-points", "aloud", "broadcasts"),
    ]
)
# How a page asks for large letters without a script.
LARGE = "large"


def check_slug(slug: str, parent: Page | None) -> None:
    """Raise ValidationError when a page called `slug` below `parent` would hide a part of the application."""
    if slug in RESERVED_SLUGS and parent is not None and issubclass(parent.specific_class, HomePage):
        raise ValidationError(
            {
                "slug": ValidationError(
                    _("“%(slug)s” is the address of a part of this site. Choose another one, such as “%(slug)s-page”."),
                    code="reserved",
                    params={"slug": slug},
                )
            }
        )


class ContentPageForm(WagtailAdminPageForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            if isinstance(field, forms.ModelMultipleChoiceField) and issubclass(
                field.queryset.model, TranslatableMixin
            ):
                # Every topic exists once in each language; a page takes those of its own. What it has stays in sight.
                chosen = [term.pk for term in getattr(self.instance, name).all()]
                field.queryset = field.queryset.filter(Q(locale=self.instance.locale_id) | Q(pk__in=chosen))

    def clean_slug(self):
        """An address without Vietnamese marks, which a message or a printed page would show as «%E1%BB%AD».

        The browser proposes one from the title, marks and all. An address that people may have kept stays as it is.
        """
        slug = self.cleaned_data["slug"]
        return slug if slug == self.initial.get("slug") else slugify(fold(slug)) or slug

    def clean(self):
        cleaned = super().clean()
        try:
            check_slug(cleaned.get("slug", ""), self.parent_page)
        except ValidationError as error:
            self.add_error(None, error)
        return cleaned


class ContentCopyForm(CopyForm):
    def clean(self):
        cleaned = super().clean()
        parent = cleaned.get("new_parent_page") or self.page.get_parent()
        try:
            check_slug(cleaned.get("new_slug", ""), parent)
        except ValidationError as error:
            self.add_error("new_slug", error.error_dict["slug"])
        return cleaned


def amber_page_ids() -> frozenset[int]:
    """Pages whose readers are warned; kept until any content or warning changes."""
    return frozenset(FreshnessFlag.objects.filter(resolved_at=None).values_list("page_id", flat=True))


class PageIdentity(NamedTuple):
    """Which page it is, for those who need none of its words."""

    pk: int
    key: UUID
    language: str


class ContentPage(Page):
    """What guides, lessons, courses and videos share; search, feeds and the language board work on it.

    A concrete page sets `content_format`, the word by which the API and search call its kind, and may extend
    `procedures_used()`, `search_text()` and `search_facts()`.
    """

    content_format = "page"
    # A page type that is a way to other pages, not a material of its own, is left out of the list of materials.
    is_material = True

    # Whether all of it may be taken away as one file, with its licence and whom to name (cms.sharing.packs).
    has_pack = False

    # Whether a draft can be made of a Word file alone: not where a page says nothing without facts of its own.
    reads_word = True

    # Drawn once for all who are signed in: in its templates all that is a reader's own stands in `{% personal %}` parts.
    has_shell = True
    card_template = "cms/cards/page.html"
    # Many-to-many fields that the card shows.
    card_terms: tuple[str, ...] = ()

    summary = models.TextField(_("summary"), max_length=300, blank=True, help_text=_("One or two plain sentences."))
    cover = models.ForeignKey(
        "media.Picture",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("cover picture"),
    )
    cover_alt = models.CharField(_("alternative text of the cover"), max_length=300, blank=True)
    topics = ParentalManyToManyField("vocabulary.Topic", blank=True, related_name="+", verbose_name=_("topics"))
    audiences = ParentalManyToManyField(
        "vocabulary.Audience", blank=True, related_name="+", verbose_name=_("audiences")
    )
    body = StreamField(BodyBlock(), blank=True, verbose_name=_("body"))
    sources = StreamField([("source", SourceBlock())], blank=True, verbose_name=_("sources"))
    checked_on = models.DateField(_("facts checked on"), null=True, blank=True)
    review_by = models.DateField(_("to be checked again by"), null=True, blank=True)

    # Facts about the page, not about one of its revisions: see `with_content_json`.
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", editable=False
    )
    reviewed_at = models.DateTimeField(null=True, editable=False)
    reviewed_revision = models.PositiveBigIntegerField(null=True, editable=False)
    starter_key = models.CharField(max_length=120, blank=True, editable=False, db_index=True)
    starter_hash = models.CharField(max_length=64, blank=True, editable=False)
    starter_revision = models.PositiveBigIntegerField(null=True, editable=False)

    page_facts = (
        "reviewed_by_id",
        "reviewed_at",
        "reviewed_revision",
        "starter_key",
        "starter_hash",
        "starter_revision",
    )
    exclude_fields_in_copy = [
        "reviewed_by",
        "reviewed_at",
        "reviewed_revision",
        "starter_key",
        "starter_hash",
        "starter_revision",
    ]

    base_form_class = ContentPageForm
    copy_form_class = ContentCopyForm

    content_panels = [
        *Page.content_panels,
        FieldPanel("summary"),
        MultiFieldPanel([FieldPanel("cover"), FieldPanel("cover_alt")], heading=_("Cover")),
        FieldPanel("body"),
    ]
    about_panels = [
        MultiFieldPanel(
            [
                FieldPanel("topics", widget=forms.CheckboxSelectMultiple),
                FieldPanel("audiences", widget=forms.CheckboxSelectMultiple),
            ],
            heading=_("For whom and about what"),
        ),
        MultiFieldPanel([FieldPanel("checked_on"), FieldPanel("review_by")], heading=_("Freshness")),
        FieldPanel("sources"),
    ]
    override_translatable_fields = [SynchronizedField("slug", overridable=True)]

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(checked_on=None) | Q(review_by=None) | Q(review_by__gte=F("checked_on")),
                name="%(class)s_reviewed_after_check",
            )
        ]

    @classmethod
    def panels_in_tabs(cls) -> TabbedInterface:
        return TabbedInterface(
            [
                ObjectList(cls.content_panels, heading=_("Content")),
                ObjectList(cls.about_panels, heading=_("Audience and sources")),
                ObjectList(cls.promote_panels, heading=_("Promote")),
                ObjectList(cls.settings_panels, heading=_("Settings")),
            ]
        )

    def clean(self):
        super().clean()
        if self.path:
            check_slug(self.slug, self.get_parent())
        if self.cover_id and not self.cover_alt:
            raise ValidationError({"cover_alt": _("Say in words what the cover picture shows.")})

    def with_content_json(self, content):
        page = super().with_content_json(content)
        # Asked again: whoever holds this object may have read it before a reviewer signed.
        facts = type(self)._default_manager.filter(pk=self.pk).values(*self.page_facts).first() or {}
        for name, value in facts.items():
            setattr(page, name, value)
        return page

    @property
    def is_reviewed(self) -> bool:
        """True while the text that readers see is the one a reviewer signed."""
        return self.reviewed_revision is not None and self.reviewed_revision == self.live_revision_id

    @property
    def is_overdue(self) -> bool:
        return self.review_by is not None and self.review_by < timezone.localdate()

    @property
    def can_be_kept(self) -> bool:
        """Whether it is offered to be taken onto the device (cms.offline)."""
        return False

    def procedures_used(self) -> list[str]:
        """Codes of the procedures whose facts this page tells, each once, in order."""
        return procedure_codes(self.body)

    def search_text(self) -> str:
        """Everything a search may find in the page, except its title."""
        return " ".join([self.summary, *self.body.stream_block.get_searchable_content(self.body)])

    def search_facts(self) -> dict:
        """By what a search narrows to this page, where the page knows better than what `cms.search.facts` finds by itself:
        `levels`, `has_audio`, `voices` of `cms.search.indexing.Found`.
        """
        return {}

    def get_admin_display_title(self):
        """In every list of the admin: amber while readers are warned, in words as a screen reader says them."""
        title = super().get_admin_display_title()
        if self.pk not in keeping.kept("amber-pages", amber_page_ids):
            return title
        return _("⚠ to be checked: %(title)s") % {"title": title}

    def told_to_programs(self) -> dict:
        """What this page type knows of itself beyond what all pages say; see cms.sharing.facts."""
        return {}

    @cached_property
    def language(self) -> str:
        return self.locale.language_code

    @property
    def identity(self) -> PageIdentity:
        return PageIdentity(self.pk, self.translation_key, self.language)

    # --- What readers see ---

    def get_context(self, request, *args, **kwargs):
        preview = getattr(request, "is_preview", False)
        context = super().get_context(request, *args, **kwargs)
        context |= self.frame() if preview else keeping.kept(f"frame:{self.pk}", self.frame)
        context["body"] = keeping.draw_body(self) if preview else keeping.body_html(self)
        context["view"] = LARGE if request.GET.get("view") == LARGE else ""
        context["untranslated_from"] = request.GET.get("untranslated", "")
        if not preview and request.user.is_authenticated:
            context |= self.personal_context(request, self.identity)
        return context

    def frame(self) -> dict:
        """What stands around the body and is the same for everyone: plain data, kept until any content changes.

        A page type adds its own by extending this; nothing in it may depend on the reader.
        """
        return {
            "trail": navigation.trail(self),
            "cover": picture_html(self.cover, alt=self.cover_alt, eager=True),
            "sections": [{**one, "url": f"#block-{one['id']}"} for one in sections_of(self.body)],
            "menu_pages": navigation.menu_pages(self.locale.language_code),
            "freshness": list(
                self.freshness_flags.filter(resolved_at=None).values("procedure_code", "reason", "since")
            ),
            "parts_untranslated": self._parts_untranslated(),
            **navigation.languages(self),
        }

    def _parts_untranslated(self) -> int:
        """How many texts of a page made at the translators' desk stand there in the main language."""
        if self.language == settings.LANGUAGE_CODE:
            return 0
        texts = StringTranslation.objects.filter(
            locale=self.locale_id, translation_of=OuterRef("string"), context=OuterRef("context")
        )
        made = Translation.objects.filter(
            source__object=self.translation_key, target_locale=self.locale_id, enabled=True
        )
        return StringSegment.objects.filter(~Exists(texts), source__in=made.values("source")).count()

    @classmethod
    def personal_context(cls, request, page: PageIdentity) -> dict:
        """What a signed-in reader sees besides: their progress, what is due. The hook for upper rooms' page types.

        Called for published pages only, never for visitors, whose page may be kept for everyone. Everything else on the
        page comes from the cache, so this is the place for the page's one light query. It has the page's identity, not
        its row: where the page comes from its shell (cms.shells), the row was not read.
        """
        return {}

    # --- Preview ---

    @property
    def preview_modes(self):
        return [*PreviewableMixin.DEFAULT_PREVIEW_MODES, ("print", _("Print"))]

    @property
    def preview_sizes(self):
        return [
            {"name": "phone", "icon": "mobile-alt", "device_width": 360, "label": _("Preview on a 360 px phone")},
            {"name": "desktop", "icon": "desktop", "device_width": 1280, "label": _("Preview on a desktop")},
        ]

    def get_preview_context(self, request, mode_name):
        return super().get_preview_context(request, mode_name) | {"print_preview": mode_name == "print"}


# How the list of a section is narrowed and sorted, by its kind: (pages, what the address asks for) → (pages, context).
_listings: dict[str, Callable[[QuerySet[Page], dict], tuple[QuerySet[Page], dict]]] = {}


def listing_of(kind: str):
    """Mark a function as the one that lists the pages of sections of `kind`."""

    def register(listing):
        _listings[kind] = listing
        return listing

    return register


class HomePage(ContentPage):
    """The first page of a language."""

    content_format = "home"
    is_material = False
    has_shell = False
    parent_page_types = ["wagtailcore.Page"]

    NEWEST = 2

    def frame(self):
        sections = list(SectionPage.objects.child_of(self).live().public().filter(show_in_menus=True).order_by("path"))
        sections = [section for section in sections if not section.is_empty]
        for section in sections:
            section.locale = self.locale
        # News is what is on now, not a way in.
        by_now = sorted(sections, key=lambda section: section.kind != SectionPage.Kind.NEWS)
        newest = [found for section in by_now if (found := section.newest())][: self.NEWEST]
        entries = [
            {"label": s.title, "url": s.url, "icon": SectionPage.ICONS[s.kind], "text": s.summary}
            for s in sections
            if s.kind != SectionPage.Kind.NEWS
        ]
        from cms.models.campaigns import campaigns_announced  # a page type built on this module

        return super().frame() | {
            "campaigns": campaigns_announced(self.locale),
            "entries": entries + navigation.fixed_entries(self.language),
            "now": [
                {
                    "title": card["page"].title,
                    "url": card["url"],
                    "summary": getattr(card["page"], "summary", ""),
                    "picture": card["picture"],
                }
                for card in cards(newest, self.locale)
            ],
        }

    @classmethod
    def personal_context(cls, request, page):
        """What this reader has to do today: each room draws its part (hook `work_on_home_page`)."""
        drawn = [make(request) for make in hooks.get_hooks("work_on_home_page")]
        return {"work": [part for part in drawn if part]}

    class Meta(ContentPage.Meta):
        verbose_name = _("home page")
        verbose_name_plural = _("home pages")


class SectionPage(ContentPage):
    """A list of pages: the guides, the courses, the videos."""

    class Kind(models.TextChoices):
        GUIDES = "guides", _("Guides")
        COURSES = "courses", _("Courses")
        VIDEOS = "videos", _("Videos")
        HANDBOOKS = "books", _("Handbooks")
        MATERIALS = "material", _("Materials")
        NEWS = "news", _("News")
        OTHER = "other", _("Other pages")

    ICONS = {
        Kind.GUIDES: "file-text",
        Kind.COURSES: "graduation-cap",
        Kind.VIDEOS: "circle-play",
        Kind.HANDBOOKS: "headphones",
        Kind.MATERIALS: "printer",
        Kind.NEWS: "newspaper",
        Kind.OTHER: "book-open",
    }
    content_format = "section"
    is_material = False
    PER_PAGE = 24

    kind = models.CharField(_("kind"), max_length=8, choices=Kind, default=Kind.OTHER)

    parent_page_types = ["cms.HomePage", "cms.SectionPage"]
    content_panels = [*ContentPage.content_panels, FieldPanel("kind")]

    @property
    def can_be_kept(self) -> bool:
        """Lists of what can itself be kept; a course is taken lesson by lesson."""
        return self.kind in {self.Kind.GUIDES, self.Kind.HANDBOOKS, self.Kind.VIDEOS}

    @property
    def is_empty(self) -> bool:
        """True while there is nothing to read here: such a section is left out of the menus."""
        return not self.body and not Page.objects.child_of(self).live().public().exists()

    def newest(self) -> Page | None:
        """What was published here last; of the pages of one day the first in the list."""
        listed = Page.objects.child_of(self).live().public()
        return listed.order_by(TruncDate("first_published_at").desc(), "path").specific().first()

    def get_context(self, request, *args, **kwargs):
        context = super().get_context(request, *args, **kwargs)
        listed = Page.objects.child_of(self).live().public().order_by("path")
        if listing := _listings.get(self.kind):
            listed, shown = listing(listed, request.GET.dict())
            context |= shown
        context["listed"] = Paginator(listed, self.PER_PAGE).get_page(request.GET.get("page"))
        context["cards"] = cards(list(context["listed"].object_list.specific()), self.locale)
        return context

    class Meta(ContentPage.Meta):
        verbose_name = _("section")
        verbose_name_plural = _("sections")


class VideoPage(ContentPage):
    """A video with its captions, transcript and the same as sound alone."""

    content_format = "video"
    has_pack = True
    can_be_kept = True
    parent_page_types = ["cms.SectionPage"]
    subpage_types: list[str] = []
    card_template = "cms/cards/page.html"

    recording = models.ForeignKey(
        "media.Recording", null=True, blank=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("video")
    )
    transcript = models.TextField(
        _("transcript"), blank=True, help_text=_("Everything that is said, for those who cannot hear or play it.")
    )
    chapters = models.JSONField(
        _("chapters"),
        default=list,
        blank=True,
        help_text=_('A list such as [{"at": 0, "title": "Sign in"}]; “at” is in seconds.'),
    )

    content_panels = [
        *Page.content_panels,
        FieldPanel("summary"),
        MediaChooserPanel("recording", media_type="video"),
        FieldPanel("transcript"),
        MultiFieldPanel([FieldPanel("cover"), FieldPanel("cover_alt")], heading=_("Cover")),
        FieldPanel("body"),
    ]

    class Meta(ContentPage.Meta):
        verbose_name = _("video page")
        verbose_name_plural = _("video pages")

    def search_text(self):
        return f"{super().search_text()} {self.transcript}"

    def told_to_programs(self):
        return {"video": recording_facts(self.recording), "transcript": self.transcript} if self.recording else {}

    def frame(self):
        return super().frame() | {"chapters": [one for one in self.chapters if isinstance(one, dict)]}


def _type_name(page: Page) -> str:
    return page._meta.label


def cards(pages: list[Page], locale) -> list[dict]:
    """What a list shows of `pages`, all of one language: covers, renditions and terms cost one query each for all."""
    covers = Picture.objects.in_bulk({page.cover_id for page in pages if getattr(page, "cover_id", None)})
    renditions = renditions_of(covers.values())
    for model, alike in groupby(sorted(pages, key=_type_name), key=type):
        prefetch_related_objects(list(alike), *getattr(model, "card_terms", ()))
    found = []
    for page in pages:
        page.locale = locale  # an address asks for its page's language
        cover = covers.get(getattr(page, "cover_id", None))
        found.append(
            {
                "page": page,
                "url": page.url,
                "cover": cover,
                "renditions": renditions[cover.pk] if cover else {},
                "picture": picture_address(renditions[cover.pk]) if cover else "",
                "template": getattr(page, "card_template", ContentPage.card_template),
            }
        )
    return found


HomePage.edit_handler = HomePage.panels_in_tabs()
SectionPage.edit_handler = SectionPage.panels_in_tabs()
VideoPage.edit_handler = VideoPage.panels_in_tabs()
