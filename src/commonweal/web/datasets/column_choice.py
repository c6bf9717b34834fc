"""The choice of which column of an uploaded table holds what."""

from __future__ import annotations

from django import forms

from commonweal.datasets.mapping import Mapping, proposal, shipped_mappings, tidy_mapping, write_mapping
from commonweal.datasets.problems import DataFileError
from commonweal.datasets.tables import read_layout
from commonweal.web.datasets.models import Upload
from commonweal.web.workspace import current

FIELDS = {
    "indicator": "Indicator",
    "area_code": "Area code",
    "area_name": "Area name",
    "period": "Period",
    "sex": "Sex",
    "age": "Age",
    "category_type": "Kind of group",
    "category": "Group",
    "count": "Count",
    "denominator": "Denominator",
    "value": "Value",
    "lower_95": "Lower 95% limit",
    "upper_95": "Upper 95% limit",
    "note": "Note",
}
CONSTANTS = {
    "indicator": ("Indicator of every row", "Where no column holds it, such as Smoking at delivery."),
    "period": ("Period of every row", "Where no column holds it, such as 2024/25."),
    "source": ("Source", "Who published or counted it."),
}


class ColumnChoiceForm(forms.Form):
    """One choice for each field of an observation, then what the file does not hold."""

    says_optional = False  # some must be chosen, but in place of each other

    def __init__(self, *args, headings: list[str], name: str, **kwargs) -> None:  # type: ignore[no-untyped-def]
        super().__init__(*args, **kwargs)
        self.headings, self.table_name = headings, name
        choices = [("", "not in the file"), *((heading, heading) for heading in headings)]
        for field, label in FIELDS.items():
            self.fields[f"column_{field}"] = forms.ChoiceField(label=label, choices=choices, required=False)
        for field, (label, hint) in CONSTANTS.items():
            self.fields[f"constant_{field}"] = forms.CharField(
                label=label, help_text=hint, required=False, max_length=200
            )

    @classmethod
    def of(cls, upload: Upload, data: object = None) -> ColumnChoiceForm | None:
        """The form for an upload; None where the file is one of the published kinds, or cannot be read at all."""
        if upload.is_waiting or upload.status == Upload.Status.LOADED:
            return None
        try:
            headings = read_layout(upload.path).headings
        except DataFileError:
            return None
        mapping = upload.mapping or {}
        read_as = upload.report.get("mapping", "")
        if not mapping and read_as in {m.title for m in shipped_mappings().values()}:
            return None
        chosen = mapping.get("columns") or proposal(headings)
        initial = {f"column_{field}": heading for field, heading in chosen.items() if isinstance(heading, str)}
        initial |= {f"constant_{field}": text for field, text in upload.constants.items()}
        return cls(data, headings=headings, name=upload.name.rsplit(".", 1)[0], initial=initial)  # type: ignore[arg-type]

    def clean(self) -> dict:
        cleaned = super().clean() or {}

        def has(*fields: str) -> bool:
            return any(cleaned.get(f"column_{field}") or cleaned.get(f"constant_{field}") for field in fields)

        for fields, rule in (
            (("indicator",), "Choose the column of the indicator, or give one indicator for every row."),
            (("area_code", "area_name"), "Choose the column of the area code, or of the area name."),
            (("period",), "Choose the column of the period, or give one period for every row."),
            (("value",), "Choose the column of the value, or those of count and denominator."),
        ):
            counted = fields == ("value",) and has("count") and has("denominator")
            if not has(*fields) and not counted:
                self.add_error(f"column_{fields[0]}", rule)
        chosen = [cleaned[name] for name in cleaned if name.startswith("column_") and cleaned[name]]
        for heading in sorted({name for name in chosen if chosen.count(name) > 1}):
            self.add_error(None, f"The column '{heading}' is chosen twice.")
        return cleaned

    def constants(self) -> dict[str, str]:
        """What the person gave for every row."""
        return {field: text for field in CONSTANTS if (text := self.cleaned_data[f"constant_{field}"])}

    def mapping(self) -> Mapping:
        """The mapping the choice makes, kept in the workspace and used again for files with the same headings."""
        columns = {field: self.cleaned_data[f"column_{field}"] for field in FIELDS}
        made = tidy_mapping(self.table_name, columns, self.constants(), self.headings)
        write_mapping(made, current().path / "mappings" / f"{made.name}.toml")
        return made
