from django.urls import path

from commonweal.web.accounts import views

app_name = "accounts"
urlpatterns = [
    path("", views.people, name="people"),
    path("add/", views.add, name="add"),
    path("<int:pk>/", views.change, name="change"),
    path("me/", views.me, name="me"),
]
