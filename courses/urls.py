"""Addresses below /<language>/: the pupil's under learn/, the teacher's under teach/. `verifying` stands at /verify/,
`families` at /f/, `asking` at /h/."""

from django.urls import path

from courses.views import (
    assigning,
    attendance,
    certificates,
    family,
    gradebook,
    learning,
    papers,
    polls,
    readings,
    repeating,
    status,
    teaching,
    trained,
    training_door,
    trainings,
)

app_name = "courses"

urlpatterns = [
    path("learn/", learning.today, name="today"),
    path("learn/courses/", learning.catalogue, name="catalogue"),
    path("learn/open/<slug:kind>/<uuid:key>/", learning.open_target, name="open"),
    path("learn/lessons/<uuid:key>/done/", learning.finish_lesson, name="finish_lesson"),
    path("learn/lessons/<uuid:key>/slides/", papers.slides, name="slides"),
    path("learn/lessons/<uuid:key>/worksheet.docx", papers.worksheet, name="worksheet"),
    path("learn/certificates/", certificates.mine, name="certificates"),
    path("learn/certificates/<str:serial>.pdf", certificates.pdf, name="certificate_pdf"),
    path("learn/certificates/<str:serial>.jpg", certificates.picture, name="certificate_picture"),
    path("learn/family/", family.own, name="family"),
    path("learn/family/<uuid:uuid>/", family.task, name="family_task"),
    path("learn/lessons/<uuid:key>/family/<str:block>/", family.start, name="family_start"),
    path("teach/family/", family.classes, name="family_classes"),
    path("teach/classes/<uuid:uuid>/family/", family.of_class, name="class_family"),
    path("teach/classes/<uuid:uuid>/family/<uuid:task>/again/", family.again, name="family_again"),
    path("teach/", teaching.home, name="teach"),
    path("teach/papers/", papers.listed, name="papers"),
    path("teach/papers/<uuid:key>/", papers.of_lesson, name="lesson_papers"),
    path("teach/papers/<uuid:key>/plan.docx", papers.plan, name="plan"),
    path("teach/ask/", polls.listed, name="polls"),
    path("teach/ask/own/", polls.ask_own, name="ask_own"),
    path("teach/ask/lessons/<uuid:key>/", polls.ask_lesson, name="ask_lesson"),
    path("teach/ask/<uuid:uuid>/", polls.wall, name="poll"),
    path("teach/ask/<uuid:uuid>/count/", polls.count, name="poll_count"),
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
    path("teach/trainings/", trainings.listed, name="trainings"),
    path("teach/trainings/new/", trainings.new, name="training_new"),
    path("teach/trainings/<uuid:uuid>/", trainings.show, name="training"),
    path("teach/trainings/<uuid:uuid>/edit/", trainings.edit, name="training_edit"),
    path("teach/trainings/<uuid:uuid>/do/", trainings.act, name="training_do"),
    path("teach/trainings/<uuid:uuid>/import/", trainings.bring, name="training_import"),
    path("teach/trainings/<uuid:uuid>/number/", trainings.number, name="training_number"),
    path("teach/trainings/<uuid:uuid>/wall/", training_door.wall, name="training_wall"),
    path("teach/trainings/<uuid:uuid>/sheet.docx", trainings.sheet, name="training_sheet"),
    path("teach/trainings/<uuid:uuid>/list.xlsx", trainings.spreadsheet, name="training_xlsx"),
    path("teach/trained/", trained.page, name="trained"),
    path("teach/trained/list.xlsx", trained.spreadsheet, name="trained_xlsx"),
    path("teach/trained/online/", trained.online, name="online_trainings"),
    path("learn/readings/<uuid:uuid>/", readings.read, name="reading"),
    path("teach/readings/", readings.listed, name="readings"),
    path("teach/readings/new/", readings.new, name="reading_new"),
    path("teach/readings/<uuid:uuid>/", readings.status, name="reading_status"),
    path("teach/readings/<uuid:uuid>/do/", readings.act, name="reading_do"),
    path("teach/readings/<uuid:uuid>/list.xlsx", readings.spreadsheet, name="reading_xlsx"),
    path("learn/present/", training_door.present, name="present"),
    path("learn/present/here/", training_door.present_here, name="present_here"),
    path("learn/present/<str:code>/", training_door.present_code, name="present_code"),
    path("teach/sessions/<uuid:uuid>/undo/", attendance.undo, name="undo_attendance"),
    path("teach/classes/<uuid:uuid>/certificates/", certificates.of_class, name="class_certificates"),
    path(
        "teach/classes/<uuid:uuid>/certificates/<uuid:key>/",
        certificates.class_course,
        name="class_course_certificates",
    ),
    path(
        "teach/classes/<uuid:uuid>/certificates/<uuid:key>/print/",
        certificates.print_class,
        name="print_certificates",
    ),
    path(
        "teach/classes/<uuid:uuid>/certificates/<uuid:key>/print/<uuid:job>/",
        certificates.job,
        name="certificates_job",
    ),
    path(
        "teach/classes/<uuid:uuid>/certificates/<uuid:key>/print/<uuid:job>/file/",
        certificates.job_file,
        name="certificates_file",
    ),
    path("teach/certificates/<str:serial>/withdraw/", certificates.revoke, name="revoke_certificate"),
]

# One address in every language, at /verify/.
verifying = [
    path("", certificates.check, name="verify_form"),
    path("<str:serial>", certificates.verify, name="verify"),
]

# The relative's page, short because it is also typed, at /f/.
families = [
    path("", family.type_code, name="family_code"),
    path("<str:code>", family.confirm, name="family_confirm"),
]

# A question on the wall, at /h/: short because a class types it.
asking = [
    path("", polls.type_code, name="poll_code"),
    path("<str:code>", polls.answer, name="poll_answer"),
]
