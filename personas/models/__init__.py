from personas.models.citation_schema import CitationSchema
from personas.models.guard_rail import GuardRail, GuardRailAttachment
from personas.models.knowledge import KnowledgeBase
from personas.models.persona import Persona, PersonaVersion

__all__ = ["CitationSchema", "GuardRail", "GuardRailAttachment", "KnowledgeBase", "Persona", "PersonaVersion"]
