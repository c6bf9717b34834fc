from pathlib import Path

from django.conf import settings
from django.db import models

from commonweal.web.workspace import current


class Upload(models.Model):
    """A file sent to be loaded: kept from its check until its load is done."""

    class Status(models.TextChoices):
        CHECKING = "checking", "Being checked"
        CHECKED = "checked", "Checked: waiting for you to load it"
        QUEUED = "queued", "Waiting to be loaded"
        LOADING = "loading", "Being loaded"
        LOADED = "loaded", "Loaded"
        REFUSED = "refused", "Refused"

    name = models.CharField("file", max_length=200)
    folder = models.CharField(max_length=40, unique=True)
    mapping = models.JSONField(default=dict, help_text="How the columns are read; empty where the file is recognised.")
    constants = models.JSONField(default=dict)
    status = models.CharField(max_length=20, choices=Status, default=Status.CHECKING)
    step = models.CharField(max_length=100, blank=True)
    report = models.JSONField(default=dict)
    error = models.TextField(blank=True)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="uploads")
    uploaded_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-uploaded_at"]

    def __str__(self) -> str:
        return self.name

    @property
    def path(self) -> Path:
        """Where the file is kept."""
        return current().path / "uploads" / self.folder / self.name

    @property
    def is_waiting(self) -> bool:
        return self.status in (self.Status.CHECKING, self.Status.QUEUED, self.Status.LOADING)
