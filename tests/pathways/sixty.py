"""A pathway of sixty steps as another system would export it: unknown keys and types, the global prompt in the middle."""

from typing import Any

KINDS = ("Default", "Webhook", "Knowledge Base", "SMS", "Press Button", "Wait for Response", "Route", "Custom Code", "Scheduling")


def sixty_steps() -> dict[str, Any]:
    nodes: list[dict[str, Any]] = [step(n) for n in range(60)]
    nodes.insert(31, {"globalConfig": {"globalPrompt": "Bleib höflich, {{name}}. 😀", "tone": ["warm", None]}})
    return {"nodes": nodes, "edges": [edge(n) for n in range(80)], "viewport": {"zoom": 0.75}, "flags": [], "owner": None}


def step(n: int) -> dict[str, Any]:
    kind = "End Call" if n == 59 else "Transfer Call" if n == 58 else KINDS[n % len(KINDS)]
    data: dict[str, Any] = {
        "name": f"Step {n}",
        "isStart": n == 0,
        "extractVars": [[f"v{n}", "string", "any", True, "spelled"], {"name": f"w{n}", "type": "date", "hint": {"deep": [1, 2.5]}}],
        "modelOptions": {"modelName": "base", "temperature": 0.2, "unheardOf": {"a": [True, False, None]}},
        "unitTests": [{"id": n, "ok": n % 2 == 0}],
    }
    data["text" if n % 3 else "prompt"] = f"“Guten Tag” {n}\nLine two"
    if kind == "Webhook":
        data |= {"url": "https://example.com/{{v1}}", "responsePathways": [["Default/Webhook Completion", "", "", {"id": str(n + 1)}]]}
    if kind == "Route":
        data |= {"routes": [{"conditions": [{"field": "v2", "operator": "is", "value": 7}], "targetNodeId": str(n + 1)}]}
    return {"id": str(n), "type": kind, "position": {"x": n * 37.5, "y": -n}, "data": data, "measured": {"width": 320}, "selected": n == 4}


def edge(n: int) -> dict[str, Any]:
    source, target = n % 58, (n % 58) + 1 + n // 58
    data = {"label": f"way {n}", "description": "", "isHighlighted": False, "condition": None, "examples": [f"yes {n}", "sure"]}
    return {"id": f"reactflow__edge-{n}", "source": str(source), "target": str(target), "type": "custom", "data": data, "animated": True}
