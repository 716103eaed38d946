"""Addresses of the figures; under the language prefix."""

from django.urls import path

from reports.views import annual, coverage, coverage_files, places, public, roll, rounds

app_name = "reports"

urlpatterns = [
    path("", coverage.home, name="home"),
    path("public/", public.page, name="public"),
    path("units/<str:code>/", coverage.unit, name="unit"),
    path("units/<str:code>/coverage.<slug:format>", coverage.unit_file, name="unit_file"),
    path("units/<str:code>/make/", coverage_files.make, name="coverage_make"),
    path("units/<str:code>/made/<uuid:uuid>/", coverage_files.job, name="coverage_job"),
    path("units/<str:code>/made/<uuid:uuid>/file/", coverage_files.file, name="coverage_job_file"),
    path("schools/<str:code>/", coverage.school, name="school"),
    path("schools/<str:code>/coverage.<slug:format>", coverage.school_file, name="school_file"),
    path("roll/", roll.roll, name="roll"),
    path("roll/freeze/", roll.freeze, name="roll_freeze"),
    path("roll/template/", roll.template, name="roll_template"),
    path("roll/<uuid:uuid>/", roll.preview, name="roll_preview"),
    path("roll/<uuid:uuid>/apply/", roll.apply, name="roll_apply"),
    path("roll/<uuid:uuid>/refused/", roll.refused, name="roll_refused"),
    path("mine/", places.mine, name="mine"),
    path("forms/<uuid:uuid>/", places.report, name="report"),
    path("forms/<uuid:uuid>/return/", places.give_back, name="report_return"),
    path("forms/<uuid:uuid>/figures/<str:code>/", places.figure, name="figure"),
    path("forms/<uuid:uuid>/evidence/<str:code>/", places.evidence_file, name="evidence"),
    path("rounds/", rounds.rounds_list, name="rounds"),
    path("rounds/<str:year>/", rounds.round_page, name="round"),
    path("rounds/<str:year>/sign-off/", rounds.sign_off, name="sign_off"),
    path("rounds/<str:year>/annual/", annual.page, name="annual"),
    path("rounds/<str:year>/annual/make/", annual.make, name="annual_make"),
    path("rounds/<str:year>/annual/<uuid:uuid>/", annual.job, name="annual_job"),
    path("rounds/<str:year>/annual/<uuid:uuid>/file/", annual.file, name="annual_file"),
    path("forms/<uuid:uuid>/report.<slug:format>", annual.place_file, name="report_file"),
    path("indicators/", rounds.indicators, name="indicators"),
    path("indicators/<str:code>/", rounds.indicator, name="indicator"),
]
