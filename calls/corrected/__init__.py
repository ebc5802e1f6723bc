"""The corrected transcript: the recording heard once more at leisure. What the agent said is known and keeps its words."""
