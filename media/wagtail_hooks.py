"""The editors' admin: H5P contents, packages and libraries."""

from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from media.blocks import h5p_chooser
from media.views import h5p


class H5PMenuItem(MenuItem):
    def is_shown(self, request):
        return request.user.has_perm(h5p.VIEW)


@hooks.register("register_admin_viewset")
def chooser():
    return h5p_chooser


@hooks.register("register_admin_urls")
def admin_urls():
    return [
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


@hooks.register("register_admin_menu_item")
def menu_item():
    return H5PMenuItem(_("H5P exercises"), reverse("media_h5p_contents"), icon_name="tasks", order=310)
