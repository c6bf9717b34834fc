from django.urls import path, register_converter

from commonweal.web.benchmarking import views
from commonweal.web.benchmarking.downloads import KINDS


class KindConverter:
    """A kind of file that can be downloaded."""

    regex = "|".join(KINDS)

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class IndicatorConverter(KindConverter):
    """An identifier of an indicator, as in `commonweal.datasets.indicator`."""

    regex = r"[a-z0-9][a-z0-9._-]*"


register_converter(KindConverter, "kind")
register_converter(IndicatorConverter, "indicator")

app_name = "benchmarking"
urlpatterns = [
    path("", views.overview, name="overview"),
    path("overview.<kind:kind>", views.overview_export, name="overview_export"),
    path("indicators/<indicator:identifier>/", views.indicator, name="indicator"),
    path("indicators/<indicator:identifier>/ask/", views.ask, name="ask"),
    path("indicators/<indicator:identifier>/<slug:tab>.<kind:kind>", views.indicator_export, name="indicator_export"),
    path("indicators/<indicator:identifier>/<slug:tab>/", views.indicator, name="indicator_tab"),
    path("areas/<slug:code>/", views.area, name="area"),
    path("areas/<slug:code>/profile.<kind:kind>", views.area_export, name="area_export"),
    path("together/", views.association, name="association"),
    path("together/chart.<kind:kind>", views.association_export, name="association_export"),
    path("learn/", views.learn, name="learn"),
    path("asks/", views.asks, name="asks"),
    path("asks/<int:pk>/withdraw/", views.withdraw, name="withdraw"),
]
