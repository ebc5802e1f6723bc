"""Guard rails: sentences that watch a call. What was disclosed, who went on after an opt-out, what must not be said.

Nothing here knows the database, the line or the clock of the wall; `calls.agent.watch` puts the parts together for one call.
"""
