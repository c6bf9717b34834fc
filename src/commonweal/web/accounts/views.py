from __future__ import annotations

from allauth.account.forms import ResetPasswordForm
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from commonweal.web.accounts import services
from commonweal.web.accounts.forms import ChangePersonForm, PersonForm
from commonweal.web.accounts.models import User
from commonweal.web.authorization import ROLES, Permission, requires
from commonweal.web.workspace import current


def _areas() -> dict[str, str]:
    workspace = current()
    return {code: area.name for code in workspace.collaborative.areas if (area := workspace.catalogue.get(code))}


@require_safe
@requires(Permission.MANAGE_PEOPLE)
def people(request: HttpRequest) -> HttpResponse:
    """Everyone who can sign in, or could."""
    context = {"people": User.objects.prefetch_related("memberships"), "areas": _areas(), "roles": ROLES.values()}
    return render(request, "accounts/people.html", context)


@requires(Permission.MANAGE_PEOPLE)
def add(request: HttpRequest) -> HttpResponse:
    """Add a person; they set their own password by e-mail."""
    form = PersonForm(request.POST or None, areas=_areas())
    if request.method == "POST" and form.is_valid():
        try:
            user = services.add_person(**form.cleaned_data)
        except services.PeopleError as error:
            form.add_error("email", str(error))
        else:
            invitation = ResetPasswordForm(data={"email": user.email})
            if invitation.is_valid():
                invitation.save(request)
            where = f"to {user.email}" if settings.EMAIL_HOST else "printed where the site runs (no mail server is set)"
            messages.success(request, f"{user} is added. A message {where} says how to set a password.")
            return redirect("accounts:people")
    context = {"form": form, "title": "Add a person", "action": "Add this person", "roles": ROLES.values()}
    return render(request, "accounts/person.html", context, status=422 if form.errors else 200)


@requires(Permission.MANAGE_PEOPLE)
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a person's name, role and whether they can sign in."""
    user = get_object_or_404(User, pk=pk)
    held = user.memberships.first()
    initial = {
        "name": user.name,
        "is_active": user.is_active,
        "role": held.role if held else "PublicReader",
        "area_code": held.area_code if held else "",
    }
    form = ChangePersonForm(request.POST or None, initial=initial, areas=_areas())
    if request.method == "POST" and form.is_valid():
        try:
            services.change_person(user, **form.cleaned_data)
        except services.PeopleError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"{user} is changed.")
            return redirect("accounts:people")
    context = {"form": form, "title": str(user), "person": user, "action": "Save", "roles": ROLES.values()}
    return render(request, "accounts/person.html", context, status=422 if form.errors else 200)


@require_safe
@login_required
def me(request: HttpRequest) -> HttpResponse:
    """One's own account."""
    return render(request, "accounts/me.html", {"areas": _areas()})
