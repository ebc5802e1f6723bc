"""The built-in agent: rules, a sentence encoder and authored sentences. It asks the task's questions and answers from its text.

task + variables → read_task → Plan (shown, edited, linted before the call)
callee's line → standing intents → their questions (facts or "I don't have that") → the answer to ours → acknowledge, ask the next
"""

from calls.agent.builtin.analyse import read_task
from calls.agent.builtin.plan import Plan, Question

__all__ = ["Plan", "Question", "read_task"]
