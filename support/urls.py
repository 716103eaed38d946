"""Addresses below /<language>/support/: the assistant, the desk, and the community teams."""

from django.urls import path

from support.views import assistant, desk, officers, opinions, survey_desk, surveys, team, visit_tables, visits

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
    path("changes/", opinions.changes, name="changes"),
    path("desk/", officers.listed, name="desk"),
    path("surveys/", surveys.listed, name="surveys"),
    path("surveys/<slug:slug>/", surveys.take, name="survey"),
    path("surveys/<slug:slug>/thanks/", surveys.thanks, name="survey_thanks"),
    path("surveys/<slug:slug>/another/", surveys.another, name="survey_another"),
    path("surveys/<slug:slug>/results/", surveys.results, name="survey_results"),
    path("rate/<uuid:key>/", surveys.rate, name="rate"),
    path("desk/surveys/", survey_desk.listed, name="survey_desk"),
    path("desk/surveys/new/", survey_desk.begin, name="survey_begin"),
    path("desk/surveys/<uuid:uuid>/", survey_desk.manage, name="survey_manage"),
    path("desk/surveys/<uuid:uuid>/words-around/", survey_desk.settings, name="survey_settings"),
    path("desk/surveys/<uuid:uuid>/questions/<slug:key>/", survey_desk.question, name="survey_question"),
    path("desk/surveys/<uuid:uuid>/do/", survey_desk.do, name="survey_do"),
    path("desk/surveys/<uuid:uuid>/preview/", survey_desk.preview, name="survey_preview"),
    path("desk/surveys/<uuid:uuid>/results/", survey_desk.found, name="survey_found"),
    path("desk/surveys/<uuid:uuid>/results.xlsx", survey_desk.sheet, name="survey_sheet"),
    path("desk/surveys/<uuid:uuid>/words/", survey_desk.words, name="survey_words"),
    path("desk/surveys/<uuid:uuid>/poster/", survey_desk.poster, name="survey_poster"),
    path("desk/guides/", officers.guides, name="guides"),
    path("desk/heard/", opinions.heard, name="heard"),
    path("desk/changes/", opinions.tell_change, name="tell_change"),
    path("desk/<uuid:uuid>/", officers.ticket, name="ticket"),
    path("desk/<uuid:uuid>/assign/", officers.assign, name="assign"),
    path("desk/<uuid:uuid>/merge/", officers.merge, name="merge"),
    path("desk/<uuid:uuid>/settle/", officers.settle, name="settle"),
    path("desk/<uuid:uuid>/publish/", officers.publish, name="publish"),
    path("team/", team.home, name="team"),
    path("team/named/", opinions.named, name="named"),
    path("team/write/", visits.notebook, name="notebook"),
    path("team/visits/", visits.own, name="own_visits"),
    path("team/visits/<uuid:visit_id>/", visits.visit, name="visit"),
    path("visits/", visit_tables.listed, name="visits"),
    path("visits/list.xlsx", visit_tables.spreadsheet, name="visits_xlsx"),
    path("visits/<str:code>/honour/", opinions.honour, name="honour"),
    path("visits/<str:code>/", visit_tables.commune, name="visit_commune"),
]
