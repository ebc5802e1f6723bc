"""The chapter of the API document on trying pathways: chats by typing, scenarios and their runs."""

from config.kit.openapi import Answer, Chapter, Endpoint, Query, Schema, a, array, one_of, ref, text, thing, time, uid

BAD = Answer(400, "Something in the body is wrong; the message says what.", "Refusal")
NO_CHAT = Answer(404, "No chat of yours has this id.", "Refusal")
NO_PATHWAY = Answer(404, "No pathway of yours has this id, or it has no such version.", "Refusal")
NO_SCENARIO = Answer(404, "No scenario of yours has this id.", "Refusal")
LATER = Answer(409, "Another message of this chat is still being answered, or the chat has ended.", "Refusal")

ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint(
        "POST",
        "/pathway/chat/create",
        "create_pathway_chat",
        "Start a chat",
        "A conversation with a pathway by typing. Nobody is called or texted. Without `pathway_version`: production, else the newest.",
        (Answer(200, "The chat.", "ChatCreated"), BAD, NO_PATHWAY),
        body='{"pathway_id": "3f1c9a52-7c1b-4a53-9b5f-0c8c6f1f7d20", "request_data": {"name": "Jordan Miller"}}',
        body_schema="CreateChat",
    ),
    Endpoint(
        "POST",
        "/pathway/chat/{chat_id}",
        "send_pathway_chat",
        "Say something in a chat",
        "The first message may be empty: then the pathway opens. Two messages at once: one of them is refused with 409.",
        (Answer(200, "What the pathway said, and where it stands.", "ChatAnswered"), BAD, NO_CHAT, LATER),
        body='{"message": "Yes, speaking."}',
        body_schema="SayInChat",
    ),
    Endpoint(
        "GET",
        "/agent-testing/scenarios",
        "list_scenarios",
        "List scenarios",
        "The rehearsals of your pathways, each with its newest run.",
        (Answer(200, "The scenarios.", "Scenarios"), BAD, NO_PATHWAY),
        (
            Query("pathway_id", "Only those of this pathway.", {"type": "string", "format": "uuid"}),
            Query("enabled", "Only those in use, or only the others.", {"enum": ["true", "false"]}),
        ),
    ),
    Endpoint(
        "POST",
        "/agent-testing/scenarios",
        "create_scenario",
        "Make a scenario",
        "Who plays the person: `input_messages`, said in turn, or `tester_persona_name`, a simulated callee. A prompt alone is refused.",
        (Answer(200, "The scenario.", "Scenario"), BAD, NO_PATHWAY),
        body='{"pathway_id": "3f1c9a52-7c1b-4a53-9b5f-0c8c6f1f7d20", "name": "Confirms", "tester_persona_name": "cooperative", '
        '"assertions": [{"type": "disposition", "config": {"tag": "COMPLETED_ACTION"}}]}',
        body_schema="ScenarioFields",
    ),
    Endpoint(
        "GET",
        "/agent-testing/scenarios/{scenario_id}",
        "get_scenario",
        "One scenario",
        "With what must hold, and its newest run.",
        (Answer(200, "The scenario.", "Scenario"), NO_SCENARIO),
    ),
    Endpoint(
        "PUT",
        "/agent-testing/scenarios/{scenario_id}",
        "update_scenario",
        "Change a scenario",
        "What is left out stays as it is; `assertions` replaces all.",
        (Answer(200, "The scenario.", "Scenario"), BAD, NO_SCENARIO),
        body='{"enabled": false}',
        body_schema="ScenarioFields",
    ),
    Endpoint(
        "DELETE",
        "/agent-testing/scenarios/{scenario_id}",
        "delete_scenario",
        "Delete a scenario",
        "With its runs, for good.",
        (Answer(200, "It is gone.", "ScenarioDeleted"), NO_SCENARIO),
    ),
    Endpoint(
        "POST",
        "/agent-testing/scenarios/{scenario_id}/run",
        "run_scenario",
        "Run a scenario",
        "Begins a run and answers at once. Without `version_number`: production, else the newest. Ask for the run by its id.",
        (Answer(200, "It has begun.", "RunBegun"), BAD, NO_SCENARIO),
        body='{"version_number": 2}',
        body_schema="RunScenario",
    ),
    Endpoint(
        "POST",
        "/agent-testing/batch-run",
        "batch_run_scenarios",
        "Run several scenarios",
        "Each on the version of its own pathway. There is no batch to ask for: ask for each run.",
        (Answer(200, "They have begun.", "BatchBegun"), BAD, NO_SCENARIO),
        body='{"scenario_ids": ["8d0a4a0e-52f3-4f0c-8c8e-6a1f0b9a5c11"]}',
        body_schema="BatchRun",
    ),
    Endpoint(
        "GET",
        "/agent-testing/runs",
        "list_scenario_runs",
        "List runs",
        "The newest 100, newest first.",
        (Answer(200, "The runs.", "Runs"), NO_SCENARIO),
        (
            Query("scenario_id", "Only those of this scenario.", {"type": "string", "format": "uuid"}),
            Query("pathway_id", "Only those of this pathway.", {"type": "string", "format": "uuid"}),
        ),
    ),
    Endpoint(
        "GET",
        "/agent-testing/runs/{run_id}",
        "get_scenario_run",
        "One run",
        "With the conversation, what was learnt and the steps it came through.",
        (Answer(200, "The run.", "Run"), Answer(404, "No run of yours has this id.", "Refusal")),
    ),
)

ANYTHING = {"type": "object", "additionalProperties": True}
MESSAGE = thing({"role": one_of(("user", "assistant"), "Who spoke."), "content": text("What was said.")}, "One line.")
VERSION = {"type": ["integer", "string", "null"], "description": "A number, production or staging."}
RUN: dict[str, Schema] = {
    "id": uid("Of the run."),
    "scenario_id": uid("Of the scenario."),
    "pathway_id": uid("Of the pathway."),
    "persona_id": {"type": "null", "description": "Only pathways are rehearsed."},
    "batch_id": {"type": "null", "description": "Runs are not kept in batches."},
    "version_number": a("integer", "The version that was rehearsed."),
    "status": one_of(("RUNNING", "PASSED", "FAILED"), "How it stands."),
    "overall_score": a("number", "The share of assertions that held.", null=True),
    "turn_count": a("integer", "How often the person spoke."),
    "duration_ms": a("integer", "Of real time.", null=True),
    "error": text("Why it could not be led to its end.", null=True),
    "created_at": time("When it began."),
    "completed_at": time("When it was over.", null=True),
    "scenario": thing({"id": uid("Of the scenario."), "name": text("Its name.")}, "The scenario."),
    "assertion_results": array(
        thing(
            {
                "assertion_id": text("Its place."),
                "expected": text("What must hold, in words."),
                "passed": a("boolean", "Whether it held."),
                "reasoning": text("What was found."),
            },
            "One assertion.",
        ),
        "What held and what did not.",
    ),
}
FIELDS: dict[str, Schema] = {
    "pathway_id": uid("Of the pathway. Needed when it is made."),
    "name": text("Its name. Needed when it is made.", maxLength=120),
    "description": text("Why it matters.", null=True, maxLength=2000),
    "tester_persona_name": text("A simulated callee, like cooperative or wrong_person.", null=True),
    "input_messages": array(ANYTHING, "What the person says, turn by turn: objects with content."),
    "max_turns": a("integer", "How often the person may speak.", minimum=1, maximum=50),
    "request_data": {"type": ["object", "null"], "description": "What the call knows."},
    "start_node_id": text("Where it begins.", null=True),
    "is_required_for_promotion": a("boolean", "Must be green before a version goes into production."),
    "enabled": a("boolean", "Whether it is run with the others."),
    "assertions": array(
        ANYTHING,
        "What must hold: VARIABLE_EXTRACTED, PATHWAY_NODES_REACHED, or reaches_node, avoids_node, variable, says, never_says, disposition, "
        "ends_within, each with its config.",
    ),
}
SCHEMAS: dict[str, Schema] = {
    "Refusal": thing(
        {
            "data": {"type": "null", "description": "Nothing."},
            "errors": array(thing({"error": text("A code."), "message": text("What is wrong.")}, "One error."), "What is wrong."),
        },
        "A refusal in the newer of the two styles.",
    ),
    "CreateChat": thing(
        {
            "pathway_id": uid("Of the pathway."),
            "pathway_version": VERSION,
            "start_node_id": text("Where to begin.", null=True),
            "request_data": {"type": ["object", "null"], "description": "What the call knows."},
            "use_candidate_model": {"description": "Taken and left aside."},
            "send_requests": a("boolean", "Whether steps call their web addresses; false: they answer from their sample.", default=True),
        },
        "A chat to begin.",
        needed=["pathway_id"],
        more=True,
    ),
    "ChatCreated": thing(
        {
            "data": thing({"chat_id": uid("Of the chat."), "message": text("In words."), "variables": ANYTHING}, "The chat."),
            "errors": {"type": "null", "description": "None."},
        },
        "A chat has begun.",
    ),
    "SayInChat": thing({"message": text("What the person says.", null=True, maxLength=2000)}, "A message.", optional=True, more=True),
    "ChatAnswered": thing(
        {
            "data": thing(
                {
                    "chat_id": uid("Of the chat."),
                    "assistant_responses": array(text("One answer."), "What the pathway said to this message."),
                    "current_node_id": text("Where it stands.", null=True),
                    "current_node_name": text("Its name.", null=True),
                    "chat_history": array(MESSAGE, "Everything so far."),
                    "pathway_id": uid("Of the pathway."),
                    "pathway_version": a("integer", "Its version."),
                    "use_candidate_model": a("boolean", "Always false."),
                    "variables": ANYTHING,
                    "completed": a("boolean", "Whether the call would be over."),
                    "pathway_logs": array(ANYTHING, "Every decision, as in call details."),
                },
                "What came of the message.",
            ),
            "errors": {"type": "null", "description": "None."},
        },
        "An answer of the pathway.",
    ),
    "ScenarioFields": thing(FIELDS, "A scenario as it is sent.", optional=True, more=True),
    "Scenario": thing(
        {
            **FIELDS,
            "id": uid("Of the scenario."),
            "org_id": uid("Of the account."),
            "persona_id": {"type": "null", "description": "Only pathways are rehearsed."},
            "category": text("Always CUSTOM."),
            "scenario_type": text("Always AGENT."),
            "tester_persona_prompt": {"type": "null", "description": "A prompt is not acted here."},
            "bland_tone_enabled": a("boolean", "Always false."),
            "most_recent_run": {"type": ["object", "null"], "description": "Its newest run, of whatever version."},
            "created_at": time("When it was made."),
            "updated_at": time("When it was changed last."),
        },
        "A rehearsal of a pathway.",
    ),
    "Scenarios": thing({"scenarios": array(ref("Scenario"), "The scenarios.")}, "A list of scenarios."),
    "ScenarioDeleted": thing({"success": {"const": True, "description": "Always true."}}, "A scenario is gone."),
    "RunScenario": thing({"version_number": a("integer", "The version to rehearse.", null=True)}, "What to run.", optional=True, more=True),
    "RunBegun": thing({"run_id": uid("Of the run."), "status": {"const": "RUNNING"}}, "A run has begun."),
    "BatchRun": thing(
        {
            "scenario_ids": a("array", "Which to run.", items=uid("Of a scenario."), minItems=1, maxItems=100),
            "version_number": a("integer", "The version to rehearse.", null=True),
        },
        "What to run.",
        needed=["scenario_ids"],
        more=True,
    ),
    "BatchBegun": thing(
        {
            "batch_id": {"type": "null", "description": "Runs are not kept in batches."},
            "runs": array(thing({"run_id": uid("Of the run."), "scenario_id": uid("Of the scenario.")}, "One run."), "The runs."),
        },
        "Runs have begun.",
    ),
    "RunShort": thing(RUN, "A run, without its conversation."),
    "Runs": thing({"runs": array(ref("RunShort"), "The runs.")}, "A list of runs."),
    "Run": thing(
        {
            **RUN,
            "chat_history": array(MESSAGE, "The conversation."),
            "variables_extracted": ANYTHING,
            "nodes_visited": array(text("The id of a step."), "The steps, in the order in which they were entered."),
            "disposition": text("The outcome.", null=True),
        },
        "A run, whole.",
    ),
}
PLACES = {"chat_id": uid("The chat."), "scenario_id": uid("The scenario."), "run_id": uid("The run.")}
CHAPTER = Chapter("Trying pathways", ENDPOINTS, SCHEMAS, PLACES)
