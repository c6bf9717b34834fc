"""What the data pages change: an upload is received, checked, and loaded."""

from __future__ import annotations

import shutil
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from django.utils.text import get_valid_filename

from commonweal.errors import CommonwealError
from commonweal.web.datasets.models import Upload
from commonweal.web.datasets.tasks import check_upload, load_upload
from commonweal.web.workspace import current

if TYPE_CHECKING:
    from commonweal.datasets.mapping import Mapping
    from commonweal.datasets.reading import Reading

SHOWN_ROWS = 10
SHOWN_FAULTS = 50
SHOWN = ("indicator", "area_code", "period", "sex", "age", "category", "count", "denominator", "value", "status")


def receive(file: UploadedFile, user: Any) -> Upload:
    """Keep an uploaded file and queue its check."""
    name = get_valid_filename(Path(str(file.name)).name)
    upload = Upload(name=name, folder=uuid.uuid4().hex, uploaded_by=user, status=Upload.Status.CHECKING)
    upload.path.parent.mkdir(parents=True)
    with upload.path.open("wb") as kept:
        for chunk in file.chunks():
            kept.write(chunk)
    upload.save()
    check_upload.enqueue(upload.pk)
    return upload


def check_again(upload: Upload, mapping: Mapping, constants: dict[str, str]) -> None:
    """Check the file as read by a mapping chosen on the page."""
    upload.mapping = mapping.model_dump(mode="json")
    upload.constants = constants
    upload.status, upload.error = Upload.Status.CHECKING, ""
    upload.save()
    check_upload.enqueue(upload.pk)


def start_load(upload: Upload) -> None:
    """Queue the load of a checked upload; one that is already on its way is left alone."""
    started = Upload.objects.filter(pk=upload.pk, status=Upload.Status.CHECKED).update(status=Upload.Status.QUEUED)
    if started:
        load_upload.enqueue(upload.pk)


def resume_interrupted() -> int:
    """Queue again whatever a stopped program left half way; a load is one commit, so beginning again is safe."""
    left = Upload.objects.filter(status__in=[Upload.Status.CHECKING, Upload.Status.QUEUED, Upload.Status.LOADING])
    for upload in left:
        (check_upload if upload.status == Upload.Status.CHECKING else load_upload).enqueue(upload.pk)
    return len(left)


def _mapping(upload: Upload) -> Mapping | None:
    from commonweal.datasets.mapping import Mapping

    return Mapping.model_validate(upload.mapping) if upload.mapping else None


def check(upload_id: int) -> None:
    """Read the file and keep what a load would do in the upload's report."""
    from commonweal.datasets.reading import read_observations

    upload = Upload.objects.get(pk=upload_id)
    workspace = current()
    try:
        reading = read_observations(
            upload.path,
            mapping=_mapping(upload),
            catalogue=workspace.catalogue,
            indicators=workspace.store.indicators(),
            constants=upload.constants or None,
            saved=workspace.mappings,
        )
    except CommonwealError as error:
        upload.status, upload.error = Upload.Status.REFUSED, str(error)
    else:
        upload.status, upload.report = Upload.Status.CHECKED, _preview(reading)
    upload.save()


def _preview(reading: Reading) -> dict[str, Any]:
    reasons = reading.rejected.group_by("reason").len().sort("len", "reason", descending=[True, False])
    return {
        "mapping": reading.mapping.title,
        "rows_in": reading.rows_in,
        "observations": reading.observations.height,
        "rows_rejected": reading.rows_rejected,
        "collapsed": reading.collapsed,
        "reasons": [list(row) for row in reasons.iter_rows()],
        "faults": [
            {"row": row, "column": column, "value": value, "reason": reason}
            for row, column, value, reason in reading.rejected.head(SHOWN_FAULTS).iter_rows()
        ],
        "notices": reading.notices,
        "columns": list(SHOWN),
        "rows": [
            ["" if cell is None else str(cell) for cell in row]
            for row in reading.observations.head(SHOWN_ROWS).select(SHOWN).iter_rows()
        ],
    }


def load(upload_id: int) -> None:
    """Load the file and keep the report; the file itself is removed once it is in the store."""
    from commonweal.datasets.loading import load_file

    upload = Upload.objects.get(pk=upload_id)
    Upload.objects.filter(pk=upload_id).update(status=Upload.Status.LOADING)

    def progress(step: str) -> None:
        Upload.objects.filter(pk=upload_id).update(step=step)

    try:
        report = load_file(
            current(),
            upload.path,
            mapping=_mapping(upload),
            constants=upload.constants or None,
            user=str(upload.uploaded_by),
            progress=progress,
        )
    except CommonwealError as error:
        upload.status, upload.error = Upload.Status.REFUSED, str(error)
    else:
        upload.status = Upload.Status.LOADED
        upload.report = {
            "mapping": report.mapping,
            "rows_in": report.rows_in,
            "rows_rejected": report.rows_rejected,
            "collapsed": report.rows_collapsed,
            "added": report.added,
            "updated": report.updated,
            "unchanged": report.unchanged,
            "version": report.version,
            "reasons": [list(pair) for pair in report.reasons],
            "notices": report.notices,
            "rejected_file": str(report.rejected_file) if report.rejected_file else "",
        }
        upload.path.unlink(missing_ok=True)
    upload.step, upload.finished_at = "", timezone.now()
    upload.save()


def discard(upload: Upload) -> None:
    """Forget an upload that was not loaded, with its file."""
    shutil.rmtree(upload.path.parent, ignore_errors=True)
    upload.delete()
