"""Addresses of pathways under /v1. With or without a slash at the end: config.middleware.

The same pathway has two families of addresses: that of the reference and that of its console. They differ in the shape of the answers.
Publishing is in calls.api.publish: it runs the required rehearsals first, and those lead conversations.
"""

from django.urls import URLPattern, path

from config.kit.api import by_method
from pathways.api import folders, pathways, versions


def family(base: str) -> list[URLPattern]:
    one = f"{base}/<uuid:pathway_id>"
    return [
        path(base, pathways.list_pathways),
        path(f"{base}/create", pathways.create),
        path(f"{base}/duplicate", pathways.duplicate),
        path(f"{base}/folders", by_method(GET=folders.list_folders, POST=folders.create_folder)),
        path(one, by_method(GET=pathways.get, POST=pathways.save, DELETE=pathways.delete)),
        path(f"{one}/versions", versions.list_versions),
        path(f"{one}/version", versions.create),
        path(f"{one}/version/<int:number>", by_method(GET=versions.get, POST=versions.update, DELETE=versions.delete)),
    ]


urlpatterns: list[URLPattern] = [
    *family("pathway"),
    *family("convo_pathway"),
    path("convo_pathway/update", pathways.update),
    path("convo_pathway/get_one", versions.get_one),
    path("convo_pathway/create-version", versions.create_version),
]
