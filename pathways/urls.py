"""Addresses of the pages of pathways, below /pathways/."""

from django.urls import URLPattern, path

from pathways.views import editor, making, versions
from pathways.views.list import pathways

urlpatterns: list[URLPattern] = [
    path("", pathways, name="pathways"),
    path("new", making.new, name="pathway-new"),
    path("import", making.bring_in, name="pathway-import"),
    path("folders", making.folder_new, name="pathway-folder-new"),
    path("folders/<uuid:uid>/delete", making.folder_delete, name="pathway-folder-delete"),
    path("<uuid:uid>/about", making.about, name="pathway-about"),
    path("<uuid:uid>/export", making.export, name="pathway-export"),
    path("<uuid:uid>/duplicate", making.duplicate, name="pathway-duplicate"),
    path("<uuid:uid>/delete", making.delete, name="pathway-delete"),
    path("<uuid:uid>/versions", versions.pathway_versions, name="pathway-versions"),
    path("<uuid:uid>/versions/<int:number>/draft", versions.pathway_draft, name="pathway-draft"),
    path("<uuid:uid>/versions/<int:number>/delete", versions.pathway_draft_delete, name="pathway-draft-delete"),
    path("<uuid:uid>/compare", versions.pathway_compare, name="pathway-compare"),
    path("<uuid:uid>", editor.editor, name="pathway-editor"),
    path("<uuid:uid>/operations", editor.operations, name="pathway-operations"),
    path("<uuid:uid>/save", editor.save, name="pathway-save"),
]
