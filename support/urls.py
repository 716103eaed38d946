"""Addresses below /<language>/support/: the assistant and the desk."""

from django.urls import path

from support.views import assistant, desk, officers

app_name = "support"

urlpatterns = [
    path("", assistant.home, name="home"),
    path("ask/", assistant.ask, name="ask"),
    path("panel/", assistant.panel, name="panel"),
    path("useful/", assistant.useful, name="useful"),
    path("write/", desk.write, name="write"),
    path("sent/", desk.sent, name="sent"),
    path("follow/", desk.follow, name="follow"),
    path("figures/", desk.figures, name="figures"),
    path("desk/", officers.listed, name="desk"),
    path("desk/guides/", officers.guides, name="guides"),
    path("desk/<uuid:uuid>/", officers.ticket, name="ticket"),
    path("desk/<uuid:uuid>/assign/", officers.assign, name="assign"),
    path("desk/<uuid:uuid>/merge/", officers.merge, name="merge"),
    path("desk/<uuid:uuid>/settle/", officers.settle, name="settle"),
    path("desk/<uuid:uuid>/publish/", officers.publish, name="publish"),
]
