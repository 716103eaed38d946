"""Addresses below /<language>/: the pupil's under learn/, the teacher's under teach/."""

from django.urls import path

from courses.views import assigning, attendance, gradebook, learning, papers, repeating, status, teaching

app_name = "courses"

urlpatterns = [
    path("learn/", learning.today, name="today"),
    path("learn/courses/", learning.catalogue, name="catalogue"),
    path("learn/open/<slug:kind>/<uuid:key>/", learning.open_target, name="open"),
    path("learn/lessons/<uuid:key>/done/", learning.finish_lesson, name="finish_lesson"),
    path("learn/lessons/<uuid:key>/slides/", papers.slides, name="slides"),
    path("learn/lessons/<uuid:key>/worksheet.docx", papers.worksheet, name="worksheet"),
    path("teach/", teaching.home, name="teach"),
    path("teach/papers/", papers.listed, name="papers"),
    path("teach/papers/<uuid:key>/", papers.of_lesson, name="lesson_papers"),
    path("teach/papers/<uuid:key>/plan.docx", papers.plan, name="plan"),
    path("teach/assigned/", teaching.assigned, name="assigned"),
    path("teach/assign/", assigning.choose, name="assign"),
    path("teach/again/", repeating.choose, name="again_choose"),
    path("teach/again/<uuid:uuid>/", repeating.give, name="again"),
    path("teach/assign/<uuid:key>/", assigning.give, name="give"),
    path("teach/assignments/<uuid:uuid>/", status.show, name="status"),
    path("teach/assignments/<uuid:uuid>/list.xlsx", status.spreadsheet, name="status_xlsx"),
    path("teach/assignments/<uuid:uuid>/remind/", status.remind, name="remind"),
    path("teach/assignments/<uuid:uuid>/message/", status.message, name="message"),
    path("teach/assignments/<uuid:uuid>/due/", assigning.change_due, name="change_due"),
    path("teach/assignments/<uuid:uuid>/withdraw/", assigning.withdraw, name="withdraw"),
    path("teach/assignments/<uuid:uuid>/restore/", assigning.restore, name="restore"),
    path("teach/assignments/<uuid:uuid>/pupils/<uuid:pupil>/", status.pupil, name="pupil"),
    path("teach/assignments/<uuid:uuid>/pupils/<uuid:pupil>/extend/", status.extend, name="extend"),
    path("teach/classes/<uuid:uuid>/lessons/<uuid:key>/attendance/", attendance.attendance, name="attendance"),
    path("teach/classes/<uuid:uuid>/gradebook/", gradebook.show, name="gradebook"),
    path("teach/classes/<uuid:uuid>/gradebook/list.xlsx", gradebook.spreadsheet, name="gradebook_xlsx"),
    path("teach/classes/<uuid:uuid>/parent-letters/", gradebook.parent_letters, name="parent_letters"),
    path("teach/sessions/<uuid:uuid>/undo/", attendance.undo, name="undo_attendance"),
]
