from django.forms.renderers import TemplatesSetting


class NHSFormRenderer(TemplatesSetting):
    """Forms with the NHS.UK front-end's fields, hints and error messages."""

    form_template_name = "django/forms/form.html"
    field_template_name = "django/forms/field.html"
