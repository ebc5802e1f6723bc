"""What every address of pathways shares: the body, the two shapes of answers, and what our exceptions become.

`/v1/pathway…` answers flat and refuses with `{"status": "error", "message": …}`; `/v1/convo_pathway…` wraps: `{"data": …, "errors": null}`
and `{"data": null, "errors": [{"error": CODE, "message": …}]}`. Both are those of the public reference.
"""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, JsonResponse
from django.http.response import HttpResponseBase

from config.kit import storable
from config.kit.access import View
from config.kit.api import ApiError, ApiRequest, api, parse_json
from pathways.access import get_pathway
from pathways.editing import Frozen, Stale, Unreadable
from pathways.envelope import NoGraph
from pathways.making import BadName
from pathways.models import Pathway, PathwayVersion
from pathways.publishing import NotReady

CONSOLE = "/v1/convo_pathway"
MOST = 2**31 - 1


def pathway_api(*methods: str) -> Callable[[Callable[..., HttpResponseBase]], View]:
    """`api` for an address of pathways: our exceptions become refusals in the shape of its family."""

    def mark(view: Callable[..., HttpResponseBase]) -> View:
        @wraps(view)
        def run(request: ApiRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            try:
                return view(request, *args, **kwargs)
            except (BadName, NoGraph, Unreadable) as error:
                raise refusal(request, 400, "INVALID_PATHWAY", str(error)) from error
            except Frozen as error:
                message = f"{str(error).capitalize()}. It does not change any more: make a new version of it."
                raise refusal(request, 400, "VERSION_PUBLISHED", message) from error
            except Stale as error:
                raise stale(request, error.current) from error
            except NotReady as error:
                raise not_ready(request, error) from error
            except Http404 as error:
                raise refusal(request, 404, "NOT_FOUND", str(error) or "Not found") from error

        return api(*methods)(run)

    return mark


def wrapped(request: HttpRequest) -> bool:
    return request.path.startswith(CONSOLE)


def answer(request: HttpRequest, data: Any, **flat: Any) -> JsonResponse:
    """`data` in the console family; in the other `flat`, or `data` itself where there is none."""
    if wrapped(request):
        return JsonResponse({**flat, "data": data, "errors": None})
    return JsonResponse(flat or data, safe=False)


def refusal(request: HttpRequest, status: int, code: str, message: str, **more: Any) -> ApiError:
    body: dict[str, Any] = {"data": None, "errors": [{"error": code, "message": message}]}
    return ApiError(status, body={**(body if wrapped(request) else {"status": "error", "message": message}), **more})


def stale(request: HttpRequest, current: PathwayVersion) -> ApiError:
    message = f"Version {current.number} was saved by somebody else in the meantime: it is at revision {current.revision}. Read it again."
    return refusal(request, 409, "OLD_REVISION_ERROR", message, revision_number=current.revision)


def not_ready(request: HttpRequest, error: NotReady) -> ApiError:
    """Every problem is named, each in a sentence."""
    listed = [{"error": p.code, "message": p.message, "node_id": p.node_id or None, "edge_id": p.edge_id or None} for p in error.problems]
    listed += [{"error": "REHEARSAL_NOT_GREEN", "message": f"The required rehearsal “{name}” is not green."} for name in error.failing]
    return refusal(request, 400, "NOT_READY", f"Not published. {error.sentence}", errors=listed)


def body_of(request: ApiRequest) -> dict[str, Any]:
    """The body as an object that both databases can keep. An empty one is {}."""
    body: Any = {} if not request.body.strip() else parse_json(request.body)
    if not isinstance(body, dict):
        raise refusal(request, 400, "INVALID_BODY", "The request body is not a JSON object.")
    if why := storable.trouble(body):
        raise refusal(request, 400, "INVALID_BODY", f"The request body {why}.")
    return body


def whole_number(request: ApiRequest, body: Mapping[str, Any], *names: str) -> int | None:
    """The first of `names` that is given, as a number; None when none is."""
    value: Any
    for name in names:
        value = body.get(name)
        if value is None:
            continue
        if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 12:
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MOST:
            raise refusal(request, 400, "INVALID_BODY", f"{name} must be a whole number.")
        return int(value)
    return None


def named_pathway(request: ApiRequest, body: Mapping[str, Any]) -> Pathway:
    """The pathway whose id stands in the body, as id, pathway_id or pathwayID."""
    uid = next((body[name] for name in ("pathway_id", "id", "pathwayID") if body.get(name)), None)
    if not isinstance(uid, str):
        raise refusal(request, 400, "INVALID_BODY", "id is missing: which pathway?")
    try:
        known = UUID(uid)
    except ValueError:
        raise Http404(f'Pathway with ID "{uid[:80]}" not found') from None
    return get_pathway(request.account, known)
