"""Addresses of personas and citation schemas under /v1. With or without a slash at the end: config.middleware."""

from django.urls import path

from config.kit.api import by_method
from personas.api import citation_schemas, personas, versions

urlpatterns = [
    path("personas", by_method(GET=personas.list_personas, POST=personas.create)),
    path(
        "personas/<str:persona_id>",
        by_method(GET=personas.details, PATCH=personas.edit, POST=personas.edit, DELETE=personas.delete),
    ),
    path("personas/<str:persona_id>/versions", versions.list_versions),
    path("personas/<str:persona_id>/versions/promote", versions.promote),
    path("personas/<str:persona_id>/versions/reset", versions.reset),
    path("personas/<str:persona_id>/versions/<str:version_id>", versions.details),
    path("personas/<str:persona_id>/promote", versions.promote),
    path("personas/<str:persona_id>/reset-draft", versions.reset),
    path("personas/<str:persona_id>/draft", versions.draft),
    path("personas/<str:persona_id>/production", versions.production),
    path("personas/<str:persona_id>/inbound/attach", personas.inbound),
    path("personas/<str:persona_id>/inbound/detach", personas.inbound),
    path("citation_schemas/list", citation_schemas.list_schemas),
    path(
        "citation_schemas",
        by_method(GET=citation_schemas.details, POST=citation_schemas.create, PATCH=citation_schemas.edit, DELETE=citation_schemas.delete),
    ),
    path(
        "citation_schemas/<uuid:schema_id>",
        by_method(GET=citation_schemas.details, PATCH=citation_schemas.edit, DELETE=citation_schemas.delete),
    ),
]
