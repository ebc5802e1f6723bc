from personas.models.knowledge import KnowledgeBase
from personas.models.persona import Persona, PersonaVersion

__all__ = ["KnowledgeBase", "Persona", "PersonaVersion"]
