from __future__ import annotations

from pathlib import Path

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from commonweal.datasets.comma_separated import csv_bytes
from commonweal.datasets.export import with_names
from commonweal.web.authorization import Permission, requires
from commonweal.web.datasets import services
from commonweal.web.datasets.column_choice import ColumnChoiceForm
from commonweal.web.datasets.forms import UploadForm
from commonweal.web.datasets.models import Upload
from commonweal.web.datasets.selectors import held
from commonweal.web.workspace import current


@require_safe
@requires(Permission.VIEW_DATA)
def status(request: HttpRequest) -> HttpResponse:
    """What the common data-set holds."""
    workspace = current()
    rows = held(workspace)
    context = {
        "rows": rows,
        "observations": sum(row.rows for row in rows),
        "version": workspace.store.version,
        "collaborative": workspace.collaborative,
    }
    return render(request, "datasets/status.html", context)


@require_safe
@requires(Permission.VIEW_DATA)
def history(request: HttpRequest) -> HttpResponse:
    """Every load, newest first."""
    return render(request, "datasets/history.html", {"entries": current().store.history()})


@require_safe
@requires(Permission.VIEW_DATA)
def observations(request: HttpRequest) -> HttpResponse:
    """The observations of one indicator, as they stand or stood at a version."""
    workspace = current()
    identifier = request.GET.get("indicator", "")
    if identifier not in workspace.store.indicator_ids():
        raise Http404(f"There is no indicator '{identifier}' in the common data-set.")
    asked = request.GET.get("version", "")
    version = int(asked) if asked.isdigit() else None
    frame = with_names(workspace, workspace.store.read(identifier, version=version))
    response = HttpResponse(csv_bytes(frame), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{identifier}.csv"'
    return response


@requires(Permission.LOAD_DATA)
def upload(request: HttpRequest) -> HttpResponse:
    """Choose a file to load."""
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        received = services.receive(form.cleaned_data["file"], request.user)
        return redirect("datasets:preview", received.folder)
    context = {"form": form, "uploads": Upload.objects.select_related("uploaded_by")[:20]}
    return render(request, "datasets/upload.html", context, status=422 if form.errors else 200)


@requires(Permission.LOAD_DATA)
def preview(request: HttpRequest, folder: str) -> HttpResponse:
    """What a load would do, the choice of columns where they are not recognised, and what it did."""
    found = get_object_or_404(Upload, folder=folder)
    choice = ColumnChoiceForm.of(found, request.POST if request.POST.get("action") == "columns" else None)
    if request.method == "POST":
        action = request.POST.get("action")
        if action == "load":
            services.start_load(found)
            return redirect("datasets:preview", folder)
        if action == "discard" and not found.is_waiting:
            services.discard(found)
            messages.success(request, f"{found.name} was discarded. Nothing was loaded.")
            return redirect("datasets:upload")
        if action == "columns" and choice is not None and choice.is_valid():
            services.check_again(found, choice.mapping(), choice.constants())
            return redirect("datasets:preview", folder)
    context = {"upload": found, "report": found.report, "choice": choice}
    return render(request, "datasets/preview.html", context, status=422 if choice and choice.errors else 200)


@require_safe
@requires(Permission.LOAD_DATA)
def progress(request: HttpRequest, folder: str) -> HttpResponse:
    """How far a check or load is; htmx asks for it until it is done, then reloads the page."""
    found = get_object_or_404(Upload, folder=folder)
    response = render(request, "datasets/_progress.html", {"upload": found})
    if not found.is_waiting:
        response["HX-Refresh"] = "true"
    return response


@require_safe
@requires(Permission.LOAD_DATA)
def rejected(request: HttpRequest, folder: str) -> HttpResponse | FileResponse:
    """The rejected rows of a load."""
    found = get_object_or_404(Upload, folder=folder)
    path = Path(found.report.get("rejected_file") or "nowhere")
    if not path.is_file():
        raise Http404("No row of this file was rejected.")
    return FileResponse(path.open("rb"), as_attachment=True, filename=path.name, content_type="text/csv; charset=utf-8")
