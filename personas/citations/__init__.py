"""Citation schemas as typed values: which facts to read out of a call, and what to make of them. Pure: no Django in this package.

The shapes are the public reference's: {variables, groupings, conditions}.
"""

from personas.citations.conditions import holds
from personas.citations.reading import Problem, Wrong, read
from personas.citations.shape import TYPES, Condition, Definition, Grouping, Variable, VariableType, write

__all__ = ["TYPES", "Condition", "Definition", "Grouping", "Problem", "Variable", "VariableType", "Wrong", "holds", "read", "write"]
