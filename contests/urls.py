"""Addresses below /<language>/contests/. `desk` is no contest's address (operations.setting_up.RESERVED)."""

from django.urls import path

from contests.views import desk, entering, mishaps, public, schools, wizard

app_name = "contests"

urlpatterns = [
    path("", public.listed, name="list"),
    path("desk/", desk.home, name="desk"),
    path("desk/new/", desk.presets, name="presets"),
    path("desk/new/<slug:preset>/", desk.set_up, name="set_up"),
    path("desk/<slug:slug>/", desk.show, name="manage"),
    path("desk/<slug:slug>/quizzes/", desk.choose, name="choose_quizzes"),
    path("desk/<slug:slug>/set-up/<slug:step>/", wizard.step, name="step"),
    path("desk/<slug:slug>/outages/", mishaps.outages, name="outages"),
    path("desk/<slug:slug>/questions/", mishaps.questions, name="questions"),
    path("desk/<slug:slug>/move/", desk.move, name="move"),
    path("desk/<slug:slug>/try/", desk.try_out, name="try_out"),
    path("desk/<slug:slug>/freeze/", desk.freeze, name="freeze"),
    path("desk/<slug:slug>/entries/", desk.entries, name="entries"),
    path("desk/<slug:slug>/entries/<uuid:uuid>/", desk.decide_entry, name="decide_entry"),
    path("desk/<slug:slug>/certificates/", desk.certify, name="certify"),
    path("desk/<slug:slug>/appeals/", desk.appeals, name="appeals"),
    path("desk/<slug:slug>/appeals/<uuid:uuid>/", desk.decide, name="decide_appeal"),
    path("<slug:slug>/", public.contest, name="contest"),
    path("<slug:slug>/enter/", entering.enter, name="enter"),
    path("<slug:slug>/rules/", entering.accept, name="accept"),
    path("<slug:slug>/withdraw/", entering.withdraw, name="withdraw"),
    path("<slug:slug>/rounds/<int:number>/start/", entering.start, name="start"),
    path("<slug:slug>/appeal/", entering.appeal, name="appeal"),
    path("<slug:slug>/standings/", public.standings, name="standings"),
    path("<slug:slug>/rankings/<uuid:uuid>/<str:file>", public.published_file, name="file"),
    path("<slug:slug>/classes/<uuid:uuid>/", public.school_class, name="class"),
    path("<slug:slug>/classes/<uuid:uuid>/register/", schools.register, name="register"),
    path("<slug:slug>/schools/<uuid:uuid>/", schools.school, name="school"),
    path("<slug:slug>/statistics/", schools.statistics, name="statistics"),
    path("<slug:slug>/share/", schools.share, name="share"),
    path("<slug:slug>/share/<str:file>", schools.poster, name="poster"),
]
