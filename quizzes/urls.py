"""`urlpatterns` stand below /<language>/quiz/; `receipts` at /receipts/, one address in every language."""

from django.urls import path

from quizzes import views

urlpatterns = [
    path("<uuid:key>/", views.QuizView.as_view(), name="quiz"),
    path("attempts/<uuid:uuid>/", views.AttemptView.as_view(), name="quiz_attempt"),
    path("attempts/<uuid:uuid>/result/", views.result, name="quiz_result"),
]

receipts = [
    path("<str:code>.pdf", views.receipt_pdf, name="receipt_pdf"),
    path("<str:code>", views.receipt, name="receipt"),
]
