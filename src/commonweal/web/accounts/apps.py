from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "commonweal.web.accounts"
    label = "accounts"
    verbose_name = "People"
    default_auto_field = "django.db.models.BigAutoField"
