from django import forms


class HelpRequestForm(forms.Form):
    """Who asks whom; the indicator and the finding come from the page."""

    from_area = forms.ChoiceField(label="Asking area")
    to_area = forms.ChoiceField(label="Area to ask")
    message = forms.CharField(
        label="What would help",
        help_text="A sentence or two: a call, a visit, a protocol, the story of how they did it. Name no patients.",
        widget=forms.Textarea(attrs={"rows": 5}),
        max_length=2000,
        required=False,
    )

    def __init__(self, *args, ours: dict[str, str], others: dict[str, str], **kwargs) -> None:  # type: ignore[no-untyped-def]
        super().__init__(*args, **kwargs)
        self.fields["from_area"].choices = list(ours.items())  # type: ignore[attr-defined]
        self.fields["to_area"].choices = list(others.items())  # type: ignore[attr-defined]

    def clean(self) -> dict:
        cleaned = super().clean() or {}
        if cleaned.get("from_area") and cleaned.get("from_area") == cleaned.get("to_area"):
            self.add_error("to_area", "An area cannot ask itself. Choose another area to ask.")
        return cleaned
