"""One turn of the person at a step, as a decision: what is remembered, which way it leads, what is answered besides. CPU-bound, no waiting.

The order: standing rules, a small question of our own that is open, values, the way on, the step's condition, their questions, and where
nothing fits the step's question again, in other words. Staying has limits: then the call ends politely, or a person takes over.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from calls.agent.builtin import intents
from calls.agent.builtin.text import sentences, stems
from calls.agent.builtin.wording import MAX_TURNS, for_team, line, turns
from calls.agent.pathway import choosing, standing, talk
from calls.agent.pathway.choosing import SURE, Choice
from calls.agent.pathway.condition import missing
from calls.agent.pathway.extracting import Asked, Value, extract, meant
from calls.agent.pathway.speaking import question_for
from calls.agent.pathway.standing import Move
from calls.agent.pathway.walk import Walk, shown_value
from calls.agent.pathway.ways import Way, features
from calls.agent.ports import Action, EndCall, Note, Say, Transfer
from pathways import graph as graphs
from pathways.graph import Kind, Node, Variable, truthy

MOST_STAYS, MOST_STAYS_IN_CALL = 3, 12  # turns that lead nowhere: in a row at one step, and on a call
MOST_SHOWN = 8  # candidates of one decision


@dataclass(slots=True)
class Heard:
    """`way` None: the walk stays. `actions` come first. `ask` and `said` tell how the step's question is asked again."""

    actions: list[Action] = field(default_factory=list)
    choice: Choice | None = None
    way: Way | None = None
    text: str = ""  # what is left of their words after the standing rules
    unheard: bool = False
    over: bool = False  # nothing more is to be done this turn
    aside: bool = False
    back: bool = False  # the way leaves a step that was entered from anywhere, as if from the step before
    staying: Move | None = None
    jump: str = ""  # the answer to a tool leads to this step
    generate: bool = False  # a model writes what is said now
    met: bool | None = None  # what a model thinks of the step's condition


# First: what they said --------------------------------------------------------------------------------------------------
def first(walk: Walk, text: str, *, unheard: bool) -> Heard:
    """Everything up to the choice of a way. A model may look at the choice before `second` acts on it."""
    state, heard = walk.state, Heard(text=text, unheard=unheard)
    state.turns, state.silent, state.quote = state.turns + 1, 0, text
    state.say("user", text)
    if state.turns > MAX_TURNS:
        note = Note("loop", "The call was too long", {"turns": state.turns}, "error")
        return _done(heard, [note, Say(line("goodbye_long"), ("too many turns",)), EndCall("too many turns")])
    if (move := standing.hard(walk, text)) is not None:
        heard.actions += move.actions
        if not move.rest:
            heard.staying, heard.over = (move if move.ask else None), True
            return heard
        heard.text, heard.aside = move.rest, True
    if (move := standing.beside(walk, heard.text)) is not None:
        state.stays_in_call += 1
        return _give_up(walk, heard) if state.stays_in_call > MOST_STAYS_IN_CALL else _done(heard, move.actions)
    if (answer := standing.pending(walk, heard.text)) is not None:
        heard.actions += answer.actions
        heard.staying, heard.over = (answer if answer.ask else None), True
        return heard
    if standing.repeat(walk, heard.text):
        return _done(
            heard, [Note("intent", "repeat", {"intent": "repeat", "quote": text}), Say(_again(walk), ("they asked to hear it again",))]
        )
    node = walk.node
    if node is not None:
        heard.text = talk.answer(heard.text) or heard.text
        heard.actions += remember(walk, node, heard.text)
        heard.choice = _choose(walk, node, heard)
        heard.way = heard.choice.way
    return heard


def _done(heard: Heard, actions: Sequence[Action]) -> Heard:
    heard.actions += actions
    heard.over = True
    return heard


def _again(walk: Walk) -> str:
    first_words = line("sorry") if walk.state.silent else line("of_course")
    last, question = walk.state.last, walk.question
    opened = last.startswith((line("of_course"), line("sorry")))
    return f"{first_words} {last if question in last and not opened else question}".strip()


def _choose(walk: Walk, node: Node, heard: Heard) -> Choice:
    choice = choosing.choose(heard.text, walk.ways(node), walk.encoder, unheard=heard.unheard)
    choice = choosing.clearly(choice, heard.text, walk.state.questions.get(node.id, ""))
    if not walk.state.origins or (choice.way is not None and not _weak(choice)):
        return choice
    origin = walk.graph.node(walk.state.origins[-1])
    if origin is None:
        return choice
    before = choosing.choose(heard.text, walk.own_ways(origin), walk.encoder, unheard=heard.unheard)
    before = choosing.clearly(before, heard.text, walk.state.questions.get(origin.id, ""))
    heard.back = before.way is not None and before.candidates[0].score >= SURE
    return before if heard.back else choice


# Values -----------------------------------------------------------------------------------------------------------------
def remember(walk: Walk, node: Node, text: str) -> list[Action]:
    """Values of the step's variables in these words, noted where they are new."""
    notes: list[Action] = []
    asked = Asked(walk.question, walk.local_now(), tuple(v.name for v in node.variables))
    for variable in variables_of(node):
        if not variable.name or not _is_asked(walk, variable):
            continue
        found = extract(variable, [text], asked)
        if found is not None and walk.state.learnt.get(variable.name) != found.value:
            notes.append(learn(walk, variable, found))
    return notes


def variables_of(node: Node) -> list[Variable]:
    """What a step remembers: its own variables, and what its tools need."""
    found = {v.name: v for v in node.variables}
    for tool in node.tools:
        extracted = graphs.load({"nodes": [{"id": "x", "data": {"extractVars": tool.get("extractVars")}}]}).nodes[0].variables
        schema = tool.get("input_schema")
        properties = schema.get("properties") if isinstance(schema, Mapping) else None
        asked = properties if isinstance(properties, Mapping) else {}
        needed = [Variable(str(n), graphs.text_of(p, "type") or "string", graphs.text_of(p, "description")) for n, p in asked.items()]
        for variable in (*extracted, *needed):
            found.setdefault(variable.name, variable)
    return list(found.values())


def remember_before(walk: Walk, node: Node) -> list[Action]:
    """Values in the words that led to the step, where the step itself does not ask for them: "tell them that …", then "anything else?"."""
    settings = node.data.get("extractVarSettings")
    if not walk.state.quote or (isinstance(settings, Mapping) and truthy(settings.get("ignorePrevious"))):
        return []
    asked = Asked(now=walk.local_now())
    here, notes = stems(walk.state.questions.get(node.id, "")), list[Action]()
    for variable in variables_of(node):
        if variable.type.lower() in ("boolean", "bool") or here & stems(f"{variable.name.replace('_', ' ')} {variable.description}"):
            continue
        found = extract(variable, [talk.answer(walk.state.quote)], asked)
        if found is not None and walk.state.learnt.get(variable.name) != found.value:
            notes.append(learn(walk, variable, found))
    return notes


def learn(walk: Walk, variable: Variable, found: Value) -> Note:
    walk.state.learnt[variable.name] = found.value
    walk.state.aloud[variable.name] = found.aloud
    shown = found.aloud if variable.type.lower() in ("date", "time") else shown_value(found.value)
    data = {"node_id": walk.state.node, "name": variable.name, "value": found.value, "type": variable.type, "quote": found.quote}
    return Note("variable", f"Noted {variable.name.replace('_', ' ')}: {shown}", data)


def _is_asked(walk: Walk, variable: Variable) -> bool:
    """Of several questions of one step, a free text answers only the one that speaks of it."""
    asks = walk.state.asks
    if not asks or variable.type.lower() not in ("string", "text") or meant(variable):
        return True
    need = stems(f"{variable.name.replace('_', ' ')} {variable.description}")
    here = len(need & stems(walk.question))
    return here > 0 and here >= max(len(need & stems(q)) for q in asks)


# Second: what to do about it --------------------------------------------------------------------------------------------
def second(walk: Walk, heard: Heard) -> Heard:
    """Acts on the choice: goes on, answers, asks the next question of the step, or stays."""
    node = walk.node
    if node is None or heard.choice is None:
        return _nowhere(walk, heard)
    way, step_asks = heard.way, bool(walk.state.asks)
    told = _told(heard)
    if way is not None and not way.anywhere and not heard.back:
        if step_asks and _weak(heard.choice):
            return _next_ask(walk, heard)
        wanting = missing(node, walk.known)
        if wanting or (wanting is None and (_weak(heard.choice) if heard.met is None else not heard.met)):
            return _loop(walk, heard, node, wanting or [])
        heard.actions += _meant_by(walk, node, way, heard.text)
        if (waiting := _required(walk, node)) and (_weak(heard.choice) or len({w.target for w in walk.own_ways(node)}) == 1):
            return _loop(walk, heard, node, waiting)
    if way is not None:
        heard.actions += _answers(walk, heard, only_known=True)
        heard.actions.append(_decision(walk, heard, way, heard.choice.why))
        return heard
    if step_asks and told and not standing_only(walk, told):
        return _next_ask(walk, heard)
    return _no_way(walk, heard, node)


def _weak(choice: Choice) -> bool:
    return not choice.candidates or choice.candidates[0].score < SURE


def _required(walk: Walk, node: Node) -> list[Variable]:
    return [v for v in node.variables if v.required and walk.state.learnt.get(v.name) in (None, "")]


def _meant_by(walk: Walk, node: Node, way: Way, text: str) -> list[Action]:
    """Where a step asks for one yes or no, the way that means it says it too: "I already cancelled that"."""
    waiting = _required(walk, node)
    if len(waiting) != 1 or waiting[0].type.lower() not in ("boolean", "bool") or not (sign := features(way).sign):
        return []
    found = extract(waiting[0], [sign], Asked(walk.question, walk.local_now()))
    return [learn(walk, waiting[0], replace(found, quote=text))] if found is not None else []


def _told(heard: Heard) -> str:
    return " ".join(s for s in sentences(heard.text) or [heard.text] if not talk.asks(s))


def standing_only(walk: Walk, told: str) -> bool:
    return bool((found := intents.detect(told, walk.encoder)) and found.name in standing.SOFT)


def _next_ask(walk: Walk, heard: Heard) -> Heard:
    """The next question of the step's own."""
    question = walk.state.asks.pop(0)
    walk.state.questions[walk.state.node] = question
    walk.state.stays = 0
    acks = turns("ack", "text")
    reply = _answers(walk, heard, only_known=False)
    heard.actions += [*reply, Say(f"{acks[walk.state.turns % len(acks)]} {question}", ("the next question of the step",))]
    return _done(heard, [])


def _loop(walk: Walk, heard: Heard, node: Node, wanting: list[Variable]) -> Heard:
    """The step's condition is not met: stay, and ask for what is missing."""
    names = " and ".join(v.name for v in wanting)
    why = f"{names} is not known yet" if names else f"not met: {node.condition or 'what must be known'}"
    heard.actions += _answers(walk, heard, only_known=False)
    heard.actions.append(_decision(walk, heard, None, why, loop=True))
    question = next((q for v in wanting if (q := question_for(v))), "")
    return _stay(walk, heard, question)


def _no_way(walk: Walk, heard: Heard, node: Node) -> Heard:
    assert heard.choice is not None
    if (move := standing.soft(walk, heard.text)) is not None:
        heard.actions.append(_decision(walk, heard, None, "a standing rule answers"))
        heard.actions += move.actions
        heard.staying, heard.over = (move if move.ask else None), True
        return heard
    if node.kind == Kind.KNOWLEDGE and (replies := answer_all(walk, heard.text, node)):
        heard.actions += replies
        return _done(heard, [])
    if walk.writes(node):
        heard.actions.append(_decision(walk, heard, None, heard.choice.why, loop=True))
        return _stay(walk, heard, generate=True)
    answers = _answers(walk, heard, only_known=False)
    heard.actions.append(_decision(walk, heard, None, heard.choice.why, loop=not answers))
    heard.actions += answers
    if not walk.graph.ways(node.id) and not walk.state.origins and not answers:
        return _dead_end(walk, heard)
    if answers or heard.aside or heard.unheard:
        heard.staying, heard.over = Move(ask=True, aside=True), True
        walk.state.stays_in_call += 1
        return heard if walk.state.stays_in_call <= MOST_STAYS_IN_CALL else _give_up(walk, heard)
    return _stay(walk, heard)


def _stay(walk: Walk, heard: Heard, question: str = "", *, generate: bool = False) -> Heard:
    state = walk.state
    state.stays, state.stays_in_call = state.stays + 1, state.stays_in_call + 1
    if state.stays > MOST_STAYS or state.stays_in_call > MOST_STAYS_IN_CALL:
        return _give_up(walk, heard)
    heard.over, heard.generate = True, generate
    if generate:
        return heard
    if question:
        state.questions[state.node] = question
    if not heard.actions or not isinstance(heard.actions[-1], Say):
        heard.actions.append(Say(_rephrased(walk, question or walk.question), ("asked again: nothing they said leads on",)))
    else:
        heard.staying = Move(ask=True)
    return heard


def _rephrased(walk: Walk, question: str) -> str:
    """The question again, in other words each time. Never "a yes or no" to somebody who said one."""
    node, tries = walk.node, walk.state.stays
    said = choosing.plain(walk.state.quote)
    if node and said and (which := choosing.which(walk.own_ways(node), walk.state.quote)):
        return which
    signs = {features(w).sign for w in walk.own_ways(node)} if node else set()
    lead = line("not_understood")
    if tries == 2:
        lead = line("ask_yes_or_no") if {"yes", "no"} <= signs and not said else line("ask_again")
    elif tries > 2:
        lead = line("ask_last")
    return f"{lead} {question}".strip()


def _give_up(walk: Walk, heard: Heard) -> Heard:
    """The limit of this step or of the call is reached: hand over, or end politely. Never an endless loop."""
    data = {"node_id": walk.state.node, "stays": walk.state.stays, "stays_in_call": walk.state.stays_in_call}
    note = Note("loop", "Nothing they said led on: the walk ends here", data, "error")
    if walk.brief.can_transfer:
        return _done(heard, [note, Say(line("transfer_lost"), ("the walk does not get on",)), Transfer()])
    staff = Note("note_for_staff", f"Did not get on at “{walk.node.name if walk.node else ''}”", {"quote": walk.state.quote})
    return _done(heard, [note, staff, Say(for_team(walk.plan, line("goodbye_lost")), ("the walk does not get on",)), EndCall("loop guard")])


def _dead_end(walk: Walk, heard: Heard) -> Heard:
    staff = Note("note_for_staff", f"To pass on: {heard.text}", {"message": heard.text, "quote": heard.text})
    note = Note("dead_end", "This step has no way on", {"node_id": walk.state.node})
    told = [staff] if _told(heard) and not choosing.plain(heard.text) else []
    return _done(heard, [note, *told, Say(line("goodbye"), ("the step has no way on",)), EndCall("no way on")])


def _nowhere(walk: Walk, heard: Heard) -> Heard:
    note = Note("dead_end", "The walk stands at no step", {"node_id": walk.state.node}, "error")
    return _done(heard, [note, Say(for_team(walk.plan, line("goodbye_team")), ("no such step",)), EndCall("no such step")])


# Their questions --------------------------------------------------------------------------------------------------------
def _answers(walk: Walk, heard: Heard, *, only_known: bool) -> list[Action]:
    """Answers to what they asked beside the way they took. `only_known`: say nothing where nothing is known."""
    used = heard.choice.quote if heard.choice and heard.way else ""
    replies: list[Action] = []
    for question in [s for s in sentences(heard.text) or [heard.text] if talk.asks(s) and s != used][:2]:
        if intents.detect(question).name in standing.SOFT:
            continue
        replies += answer(walk, question, only_known=only_known)
    return replies


def answer(walk: Walk, question: str, *, only_known: bool = False, node: Node | None = None) -> list[Action]:
    """From the step's text, the global prompt, the knowledge or the data, word for word; else an honest "I don't have that" and a note."""
    facts = walk.knowledge_of(node) if node is not None else walk.facts
    found = facts.answer(question)
    if found.kind != "fact" and node is not None:
        found = walk.facts.answer(question)
    data = {"question": question, "source": found.source, "score": round(found.score, 2)}
    why = f"question ({found.kind} {found.score:.2f}): {found.source or question}"
    if found.kind == "fact":
        return [Note("fact", f"Answered from what is known: {found.source}", data), Say(found.text, (why,))]
    if only_known and found.kind != "avoided":
        return [Note("note_for_staff", f"Asked: {question}", {"question": question})]
    if found.kind == "avoided" and found.text:
        return [Note("avoided", f"Not to be talked about: {question}", data), Say(found.text, (why,))]
    staff = Note("note_for_staff", f"Asked: {question}", {"question": question})
    if found.kind == "avoided":
        return [Note("avoided", f"Not to be talked about: {question}", data), staff, Say(line("avoided"), (why,))]
    return [staff, Say(unknown(walk), (why,))]


def unknown(walk: Walk) -> str:
    known, walk.state.unknown = turns("unknown"), walk.state.unknown + 1
    count = walk.state.unknown - 1
    return for_team(walk.plan, known[count if count < 2 else 2 + count % 2])


def answer_all(walk: Walk, text: str, node: Node) -> list[Action]:
    """Every question in these words, from the text of a Knowledge Base step."""
    asked = [s for s in sentences(text) or [text] if intents.is_question(s)] or ([text] if len(text.split()) > 2 else [])
    return [a for q in asked[:2] for a in answer(walk, q, node=node)]


# The record -------------------------------------------------------------------------------------------------------------
def _decision(walk: Walk, heard: Heard, way: Way | None, why: str, *, loop: bool = False) -> Note:
    assert heard.choice is not None
    here = walk.node
    target = walk.graph.node(way.target) if way else None
    quote = heard.choice.quote if way else heard.text
    name = here.name if here else "this step"
    shown = re.sub(r"\s+", " ", quote)[:160]
    if target is not None:
        message = f"Went on to {target.name}, because they said “{shown}”"
    else:
        message = f"Stayed at {name}: {why}"
    return decision(walk, way, heard.choice, why, message, quote, loop=loop)


def decision(walk: Walk, way: Way | None, choice: Choice | None, why: str, message: str, quote: str = "", *, loop: bool = False) -> Note:
    candidates = [
        {"id": s.way.id, "target": s.way.target, "label": s.way.label or s.way.description, "score": round(s.score, 2)}
        for s in (choice.candidates if choice else ())[:MOST_SHOWN]
    ]
    data = {
        "node_id": walk.state.node,
        "chosen_edge": way.id if way else "",
        "chosen_node": way.target if way else "",
        "candidates": candidates,
        "why": why,
        "quote": quote,
        "loop": loop,
    }
    return Note("decision", message, data)
