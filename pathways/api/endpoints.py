"""The chapter "Pathways" of the API document. A test holds it against the URLs."""

from config.kit.openapi import NO_ERRORS, SUCCESS, Answer, Chapter, Endpoint, Query, Schema, a, array, one_of, ref, text, thing, time, uid

NO_PATHWAY = Answer(404, "No pathway or version of yours has this id.", "PathwayRefused")
BAD_BODY = Answer(400, "The body cannot be read; the message says why.", "PathwayRefused")
SAVED_MEANWHILE = Answer(409, "OLD_REVISION_ERROR: somebody saved since you read it. Nothing is overwritten.", "PathwayRefused")
NOT_NOW = Answer(
    409,
    "OLD_REVISION_ERROR: somebody saved since you read it. REHEARSALS_RUNNING: the required rehearsals take long, ask again in a while.",
    "PathwayRefused",
)
EXAMPLE = (
    '{"nodes": [{"id": "1", "type": "Default", "position": {"x": 0, "y": 0}, "data": {"name": "Hello", "isStart": true, '
    '"text": "Hello, does Tuesday suit?"}}, {"id": "2", "type": "End Call", "position": {"x": 0, "y": 200}, '
    '"data": {"name": "Goodbye", "text": "Thank you, goodbye."}}], "edges": [{"id": "e1", "source": "1", "target": "2", '
    '"label": "answered", "description": "The person gave any answer"}]}'
)
CONSOLE = "Addresses below /v1/convo_pathway wrap their answer: {data, errors}."


def console(path: str) -> tuple[str, ...]:
    return (f"/convo_{path.removeprefix('/')}",)


ENDPOINTS = (
    Endpoint(
        "GET",
        "/pathway",
        "list_pathways",
        "List pathways",
        f"Your pathways, last changed first, each with the version that is worked on: the newest draft, else production. {CONSOLE}",
        (Answer(200, "The pathways: an array.", "PathwayList"),),
        aliases=console("/pathway"),
    ),
    Endpoint(
        "POST",
        "/pathway/create",
        "create_pathway",
        "Create a pathway",
        "Makes a pathway with version 1 as its draft. nodes and edges may come with it or later.",
        (Answer(200, "It was made.", "PathwayMade"), BAD_BODY),
        body='{"name": "Reminder", "description": "Calls before a visit"}',
        body_schema="NewPathway",
        aliases=console("/pathway/create"),
    ),
    Endpoint(
        "GET",
        "/pathway/{pathway_id}",
        "get_pathway",
        "Read a pathway",
        "The version that is worked on. Everything that was saved is given back, known to Parley or not; label and description of an edge "
        "also stand in its data.",
        (Answer(200, "The pathway.", "Pathway"), NO_PATHWAY),
        aliases=console("/pathway/{pathway_id}"),
    ),
    Endpoint(
        "POST",
        "/pathway/{pathway_id}",
        "save_pathway",
        "Save a pathway",
        "Saves into the draft, which is made when there is none. Calls go on with the version in production until you publish: "
        "is_published tells. What is not in the body stays as it is.",
        (Answer(200, "It was saved.", "PathwaySaved"), BAD_BODY, NO_PATHWAY, SAVED_MEANWHILE),
        body=EXAMPLE,
        body_schema="SavePathway",
        aliases=console("/pathway/{pathway_id}"),
    ),
    Endpoint(
        "DELETE",
        "/pathway/{pathway_id}",
        "delete_pathway",
        "Delete a pathway",
        "New calls do not find it any more. Calls that were accepted keep what they need.",
        (Answer(200, "It was deleted.", "PathwayDone"), NO_PATHWAY),
        aliases=console("/pathway/{pathway_id}"),
    ),
    Endpoint(
        "POST",
        "/pathway/duplicate",
        "duplicate_pathway",
        "Duplicate a pathway",
        "A new pathway with a draft of what is worked on, and with the same rehearsals.",
        (Answer(200, "It was made.", "PathwayMade"), BAD_BODY, NO_PATHWAY),
        body='{"pathwayID": "9c5d1b1e-8c55-4a43-8e0f-5d2c3a0e6f11", "name": "Reminder, second try"}',
        body_schema="DuplicatePathway",
        aliases=console("/pathway/duplicate"),
    ),
    Endpoint(
        "GET",
        "/pathway/{pathway_id}/versions",
        "list_versions",
        "List versions",
        "Newest first, without their graphs. is_prev_published is the one in production, is_staging the one in staging.",
        (Answer(200, "The versions: an array.", "PathwayVersions"), NO_PATHWAY),
        aliases=console("/pathway/{pathway_id}/versions"),
    ),
    Endpoint(
        "GET",
        "/pathway/{pathway_id}/version/{number}",
        "get_version",
        "Read a version",
        "One version with its graph. Number 0 is the one in production.",
        (Answer(200, "The version.", "PathwayVersion"), NO_PATHWAY),
        aliases=console("/pathway/{pathway_id}/version/{number}"),
    ),
    Endpoint(
        "POST",
        "/pathway/{pathway_id}/version",
        "create_version",
        "Create a version",
        "One more draft. What the body leaves out comes from source_version_id, or from the version that is worked on.",
        (Answer(200, "It was made.", "VersionMade"), BAD_BODY, NO_PATHWAY),
        body='{"name": "Shorter greeting"}',
        body_schema="NewVersion",
        aliases=console("/pathway/{pathway_id}/version"),
    ),
    Endpoint(
        "POST",
        "/pathway/{pathway_id}/version/{number}",
        "update_version",
        "Update a version",
        "Drafts only: a published version never changes. Give the revision_number you read, and nothing of others is overwritten.",
        (Answer(200, "It was saved.", "VersionSaved"), BAD_BODY, NO_PATHWAY, SAVED_MEANWHILE),
        body=EXAMPLE,
        body_schema="SavePathway",
        aliases=console("/pathway/{pathway_id}/version/{number}"),
    ),
    Endpoint(
        "DELETE",
        "/pathway/{pathway_id}/version/{number}",
        "delete_version",
        "Delete a version",
        "Drafts only. Its number is never given again.",
        (Answer(200, "It was deleted.", "PathwayDone"), Answer(400, "It is published.", "PathwayRefused"), NO_PATHWAY),
        aliases=console("/pathway/{pathway_id}/version/{number}"),
    ),
    Endpoint(
        "POST",
        "/pathway/{pathway_id}/publish",
        "publish_pathway",
        "Publish",
        "Freezes a version and lets calls use it. Without a number, the newest draft. A version that was published before may be published "
        "again: that is how to go back.",
        (
            Answer(200, "It is published.", "Published"),
            Answer(400, "Problems in the graph or required rehearsals that are not green, each listed in errors.", "PathwayRefused"),
            NO_PATHWAY,
            NOT_NOW,
        ),
        body='{"version_id": 3, "environment": "production"}',
        body_schema="Publish",
        aliases=console("/pathway/{pathway_id}/publish"),
    ),
    Endpoint(
        "POST",
        "/convo_pathway/get_one",
        "get_one_pathway",
        "Read a version, the console's way",
        "version_number 0 is production; without a number, the version that is worked on.",
        (Answer(200, "The version, in data."), BAD_BODY, NO_PATHWAY),
        body='{"id": "9c5d1b1e-8c55-4a43-8e0f-5d2c3a0e6f11", "version_number": 0}',
        body_schema="NamedVersion",
    ),
    Endpoint(
        "POST",
        "/convo_pathway/create-version",
        "create_version_named",
        "Create a version, the console's way",
        "The same as POST /pathway/{pathway_id}/version, with the id in the body.",
        (Answer(200, "It was made.", "VersionMade"), BAD_BODY, NO_PATHWAY),
        body='{"pathway_id": "9c5d1b1e-8c55-4a43-8e0f-5d2c3a0e6f11", "name": "Shorter greeting", "source_version_id": 2}',
        body_schema="NamedNewVersion",
    ),
    Endpoint(
        "POST",
        "/convo_pathway/update",
        "update_version_named",
        "Save, the console's way",
        "With version_number, into that draft, when its revision still is revision_number. Without, as POST /pathway/{pathway_id} does.",
        (Answer(200, "It was saved; data has the new revision_number."), BAD_BODY, NO_PATHWAY, SAVED_MEANWHILE),
        (Query("force", "true: save whatever the revision is.", {"type": "boolean"}),),
        body='{"id": "9c5d1b1e-8c55-4a43-8e0f-5d2c3a0e6f11", "version_number": 3, "revision_number": 7, "nodes": [], "edges": []}',
        body_schema="NamedSave",
    ),
    Endpoint(
        "POST",
        "/convo_pathway/publish",
        "publish_named",
        "Publish, the console's way",
        "The same as POST /pathway/{pathway_id}/publish, with the id in the body.",
        (Answer(200, "It is published."), Answer(400, "Not ready: errors lists why.", "PathwayRefused"), NO_PATHWAY, NOT_NOW),
        body='{"id": "9c5d1b1e-8c55-4a43-8e0f-5d2c3a0e6f11", "version_number": 3, "environment": "staging"}',
        body_schema="NamedPublish",
    ),
    Endpoint(
        "GET",
        "/pathway/folders",
        "list_folders",
        "List folders",
        "Shelves for pathways, by name.",
        (Answer(200, "The folders.", "FolderList"),),
        aliases=console("/pathway/folders"),
    ),
    Endpoint(
        "POST",
        "/pathway/folders",
        "create_folder",
        "Create a folder",
        "No two have one name: that which is there is given back.",
        (Answer(200, "It is there.", "FolderMade"), BAD_BODY),
        body='{"name": "Dental"}',
        body_schema="NewFolder",
        aliases=console("/pathway/folders"),
    ),
)

GRAPH: dict[str, Schema] = {
    "nodes": a("array", "The steps: {id, type, position: {x, y}, data: {name, prompt or text, isStart, …}}."),
    "edges": a("array", "The ways between them: {id, source, target, label, description}, or with these two in data."),
}
NAMES: dict[str, Schema] = {"name": text("Its name.", maxLength=120), "description": text("What it is for.")}
NAMED: dict[str, Schema] = {"id": uid("The pathway. pathway_id and pathwayID are read too.")}
REVISION: dict[str, Schema] = {"revision_number": a("integer", "What you read. Left out, the save is forced.", minimum=0)}
NUMBER: dict[str, Schema] = {"version_number": a("integer", "Which version.", minimum=0)}
VERSION: dict[str, Schema] = {
    "id": a("integer", "The same as version_number: versions are addressed by it.", minimum=1),
    "pathway_id": uid("The pathway."),
    "name": text("Its name."),
    "version_number": a("integer", "Given once, never again.", minimum=1),
    "source_version_number": a("integer", "The version it was made from.", null=True),
    "revision_number": a("integer", "Counts the saves of a draft.", minimum=1),
    "created_at": time("When it was made."),
    "updated_at": time("When it was last saved."),
    "published_at": time("When it was frozen; null for a draft.", null=True),
    "is_latest": a("boolean", "Whether it has the highest number."),
    "is_prev_published": a("boolean", "Whether it is in production."),
    "is_staging": a("boolean", "Whether it is in staging."),
}
STATE: dict[str, Schema] = {
    "version_number": a("integer", "The version that is worked on.", null=True),
    "revision_number": a("integer", "Its revision: name it when you save.", null=True),
    "is_published": a("boolean", "Whether calls use just this."),
    "production_version_number": a("integer", "The version in production.", null=True),
}
PATHWAY: dict[str, Schema] = {
    **GRAPH,
    "id": uid("The pathway."),
    "pathway_id": uid("The same."),
    **NAMES,
    **STATE,
    "folder_id": uid("Its folder.", null=True),
    "staging_version_number": a("integer", "The version in staging.", null=True),
    "published_at": time("When the version in production was frozen.", null=True),
    "created_at": time("When it was made."),
    "updated_at": time("When it last changed."),
}
FOLDER = thing(
    {
        "id": uid("The folder."),
        "name": text("Its name."),
        "created_at": time("When it was made."),
        "pathway_count": a("integer", "How many."),
    },
    "A shelf for pathways.",
)
MESSAGE: dict[str, Schema] = {"status": SUCCESS, "message": text("What was done.")}
PUBLISH: dict[str, Schema] = {
    "version_id": a("integer", "The number of the version; version_number is read too.", minimum=0),
    "environment": one_of(["production", "staging"], "Where calls find it. Left out: production."),
}

SCHEMAS: dict[str, Schema] = {
    "Pathway": thing(PATHWAY, "A pathway. Keys that Parley does not know stand beside these.", more=True),
    "PathwayList": array(ref("Pathway"), "Pathways, last changed first."),
    "PathwayMade": thing(
        {**MESSAGE, "pathway_id": uid("The new pathway."), "data": a("object", "The same id, as id and pathway_id."), "errors": NO_ERRORS},
        "It was made.",
    ),
    "PathwaySaved": thing(
        {**MESSAGE, "pathway_data": a("object", "pathway_id, name, description, nodes, edges as they stand now."), **STATE}, "It was saved."
    ),
    "PathwayDone": thing({"status": SUCCESS}, "It was done.", more=True),
    "PathwayVersions": array(ref("PathwayVersionItem"), "Versions, newest first."),
    "PathwayVersionItem": thing(VERSION, "A version."),
    "PathwayVersion": thing({**GRAPH, **VERSION}, "A version with its graph.", more=True),
    "VersionMade": thing({**MESSAGE, "data": a("object", "Its id, name, number and time."), "errors": NO_ERRORS}, "It was made."),
    "VersionSaved": thing(
        {**MESSAGE, "version_number": a("integer", "The draft."), "revision_number": a("integer", "Its new revision.")}, "It was saved."
    ),
    "Published": thing(
        {**MESSAGE, "pathway_id": uid("The pathway."), "version_number": a("integer", "What is there now."), "environment": text("Where.")},
        "It is published.",
    ),
    "FolderList": thing({"data": array(FOLDER, "The folders."), "errors": NO_ERRORS}, "Folders."),
    "FolderMade": thing(
        {"status": SUCCESS, "id": uid("The folder."), "folder_id": uid("The same."), "data": FOLDER, "errors": NO_ERRORS}, "It is there."
    ),
    "PathwayRefused": {
        "type": "object",
        "description": "What was wrong. Below /v1/convo_pathway, data is null and errors has a code and words.",
        "properties": {
            "status": {"const": "error"},
            "message": text("What was wrong, in words."),
            "data": {"type": "null"},
            "errors": a("array", "Each thing that was wrong: error, message and, in a graph, node_id."),
            "revision_number": a("integer", "After OLD_REVISION_ERROR: the revision it is at."),
        },
        "anyOf": [{"required": ["status", "message"]}, {"required": ["data", "errors"]}],
        "additionalProperties": False,
    },
    "NewPathway": thing({**NAMES, **GRAPH}, "A new pathway.", needed=["name"], more=True),
    "SavePathway": thing({**NAMES, **GRAPH, **REVISION}, "What is to be saved.", optional=True, more=True),
    "DuplicatePathway": thing({"pathwayID": uid("The pathway."), "name": text("Of the new one.")}, "What to copy.", needed=["pathwayID"]),
    "NewVersion": thing(
        {**NAMES, **GRAPH, "source_version_id": a("integer", "The version it is made from.", minimum=0)},
        "A version.",
        optional=True,
        more=True,
    ),
    "Publish": thing(PUBLISH, "What to publish where.", optional=True, more=True),
    "NewFolder": thing({"name": text("Its name.", maxLength=120)}, "A new folder."),
    "NamedVersion": thing({**NAMED, **NUMBER}, "Which version of which pathway.", needed=["id"], more=True),
    "NamedNewVersion": thing({**NAMED, **NAMES, **GRAPH}, "A version of a pathway.", optional=True, more=True),
    "NamedSave": thing({**NAMED, **NUMBER, **REVISION, **NAMES, **GRAPH}, "What is to be saved.", needed=["id"], more=True),
    "NamedPublish": thing({**NAMED, **NUMBER, **PUBLISH}, "What to publish where.", needed=["id"], more=True),
}

CHAPTER = Chapter(
    "Pathways",
    ENDPOINTS,
    SCHEMAS,
    {"pathway_id": uid("The pathway."), "number": a("integer", "The number of the version; 0 is the one in production.", minimum=0)},
)
