from pathways.models.pathway import Pathway, PathwayVersion

__all__ = ["Pathway", "PathwayVersion"]
