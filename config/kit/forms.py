"""How form fields are drawn: one template for all."""

from django.forms.renderers import TemplatesSetting


class Renderer(TemplatesSetting):
    """Uses templates/components; field wiring (help, errors, aria) is Django's own."""
