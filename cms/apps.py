from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class CmsConfig(AppConfig):
    name = "cms"
    label = "cms"
    verbose_name = _("Editorial site")

    def ready(self):
        # Receivers connect themselves when imported.
        from cms import loading, loading_materials, loading_movement, receivers, starter  # noqa: F401
        from cms.audit.acts import register_acts
        from cms.formats import register_format
        from cms.jobs.operations import register_work
        from cms.operations import acts, honours
        from cms.operations.books import making
        from cms.queries import page_facts, page_uses
        from cms.search import helping
        from cms.search.indexing import register_kind as register_searched
        from cms.vocabulary.facts import register_facts
        from cms.vocabulary.usage import register_uses
        from schools.operations.notifications import register_kind
        from schools.privacy import register

        register_format(helping.KIND, _("Help near you"))
        register_searched(helping.KIND, helping.everything)
        register_format("campaign", _("Campaign"))
        register_format("good_model", _("Good model"))
        register_format("honour_roll", _("Honour roll"))
        register("cms", honours.OWN)
        register_kind(
            "procedures_stale",
            _("Procedures to be checked again: %(names)s. Readers are warned on %(pages)s pages."),
            may_leave=True,
        )
        register_kind("help_points_stale", _("Help points to be checked again: %(count)s. %(names)s."), may_leave=True)
        register_acts("pages", acts.TITLE, acts.ACTS, details=acts.DETAILS, endings=acts.ENDINGS)
        register_uses("pages", page_uses)
        register_facts("pages", page_facts)
        register_work(making.BOOKS_JOB, making.make_files)
        starter.register("tree", 20, loading.load_tree, read=loading.read_tree)
        starter.register("about pages", 22, loading.load_about_pages, read=loading.read_about_pages)
        starter.register("synonyms", 25, loading.load_synonyms, read=loading.read_synonyms)
        starter.register("guides", 30, loading.load_guides, read=loading.read_guides)
        starter.register("handbooks", 32, loading.load_handbooks, read=loading.read_handbooks)
        starter.register("news", 34, loading_materials.load_news, read=loading_materials.read_news)
        # After the courses and all else that the codes on the sheets lead to.
        starter.register("materials", 60, loading_materials.load_materials, read=loading_materials.read_materials)
        # After the courses, which a campaign may gather.
        starter.register("movement", 58, loading_movement.load_movement, read=loading_movement.read_movement)
        post_migrate.connect(prepare, sender=self)


def prepare(sender, apps=None, plan=(), **kwargs):
    """Groups, rights and the workflow need the permissions, which Django makes after the last migration."""
    from django.apps import apps as present
    from django.contrib.auth.management import create_permissions
    from wagtail.snippets.models import create_extra_permissions

    from cms.operations.editorial import prepare_editorial

    try:
        apps.get_model("cms", "ReviewTask")
    except (AttributeError, LookupError):
        return  # migrated backwards
    if not plan:
        return
    rooms = ("vocabulary", "media", "quizzes", "translating", "cms", "sharing")
    wagtail = ("wagtailcore", "wagtailadmin", "wagtailimages", "wagtaildocs", "wagtailmedia", "wagtail_localize")
    for name in (*rooms, *wagtail, "h5p"):
        create_permissions(present.get_app_config(name), verbosity=0)
    # Those of drafts are Wagtail's, made after ours.
    create_extra_permissions(present.get_app_config("wagtailsnippets"))
    prepare_editorial()
