"""The site's own side: the calls of the player. Include it anywhere, e.g. at `api/v1/h5p/`."""

from django.urls import path

from django_h5p.views import api

app_name = "h5p"
urlpatterns = [
    path("<uuid:content_id>/attempts", api.attempts, name="attempts"),
    path("<uuid:attempt_id>/statements", api.statements, name="statements"),
    path("<uuid:attempt_id>/state", api.state, name="state"),
]
