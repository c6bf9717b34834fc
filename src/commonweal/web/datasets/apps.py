from django.apps import AppConfig


class DatasetsConfig(AppConfig):
    name = "commonweal.web.datasets"
    label = "datasets"
    verbose_name = "Common data-set"
    default_auto_field = "django.db.models.BigAutoField"
