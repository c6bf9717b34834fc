from pathlib import Path

from django import forms

LARGEST = 1024**3
ENDINGS = (".csv", ".tsv", ".txt", ".xlsx")


class UploadForm(forms.Form):
    file = forms.FileField(
        label="File",
        help_text="A CSV or Excel file: a Fingertips export, another published file, or your own table with one row "
        "for each area and period.",
        widget=forms.ClearableFileInput(attrs={"accept": ",".join(ENDINGS)}),
        error_messages={"required": "Choose a file to load.", "empty": "The file is empty."},
    )

    def clean_file(self):  # type: ignore[no-untyped-def]
        file = self.cleaned_data["file"]
        if Path(file.name).suffix.lower() not in ENDINGS:
            raise forms.ValidationError(f"{file.name} is not a CSV or Excel (.xlsx) file. Save it as one of these.")
        if file.size > LARGEST:
            raise forms.ValidationError("The file is larger than 1 GB. Load it with: commonweal data load")
        return file
