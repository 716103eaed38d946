"""`urlpatterns` stand below /<language>/quiz/; `receipts` at /receipts/, one address in every language."""

from django.urls import path

from quizzes.views import correcting, figures, marking, on_paper, printing, rescuing, reviewing, taking

urlpatterns = [
    path("<uuid:key>/", taking.QuizView.as_view(), name="quiz"),
    path("attempts/<uuid:uuid>/", taking.AttemptView.as_view(), name="quiz_attempt"),
    path("attempts/<uuid:uuid>/result/", taking.result, name="quiz_result"),
    path("review/", reviewing.review, name="quiz_review"),
    path("marking/", marking.queue, name="quiz_marking"),
    path("marking/<uuid:key>/<uuid:question>/", marking.begin, name="quiz_pile"),
    path("marking/<uuid:key>/<uuid:question>/<uuid:uuid>/", marking.mark, name="quiz_mark"),
    path("rescue/<uuid:key>/<uuid:class_key>/", rescuing.rescue, name="quiz_rescue"),
    path("on-paper/<uuid:class_key>/<uuid:key>/", on_paper.type_in, name="quiz_on_paper"),
    path("on-paper/<uuid:class_key>/<uuid:key>/make/", on_paper.make_sheets, name="quiz_make_sheets"),
    path("on-paper/<uuid:class_key>/<uuid:key>/sheets/", on_paper.sheets, name="quiz_sheets"),
    path("sheets/<uuid:uuid>/", on_paper.scanned, name="quiz_sheet"),
    path("<uuid:key>/paper.docx", printing.paper, name="quiz_paper"),
    path("<uuid:key>/figures/", figures.show, name="quiz_figures"),
    path("<uuid:key>/figures/figures.xlsx", figures.spreadsheet, name="quiz_figures_xlsx"),
    path("classes/<uuid:class_key>/", figures.of_class, name="quiz_class_figures"),
    path("<uuid:key>/corrections/", correcting.show, name="quiz_corrections"),
    path("<uuid:key>/corrections/key/", correcting.preview, name="quiz_key"),
    path("<uuid:key>/corrections/jobs/<uuid:uuid>/", correcting.regrade, name="quiz_regrade"),
    path("<uuid:key>/corrections/questions/<uuid:question>/", correcting.cancel, name="quiz_cancel"),
]

receipts = [
    path("<str:code>.pdf", taking.receipt_pdf, name="receipt_pdf"),
    path("<str:code>", taking.receipt, name="receipt"),
]
