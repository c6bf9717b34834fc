"""What changes people and their roles."""

from __future__ import annotations

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from commonweal.errors import CommonwealError
from commonweal.web.accounts.models import Membership, User
from commonweal.web.authorization import ROLES

DEMONSTRATION_PASSWORD = "learn-from-neighbours"
DEMONSTRATION_USERS = {
    "reader@demo.example": ("Rae Reader", "PublicReader"),
    "analyst@demo.example": ("Ana Analyst", "Analyst"),
    "lead@demo.example": ("Lee Lead", "ProgrammeLead"),
    "administrator@demo.example": ("Ada Administrator", "Administrator"),
}


class PeopleError(CommonwealError):
    """A person cannot be added or changed as asked."""


@transaction.atomic
def add_person(*, email: str, name: str, role: str, area_code: str = "", password: str | None = None) -> User:
    """A new person with a role.

    Raises:
        PeopleError: the address is taken or is none, the password is too weak, or there is no such role.
    """
    if role not in ROLES:
        raise PeopleError(f"There is no role '{role}'. There are: {', '.join(ROLES)}.")
    if User.objects.filter(email__iexact=email).exists():
        raise PeopleError(f"Somebody with the address {email} can already sign in here.")
    try:
        validate_email(email)
    except ValidationError as error:
        raise PeopleError(f"'{email}' is not an e-mail address.") from error
    if password is not None:
        try:
            validate_password(password, User(email=email, name=name))
        except ValidationError as error:
            raise PeopleError(" ".join(error.messages)) from error
    user = User.objects.create_user(email, password, name=name)
    Membership.objects.create(user=user, role=role, area_code=area_code)
    return user


@transaction.atomic
def change_person(user: User, *, name: str, role: str, area_code: str, is_active: bool) -> None:
    """Set a person's name, role and whether they can sign in.

    Raises:
        PeopleError: nobody would be left who can manage people.
    """
    user.name, user.is_active = name, is_active
    user.save()
    user.memberships.all().delete()
    Membership.objects.create(user=user, role=role, area_code=area_code)
    if not has_administrator():
        raise PeopleError("Somebody must remain an administrator who can sign in.")


def has_administrator() -> bool:
    """Whether anyone who can sign in is an administrator."""
    return Membership.objects.filter(role="Administrator", user__is_active=True).exists()


def make_demonstration_users() -> list[tuple[str, str]]:
    """One person for each role, made where they are missing: address and role."""
    for email, (name, role) in DEMONSTRATION_USERS.items():
        if not User.objects.filter(email=email).exists():
            add_person(email=email, name=name, role=role, password=DEMONSTRATION_PASSWORD)
    return [(email, ROLES[role].display_name) for email, (_, role) in DEMONSTRATION_USERS.items()]
