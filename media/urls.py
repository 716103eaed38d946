from django.urls import path

from media.views import recordings as views

app_name = "media"
urlpatterns = [
    path("recordings/<uuid:recording_id>/", views.recording_file, name="recording"),
    path("recordings/<uuid:recording_id>/poster/", views.recording_poster, name="poster"),
    path("recordings/<uuid:recording_id>/<slug:language>.vtt", views.recording_captions, name="captions"),
]
