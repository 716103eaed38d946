"""Addresses of sign-in, accounts, classes' people and schools; under the language prefix."""

from django.urls import path

from schools.views import account, cards, channels, classes, privacy, roster, school, sign_in

app_name = "schools"

urlpatterns = [
    path("account/", account.account, name="account"),
    path("account/schools/", sign_in.school_search, name="school_search"),
    path("account/card/", sign_in.card, name="card"),
    path("account/card/confirm/", sign_in.card_confirm, name="card_confirm"),
    path("account/card/<slug:code>/", sign_in.card, name="card_code"),
    path("account/forgotten/", sign_in.forgotten, name="forgotten"),
    path("account/first-password/", sign_in.first_password, name="first_password"),
    path("account/password/", account.change_password, name="change_password"),
    path("account/carry-on/", account.carry_on, name="carry_on"),
    path("account/language/", account.set_language, name="set_language"),
    path("account/notifications/read/", account.read_notifications, name="read_notifications"),
    path("account/channels/", channels.choose, name="channels"),
    path("account/channels/stop/<str:token>/", channels.stop, name="stop_channel"),
    path("account/privacy/", privacy.own, name="privacy"),
    path("account/log/", privacy.log, name="audit_log"),
    path("schools/<str:code>/people/<uuid:uuid>/privacy/", privacy.of_pupil, name="privacy_of_pupil"),
    path("account/join/", account.join, name="join"),
    path("account/join/done/", account.joined, name="joined"),
    path("teach/classes/<uuid:uuid>/pupils/", classes.class_pupils_page, name="class_pupils"),
    path(
        "teach/classes/<uuid:uuid>/pupils/<uuid:user_uuid>/reset/",
        classes.reset_pupil_password,
        name="reset_pupil_password",
    ),
    path("teach/classes/<uuid:uuid>/letters/<slug:letter>.docx", classes.letter, name="class_letter"),
    path("teach/classes/<uuid:uuid>/guests/<uuid:request_uuid>/", classes.decide_guest, name="decide_guest"),
    path("teach/classes/<uuid:uuid>/codes/", classes.open_join_code, name="open_join_code"),
    path("teach/classes/<uuid:uuid>/codes/<uuid:code_uuid>/", classes.show_join_code, name="join_code"),
    path("teach/classes/<uuid:uuid>/codes/<uuid:code_uuid>/close/", classes.close_join_code, name="close_join_code"),
    path("schools/classes/<uuid:uuid>/cards/", cards.class_cards, name="class_cards"),
    path("schools/people/", school.people, name="people"),
    path("schools/people/<uuid:uuid>/", school.member, name="member"),
    path("schools/people/<uuid:uuid>/second-factor/", school.reset_second_factor, name="reset_second_factor"),
    path("schools/people/<uuid:uuid>/password/", school.reset_staff_password, name="reset_staff_password"),
    path("schools/<str:code>/", school.home, name="home"),
    path("schools/<str:code>/staff/", school.staff, name="staff"),
    path("schools/<str:code>/roster/", roster.roster, name="roster"),
    path("schools/<str:code>/roster/template/", roster.template, name="roster_template"),
    path("schools/<str:code>/roster/export/", roster.export, name="roster_export"),
    path("schools/<str:code>/roster/<uuid:uuid>/", roster.preview, name="roster_preview"),
    path("schools/<str:code>/roster/<uuid:uuid>/commit/", roster.commit, name="roster_commit"),
    path("schools/<str:code>/roster/<uuid:uuid>/result/", roster.result, name="roster_result"),
    path("schools/<str:code>/roster/<uuid:uuid>/refused/", roster.refused_rows, name="roster_refused"),
    path("schools/<str:code>/roster/<uuid:uuid>/undo/", roster.undo, name="roster_undo"),
    path("schools/<str:code>/cards/", cards.print_school_cards, name="print_school_cards"),
    path("schools/<str:code>/cards/<uuid:uuid>/", cards.cards_job, name="cards_job"),
    path("schools/<str:code>/cards/<uuid:uuid>/file/", cards.cards_file, name="cards_file"),
]
