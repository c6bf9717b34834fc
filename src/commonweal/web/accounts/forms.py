from django import forms

from commonweal.web.authorization import ROLES


class PersonForm(forms.Form):
    """A person, their role and where they have it."""

    email = forms.EmailField(label="E-mail address", widget=forms.EmailInput(attrs={"autocomplete": "off"}))
    name = forms.CharField(label="Full name", max_length=150)
    role = forms.ChoiceField(label="Role", choices=[(key, role.display_name) for key, role in ROLES.items()])
    area_code = forms.ChoiceField(label="Area", required=False)

    def __init__(self, *args, areas: dict[str, str], **kwargs) -> None:  # type: ignore[no-untyped-def]
        super().__init__(*args, **kwargs)
        self.fields["area_code"].choices = [("", "Every area"), *areas.items()]  # type: ignore[attr-defined]

    def clean(self) -> dict:
        cleaned = super().clean() or {}
        role = ROLES.get(cleaned.get("role", ""))
        if role is not None and role.everywhere and cleaned.get("area_code"):
            self.add_error("area_code", f"The role {role.display_name} is one for every area: choose Every area.")
        return cleaned


class ChangePersonForm(PersonForm):
    is_active = forms.BooleanField(label="Can sign in", required=False)

    def __init__(self, *args, **kwargs) -> None:  # type: ignore[no-untyped-def]
        super().__init__(*args, **kwargs)
        del self.fields["email"]
