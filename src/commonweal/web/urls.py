from django.urls import include, path
from django.views.generic import RedirectView, TemplateView

from commonweal.web import views

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="benchmarking:overview"), name="home"),
    path("healthz", views.healthy, name="healthz"),
    path("accessibility/", TemplateView.as_view(template_name="accessibility.html"), name="accessibility"),
    path("privacy/", TemplateView.as_view(template_name="privacy.html"), name="privacy"),
    path("account/", include("allauth.urls")),
    path("people/", include("commonweal.web.accounts.urls")),
    path("benchmarks/", include("commonweal.web.benchmarking.urls")),
    path("data/", include("commonweal.web.datasets.urls")),
]
handler400 = "commonweal.web.views.bad_request"
handler403 = "commonweal.web.views.forbidden"
handler404 = "commonweal.web.views.not_found"
