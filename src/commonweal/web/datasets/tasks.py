"""Work too long for a request: checking and loading an upload."""

from __future__ import annotations

from django_tasks import task


@task()
def check_upload(upload_id: int) -> None:
    """Read the file and keep what its load would do."""
    from commonweal.web.datasets import services

    services.check(upload_id)


@task()
def load_upload(upload_id: int) -> None:
    """Load the file."""
    from commonweal.web.datasets import services

    services.load(upload_id)
