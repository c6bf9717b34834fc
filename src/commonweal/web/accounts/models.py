from __future__ import annotations

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone

from commonweal.web.authorization.roles import ROLES


class People(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """A person who signs in with their e-mail address; without a password they must set one by e-mail."""
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email__iexact=username)


class User(AbstractBaseUser):
    """A person who can sign in."""

    email = models.EmailField("e-mail address", unique=True)
    name = models.CharField("full name", max_length=150, blank=True)
    is_active = models.BooleanField("can sign in", default=True)
    date_joined = models.DateTimeField("added", default=timezone.now, editable=False)

    objects = People()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: list[str] = []

    class Meta:
        ordering = ["email"]
        constraints = [models.UniqueConstraint(Lower("email"), name="one_account_per_address")]

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        return str(self)


class Membership(models.Model):
    """A role a person has: everywhere, or in one area."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=40, choices=[(name, role.display_name) for name, role in ROLES.items()])
    area_code = models.CharField("area", max_length=20, blank=True, help_text="Empty: every area.")

    class Meta:
        ordering = ["role", "area_code"]
        constraints = [models.UniqueConstraint(fields=["user", "role", "area_code"], name="one_membership_of_a_kind")]

    def __str__(self) -> str:
        return f"{self.get_role_display()}{f', {self.area_code}' if self.area_code else ''}"
