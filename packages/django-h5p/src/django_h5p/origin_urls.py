"""All that `H5P_ORIGIN` answers; django_h5p.middleware sends its requests here and nowhere else."""

from django.urls import path, re_path

from django_h5p.views import origin

urlpatterns = [
    path("h5p/play/<uuid:content_id>/", origin.play, name="h5p_play"),
    path("h5p/embed/<uuid:version_id>/", origin.embed, name="h5p_embed"),
    re_path(r"^h5p/(?P<kind>libs|content)/(?P<prefix>[0-9a-f-]{1,60})/(?P<path>.+)$", origin.package_file),
    path("h5p/core/<slug:digest>/<path:path>", origin.core_file),
]
