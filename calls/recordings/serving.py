"""A recording on its way to a browser or a program: whole, or the part of it that is asked for, as players do when they seek."""

import asyncio
import re
from collections.abc import AsyncIterator
from typing import BinaryIO

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import http_date

from calls.models import Call, Recording
from calls.recordings.files import path_of

BLOCK = 64 * 1024
_RANGE = re.compile(r"bytes=(\d*)-(\d*)")


def ready(call: Call) -> Recording | None:
    """The recording of a call, when there is one to give out."""
    return Recording.objects.filter(call=call, state=Recording.READY).defer("peaks").first()


def respond(request: HttpRequest, call: Call, recording: Recording, *, download: bool = False) -> HttpResponseBase | None:
    """200 with the whole, 206 with a part, 416 for a part that is not there. None: the file is gone."""
    path = path_of(recording)
    try:
        size, changed = (stat := path.stat()).st_size, stat.st_mtime
        file = open(path, "rb")  # noqa: SIM115  closed with the response
    except OSError:
        return None
    tag = f'"{recording.pk}-{size}"'
    part = _part(request, size, tag, http_date(changed))
    if part == ():
        file.close()
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    start, end = part or (0, size - 1)
    headers = {
        "Accept-Ranges": "bytes",
        "Cache-Control": "private, no-cache",  # kept by the browser, but asked for: what was deleted is not played again
        "Content-Disposition": f'{"attachment" if download else "inline"}; filename="{filename(call)}"',
        "Content-Length": str(end - start + 1),
        "ETag": tag,
        "Last-Modified": http_date(changed),
    }
    if part:
        headers["Content-Range"] = f"bytes {start}-{end}/{size}"
    if request.method == "HEAD":
        file.close()
        return HttpResponse(content_type="audio/wav", status=206 if part else 200, headers=headers)
    body = read(file, start, end - start + 1)
    response = StreamingHttpResponse(body, content_type="audio/wav", status=206 if part else 200, headers=headers)
    response._resource_closers.append(file.close)  # type: ignore[attr-defined] # as FileResponse does
    return response


def filename(call: Call) -> str:
    return f"call-{call.created_at:%Y-%m-%d}-{str(call.uid)[:8]}.wav"


def _part(request: HttpRequest, size: int, tag: str, changed: str) -> tuple[int, int] | tuple[()] | None:
    """First and last byte asked for; None: the whole; (): there is no such part. Several parts at once are answered with the whole."""
    asked = _RANGE.fullmatch(request.headers.get("Range", "").strip())
    if not asked or not (asked[1] or asked[2]) or request.headers.get("If-Range", tag) not in (tag, changed):
        return None
    if not asked[1]:
        last = min(int(asked[2][:18]), size)
        return (size - last, size - 1) if last else ()
    start, end = int(asked[1][:18]), min(int(asked[2][:18]), size - 1) if asked[2] else size - 1
    if asked[2] and int(asked[2][:18]) < start:
        return None
    return (start, end) if start < size else ()


async def read(file: BinaryIO, start: int, length: int) -> AsyncIterator[bytes]:
    """A part of an open file, piece by piece; closed at the end."""
    try:
        await asyncio.to_thread(file.seek, start)
        while length > 0 and (block := await asyncio.to_thread(file.read, min(length, BLOCK))):
            length -= len(block)
            yield block
    finally:
        file.close()
