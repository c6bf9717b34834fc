from allauth.account.forms import LoginForm


class SignInForm(LoginForm):
    """Allauth's form without the link to a new password between the two fields: it stands below the form instead."""

    def __init__(self, *args, **kwargs) -> None:  # type: ignore[no-untyped-def]
        super().__init__(*args, **kwargs)
        self.fields["password"].help_text = ""
        self.fields["login"].label = "E-mail address"
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)
