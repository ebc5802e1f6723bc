"""How form fields are drawn: one template for all (`{{ form.name.as_field_group }}`), the controls of the design, aria by Django.

What a field may carry beyond Django's own, set on the Field object: `source` and `source_name` (where the shown value comes from:
request, persona or default; draft: it differs from what is in production), `unit` (words after the control), `span` (full width).
"""

from typing import TYPE_CHECKING, Any

from django import forms
from django.forms.boundfield import BoundField
from django.forms.renderers import TemplatesSetting

if TYPE_CHECKING:
    ModelFormOf = forms.ModelForm
else:

    class ModelFormOf:
        """`ModelFormOf[User]`: a ModelForm that knows its model when types are checked; Django's own takes no brackets at run time."""

        def __class_getitem__(cls, model: type) -> type[forms.ModelForm]:
            return forms.ModelForm


SOURCE_MARK = {"request": "call", "call": "call", "persona": "persona", "pathway": "persona", "default": "default", "draft": "call"}


class Switch(forms.CheckboxInput):
    """A checkbox drawn as a switch that says On or Off."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"role": "switch", **(attrs or {})})


class Segments(forms.RadioSelect):
    """A few choices side by side."""

    template_name = "components/segments.html"
    option_template_name = "django/forms/widgets/input.html"  # the label around it is the template's own


class DrawnField(BoundField):
    """A bound field with the class of its control and the marks the field template asks for."""

    def build_widget_attrs(self, attrs: dict[str, Any], widget: forms.Widget | None = None) -> dict[str, Any]:
        built = super().build_widget_attrs(attrs, widget)
        drawn = _control_class(widget or self.field.widget)
        if drawn:
            given = self.field.widget.attrs.get("class", "")
            built["class"] = f"{drawn} {given}".strip()
        return built

    @property
    def is_switch(self) -> bool:
        return isinstance(self.field.widget, Switch)

    @property
    def is_check(self) -> bool:
        return isinstance(self.field.widget, forms.CheckboxInput)

    @property
    def optional(self) -> bool:
        return not self.field.required and getattr(self.field, "show_optional", True) and not self.source

    @property
    def source(self) -> str:
        return str(getattr(self.field, "source", ""))

    @property
    def source_name(self) -> str:
        return str(getattr(self.field, "source_name", ""))

    @property
    def source_mark(self) -> str:
        return SOURCE_MARK.get(self.source, "")

    @property
    def unit(self) -> str:
        return str(getattr(self.field, "unit", ""))

    @property
    def span(self) -> bool:
        return bool(getattr(self.field, "span", False)) or isinstance(self.field.widget, forms.Textarea)


class Renderer(TemplatesSetting):
    field_template_name = "components/field.html"
    bound_field_class = DrawnField


def _control_class(widget: forms.Widget) -> str:
    if isinstance(widget, forms.Textarea):
        return "textarea"
    if isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple | forms.CheckboxInput):
        return ""
    if isinstance(widget, forms.Select):
        return "select"
    if getattr(widget, "input_type", "hidden") not in ("hidden", "range", "file"):
        return "input"
    return ""
