from django.conf import settings
from django.db import models


class HelpRequest(models.Model):
    """One area asks another how it does so well on an indicator."""

    class Status(models.TextChoices):
        ASKED = "asked", "Asked"
        WITHDRAWN = "withdrawn", "Withdrawn"

    indicator = models.CharField(max_length=120)
    from_area = models.CharField("asking area", max_length=20)
    to_area = models.CharField("area asked", max_length=20)
    message = models.TextField("what would help", blank=True, max_length=2000)
    finding = models.TextField(help_text="What the figures said when help was asked for.")
    data_version = models.PositiveIntegerField(help_text="Version of the common data-set the finding comes from.")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="help_requests")
    asked_at = models.DateTimeField(auto_now_add=True)
    status = models.CharField(max_length=20, choices=Status, default=Status.ASKED)

    class Meta:
        ordering = ["-asked_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["indicator", "from_area", "to_area"],
                condition=models.Q(status="asked"),
                name="one_open_help_request",
                violation_error_message="This area has already been asked for help with this indicator.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.from_area} asks {self.to_area} about {self.indicator}"
