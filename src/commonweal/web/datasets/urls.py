from django.urls import path

from commonweal.web.datasets import views

app_name = "datasets"
urlpatterns = [
    path("", views.status, name="status"),
    path("history/", views.history, name="history"),
    path("observations.csv", views.observations, name="observations"),
    path("load/", views.upload, name="upload"),
    path("load/<slug:folder>/", views.preview, name="preview"),
    path("load/<slug:folder>/progress/", views.progress, name="progress"),
    path("load/<slug:folder>/rejected.csv", views.rejected, name="rejected"),
]
