"""Addresses below /<language>/contests/. `desk` is no contest's address (operations.setting_up.RESERVED)."""

from django.urls import path

from contests.views import desk, entering, public, work_desk, works

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
    path("desk/<slug:slug>/extend/", work_desk.extend, name="extend"),
    path("desk/<slug:slug>/questions/", work_desk.enquiries, name="enquiries"),
    path("desk/<slug:slug>/questions/<uuid:uuid>/", work_desk.answer, name="answer_enquiry"),
    path("<slug:slug>/", public.contest, name="contest"),
    path("<slug:slug>/enter/", entering.enter, name="enter"),
    path("<slug:slug>/rules/", entering.accept, name="accept"),
    path("<slug:slug>/withdraw/", entering.withdraw, name="withdraw"),
    path("<slug:slug>/rounds/<int:number>/start/", entering.start, name="start"),
    path("<slug:slug>/appeal/", entering.appeal, name="appeal"),
    path("<slug:slug>/ask/", works.ask, name="ask"),
    path("<slug:slug>/works/new/", works.new, name="new_work"),
    path("<slug:slug>/works/<uuid:uuid>/", works.show, name="work"),
    path("<slug:slug>/works/<uuid:uuid>/change/", works.change, name="change_work"),
    path("<slug:slug>/works/<uuid:uuid>/join/", works.join, name="join_team"),
    path("<slug:slug>/works/<uuid:uuid>/hand-in/", works.hand_in, name="hand_in"),
    path("<slug:slug>/files/<uuid:uuid>/", works.file, name="work_file"),
    path("<slug:slug>/receipts/<slug:code>.pdf", works.receipt_pdf, name="work_receipt_pdf"),
    path("<slug:slug>/receipts/<slug:code>/", works.receipt, name="work_receipt"),
    path("<slug:slug>/standings/", public.standings, name="standings"),
    path("<slug:slug>/rankings/<uuid:uuid>/<str:file>", public.published_file, name="file"),
    path("<slug:slug>/classes/<uuid:uuid>/", public.school_class, name="class"),
]
