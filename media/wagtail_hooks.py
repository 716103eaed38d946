"""The editors' admin: copies, captions and chapters of recordings; H5P contents, packages and libraries."""

from django.contrib import messages
from django.shortcuts import redirect
from django.templatetags.static import static
from django.urls import path, reverse
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.documents.views.documents import DeleteView as DocumentDeletion
from wagtail.documents.views.multiple import DeleteView as NewDocumentDeletion
from wagtail.images.views.images import DeleteView as ImageDeletion
from wagtail.images.views.multiple import DeleteView as NewImageDeletion
from wagtailmedia.views.media import delete as delete_recording

from media.blocks import h5p_chooser
from media.models import DocumentFile, Picture, Recording
from media.views import captions, conversions, h5p
from media.views.deleting import places_of, unless_used


class H5PMenuItem(MenuItem):
    def is_shown(self, request):
        return request.user.has_perm(h5p.VIEW)


@hooks.register("register_admin_viewset")
def chooser():
    return h5p_chooser


@hooks.register("insert_global_admin_js")
def sending_of_files():
    """On every page of the admin: choosers, in which files are sent too, open anywhere."""
    return format_html_join(
        "", '<script type="module" src="{}"></script>', [(static("media/upload.js"),), (static("media/recorder.js"),)]
    )


@hooks.register("register_admin_urls")
def admin_urls():
    return [
        path("recordings/<int:recording_id>/copies/", conversions.panel, name="media_conversion"),
        path("recordings/<int:recording_id>/copies/again/", conversions.make_again, name="media_conversion_again"),
        path("recordings/<int:recording_id>/poster/", conversions.choose_poster, name="media_poster_choice"),
        path("recordings/<int:recording_id>/captions/<slug:language>/", captions.captions, name="media_captions"),
        path("recordings/<int:recording_id>/chapters/<slug:language>/", captions.chapters, name="media_chapters"),
        path("h5p/", h5p.contents, name="media_h5p_contents"),
        path("h5p/upload/", h5p.upload, name="media_h5p_upload"),
        path("h5p/begin/", h5p.begin, name="media_h5p_begin"),
        path("h5p/jobs/<uuid:job_id>/", h5p.job, name="media_h5p_job"),
        path("h5p/libraries/", h5p.libraries, name="media_h5p_libraries"),
        path("h5p/libraries/delete-unused/", h5p.delete_unused, name="media_h5p_delete_unused"),
        path("h5p/<int:content_id>/", h5p.content, name="media_h5p_content"),
        path("h5p/<int:content_id>/upload/", h5p.upload, name="media_h5p_upload_version"),
        path("h5p/<int:content_id>/delete/", h5p.delete, name="media_h5p_delete"),
        path("h5p/<int:content_id>/versions/<int:number>/", h5p.download, name="media_h5p_download"),
    ]


# Before those of Wagtail, whose addresses these are: what is used somewhere is not deleted.
@hooks.register("register_admin_urls", order=-1)
def deletion_urls():
    return [
        path(address, unless_used(model, argument, view), name=f"media_delete_{number}")
        for number, (address, model, argument, view) in enumerate(
            (
                ("images/<int:image_id>/delete/", Picture, "image_id", ImageDeletion.as_view()),
                ("images/multiple/<int:image_id>/delete/", Picture, "image_id", NewImageDeletion.as_view()),
                ("documents/delete/<int:document_id>/", DocumentFile, "document_id", DocumentDeletion.as_view()),
                ("documents/multiple/<int:doc_id>/delete/", DocumentFile, "doc_id", NewDocumentDeletion.as_view()),
                ("media/delete/<int:media_id>/", Recording, "media_id", delete_recording),
            )
        )
    ]


@hooks.register("before_bulk_action")
def used_files_stay(request, action_type, objects, action):
    """Deleting many at once: refused with the names of those that are used."""
    if action_type != "delete" or request.method != "POST":
        return None
    used = [
        one for one in objects if isinstance(one, Picture | DocumentFile | Recording) and places_of(one, request.user)
    ]
    if not used:
        return None
    named = ", ".join(f"“{one.title}”" for one in used[:5])
    messages.error(request, _("Nothing was deleted: %(names)s is still used. Its page says where.") % {"names": named})
    return redirect(request.get_full_path())


@hooks.register("register_admin_menu_item")
def menu_item():
    return H5PMenuItem(_("H5P exercises"), reverse("media_h5p_contents"), icon_name="tasks", order=310)
