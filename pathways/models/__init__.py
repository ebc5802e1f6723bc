from pathways.models.pathway import Pathway, PathwayFolder, PathwayVersion
from pathways.models.rehearsal import PathwayChat, Scenario, ScenarioRun

__all__ = ["Pathway", "PathwayChat", "PathwayFolder", "PathwayVersion", "Scenario", "ScenarioRun"]
