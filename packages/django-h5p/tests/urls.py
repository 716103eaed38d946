from django.urls import include, path

urlpatterns = [path("h5p-api/", include("django_h5p.urls"))]
