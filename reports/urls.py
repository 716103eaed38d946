"""Addresses of the figures; under the language prefix."""

from django.urls import path

from reports.views import coverage, roll

app_name = "reports"

urlpatterns = [
    path("", coverage.home, name="home"),
    path("units/<str:code>/", coverage.unit, name="unit"),
    path("units/<str:code>/coverage.<slug:format>", coverage.unit_file, name="unit_file"),
    path("schools/<str:code>/", coverage.school, name="school"),
    path("schools/<str:code>/coverage.<slug:format>", coverage.school_file, name="school_file"),
    path("roll/", roll.roll, name="roll"),
    path("roll/freeze/", roll.freeze, name="roll_freeze"),
    path("roll/template/", roll.template, name="roll_template"),
    path("roll/<uuid:uuid>/", roll.preview, name="roll_preview"),
    path("roll/<uuid:uuid>/apply/", roll.apply, name="roll_apply"),
]
