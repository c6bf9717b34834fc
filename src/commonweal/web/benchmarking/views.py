from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from commonweal.web.authorization import Permission, areas_of, requires
from commonweal.web.benchmarking import downloads, services
from commonweal.web.benchmarking.association_page import AssociationPage
from commonweal.web.benchmarking.first_steps import needs_figures
from commonweal.web.benchmarking.forms import HelpRequestForm
from commonweal.web.benchmarking.indicator_page import TABS, IndicatorPage
from commonweal.web.benchmarking.learning_page import LearningPage
from commonweal.web.benchmarking.models import HelpRequest
from commonweal.web.benchmarking.overview import Overview
from commonweal.web.benchmarking.pages import page
from commonweal.web.benchmarking.profile_page import ProfilePage
from commonweal.web.benchmarking.query import Query
from commonweal.web.benchmarking.remembered import remembers_comparison
from commonweal.web.benchmarking.sentences import gap_sentence, indicator_sentence
from commonweal.web.benchmarking.tables_for_download import overview_data, overview_grid, overview_slide, ranked_slide


@require_safe
@requires(Permission.VIEW_BENCHMARKS)
@needs_figures
@remembers_comparison
def overview(request: HttpRequest) -> HttpResponse:
    return page(request, "benchmarking/overview.html", lambda: Overview(Query(request)).context())


@require_safe
@requires(Permission.VIEW_BENCHMARKS)
@needs_figures
def overview_export(request: HttpRequest, kind: str) -> HttpResponse:
    query = Query(request)
    shown = Overview(query)
    name = query.workspace.collaborative.name
    source = f"{name} · newest period of each indicator · data version {query.board.version}"
    return downloads.Download(
        name=f"{name} overview",
        title=shown.context()["title"],
        sentence=shown.sentence,
        data=overview_data(shown),
        figure=overview_grid(shown, source) if kind in ("png", "svg") else None,
        slide_table=overview_slide(shown),
        source=source,
        notes=_notes(query),
    ).response(kind)


@require_safe
@requires(Permission.VIEW_BENCHMARKS)
@remembers_comparison
def indicator(request: HttpRequest, identifier: str, tab: str = "compare") -> HttpResponse:
    if tab not in TABS:
        raise Http404(f"An indicator has no page '{tab}'.")
    return page(
        request, f"benchmarking/indicator_{tab}.html", lambda: IndicatorPage(Query(request), identifier, tab).context()
    )


@require_safe
@requires(Permission.VIEW_BENCHMARKS)
def indicator_export(request: HttpRequest, identifier: str, tab: str, kind: str) -> HttpResponse:
    if tab not in TABS:
        raise Http404(f"An indicator has no page '{tab}'.")
    query = Query(request)
    shown = IndicatorPage(query, identifier, tab)
    context = shown.context()
    figure = shown.figure
    return downloads.Download(
        name=f"{shown.indicator.title} {tab}",
        title=figure.title if figure else shown.indicator.title,
        sentence=f"{shown.indicator.title}. {context['sentence']} {context['gap']}".strip(),
        data=shown.downloaded,
        figure=figure if figure is not None or kind in ("csv", "xlsx") else shown.ranked,
        slide_table=ranked_slide(shown) if figure is None else None,
        source=figure.source if figure else shown.source,
        notes=[shown.indicator.definition, shown.indicator.caveats, *_notes(query)],
    ).response(kind)


@require_safe
@requires(Permission.VIEW_BENCHMARKS)
@needs_figures
@remembers_comparison
def area(request: HttpRequest, code: str) -> HttpResponse:
    return page(request, "benchmarking/area.html", lambda: ProfilePage(Query(request), code).context())


@require_safe
@requires(Permission.VIEW_BENCHMARKS)
@needs_figures
def area_export(request: HttpRequest, code: str, kind: str) -> HttpResponse:
    query = Query(request)
    shown = ProfilePage(query, code)
    return downloads.Download(
        name=f"{shown.area} profile",
        title=f"{shown.area}: profile",
        sentence=shown.sentence,
        data=shown.data,
        figure=None if kind in ("csv", "xlsx") else shown.figure,
        source=f"Newest period of each indicator · data version {query.board.version}",
        notes=_notes(query),
    ).response(kind)


@require_safe
@requires(Permission.VIEW_BENCHMARKS)
@needs_figures
def association(request: HttpRequest) -> HttpResponse:
    return page(request, "benchmarking/association.html", lambda: AssociationPage(Query(request)).context())


@require_safe
@requires(Permission.VIEW_BENCHMARKS)
@needs_figures
def association_export(request: HttpRequest, kind: str) -> HttpResponse:
    query = Query(request)
    shown = AssociationPage(query)
    return downloads.Download(
        name=f"{shown.x.title} and {shown.y.title}",
        title=f"{shown.x.title} and {shown.y.title}",
        sentence=shown.sentence,
        data=shown.data,
        figure=shown.figure,
        source=f"Newest period of each indicator · data version {query.board.version}",
        notes=_notes(query),
    ).response(kind)


@require_safe
@requires(Permission.VIEW_BENCHMARKS)
@needs_figures
@remembers_comparison
def learn(request: HttpRequest) -> HttpResponse:
    return page(request, "benchmarking/learn.html", lambda: LearningPage(Query(request)).context())


@requires(Permission.ASK_FOR_HELP)
def ask(request: HttpRequest, identifier: str) -> HttpResponse:
    """The form that asks an area for help with an indicator."""
    query = Query(request)
    indicator = query.indicator(identifier)
    own = {code: query.areas[code] for code in areas_of(request.user, Permission.ASK_FOR_HELP, query.areas)}
    if not own:
        raise PermissionDenied("You can ask for help on behalf of your own area, and it is not in this collaborative.")
    others = {code: query.name(code) for code in query.board.kindred}
    others = dict(sorted(others.items(), key=lambda pair: (pair[0] not in query.areas, pair[1])))
    initial = {"from_area": request.GET.get("from", ""), "to_area": request.GET.get("to", "")}
    form = HelpRequestForm(request.POST or None, initial=initial, ours=own, others=others)
    if request.method == "POST" and form.is_valid():
        asking = form.cleaned_data["from_area"]
        rows = query.board.latest().filter(indicator=identifier, area_code=asking)
        row = rows.row(0, named=True) if rows.height else None
        finding = f"{indicator_sentence(row, indicator, query.name(asking), query.against_name)} "
        finding += gap_sentence(row, indicator, query.against_name)
        try:
            services.ask_for_help(
                indicator=identifier,
                from_area=asking,
                to_area=form.cleaned_data["to_area"],
                message=form.cleaned_data["message"],
                finding=finding.strip(),
                data_version=query.board.version or 0,
                asked_by=request.user,
            )
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(
                request,
                f"Recorded: {query.name(asking)} asks {query.name(form.cleaned_data['to_area'])} for help with "
                f"{indicator.title}.",
            )
            return redirect("benchmarking:asks")
    context = {"form": form, "indicator": indicator, "title": f"Ask for help: {indicator.title}"}
    return render(request, "benchmarking/ask.html", context, status=422 if form.errors else 200)


@require_safe
@requires(Permission.ASK_FOR_HELP)
def asks(request: HttpRequest) -> HttpResponse:
    """Every request for help, newest first."""
    query = Query(request)
    rows = [
        {
            "request": found,
            "indicator": query.board.indicators.get(found.indicator),
            "from_area": query.name(found.from_area),
            "to_area": query.name(found.to_area),
        }
        for found in HelpRequest.objects.select_related("asked_by")
    ]
    return render(request, "benchmarking/asks.html", {"rows": rows, "title": "Requests for help"})


@require_POST
@requires(Permission.ASK_FOR_HELP)
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back one's own request for help."""
    found = get_object_or_404(HelpRequest, pk=pk, asked_by=request.user)
    services.withdraw(found)
    messages.success(request, "The request is withdrawn; it stays in the list.")
    return redirect("benchmarking:asks")


def _notes(query: Query) -> list[str]:
    notes = [
        f"Compared with {query.against_name}. Comparison is not proof of quality of care: see the definition and "
        "caveats of each indicator.",
        f"{query.workspace.collaborative.name}, common data-set version {query.board.version}.",
    ]
    if query.workspace.collaborative.demonstration:
        notes.insert(0, "Demonstration: every place and figure here is synthetic.")
    return notes
