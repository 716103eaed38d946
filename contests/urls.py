"""Addresses below /<language>/contests/. `desk` and `jury` are no contest's address (operations.setting_up.RESERVED)."""

from django.urls import path

from contests.views import desk, entering, jury, jury_desk, public

app_name = "contests"

urlpatterns = [
    path("", public.listed, name="list"),
    path("desk/", desk.home, name="desk"),
    path("desk/new/", desk.presets, name="presets"),
    path("desk/new/<slug:preset>/", desk.set_up, name="set_up"),
    path("desk/<slug:slug>/", desk.show, name="manage"),
    path("desk/<slug:slug>/quizzes/", desk.choose, name="choose_quizzes"),
    path("desk/<slug:slug>/rules/", desk.rules, name="edit_rules"),
    path("desk/<slug:slug>/move/", desk.move, name="move"),
    path("desk/<slug:slug>/try/", desk.try_out, name="try_out"),
    path("desk/<slug:slug>/freeze/", desk.freeze, name="freeze"),
    path("desk/<slug:slug>/entries/", desk.entries, name="entries"),
    path("desk/<slug:slug>/entries/<uuid:uuid>/", desk.decide_entry, name="decide_entry"),
    path("desk/<slug:slug>/appeals/", desk.appeals, name="appeals"),
    path("desk/<slug:slug>/appeals/<uuid:uuid>/", desk.decide, name="decide_appeal"),
    path("desk/<slug:slug>/screening/", jury_desk.screening, name="screening"),
    path("desk/<slug:slug>/screening/<uuid:uuid>/", jury_desk.screen, name="screen"),
    path("desk/<slug:slug>/jury/", jury_desk.room, name="jury_room"),
    path("desk/<slug:slug>/jury/invite/", jury_desk.invite, name="invite_juror"),
    path("desk/<slug:slug>/jury/do/", jury_desk.act, name="jury_act"),
    path("desk/<slug:slug>/jury/<uuid:uuid>/", jury_desk.moderate, name="moderate"),
    path("desk/<slug:slug>/minutes/", jury_desk.minutes, name="minutes"),
    path("desk/<slug:slug>/minutes.docx", jury_desk.minutes_file, {"form": "docx"}, name="minutes_word"),
    path("desk/<slug:slug>/minutes.pdf", jury_desk.minutes_file, {"form": "pdf"}, name="minutes_pdf"),
    path("jury/", jury.home, name="jury_home"),
    path("jury/join/<str:token>/", jury.join, name="join_jury"),
    path("<slug:slug>/jury/", jury.works, name="jury_works"),
    path("<slug:slug>/jury/sheet.pdf", jury.sheet, name="sheet"),
    path("<slug:slug>/jury/<uuid:uuid>/", jury.score, name="score"),
    path("<slug:slug>/jury/<uuid:uuid>/save/", jury.save, name="save_score"),
    path("<slug:slug>/jury/<uuid:uuid>/decline/", jury.decline, name="decline"),
    path("<slug:slug>/jury/<uuid:uuid>/<uuid:copy>/", jury.file, name="jury_file"),
    path("<slug:slug>/", public.contest, name="contest"),
    path("<slug:slug>/enter/", entering.enter, name="enter"),
    path("<slug:slug>/rules/", entering.accept, name="accept"),
    path("<slug:slug>/withdraw/", entering.withdraw, name="withdraw"),
    path("<slug:slug>/rounds/<int:number>/start/", entering.start, name="start"),
    path("<slug:slug>/appeal/", entering.appeal, name="appeal"),
    path("<slug:slug>/standings/", public.standings, name="standings"),
    path("<slug:slug>/rankings/<uuid:uuid>/<str:file>", public.published_file, name="file"),
    path("<slug:slug>/classes/<uuid:uuid>/", public.school_class, name="class"),
]
