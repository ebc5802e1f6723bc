"""Addresses of the pages of pathways, below /pathways/."""

from django.urls import path

from pathways.views import editor

urlpatterns = [
    path("<uuid:uid>", editor.editor, name="pathway-editor"),
    path("<uuid:uid>/operations", editor.operations, name="pathway-operations"),
    path("<uuid:uid>/save", editor.save, name="pathway-save"),
    path("<uuid:uid>/draft", editor.draft, name="pathway-draft"),
]
