"""`Idempotency-Key`: a request that was sent again does its deed once and gets the first answer again, for 24 hours.

The key's row is written before the deed begins, so that a second request at the same moment is refused (409). The answer is written in
the very transaction that does the deed: a crash between the two is impossible, and a claim that was left behind may be taken over.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.http import HttpResponse, JsonResponse
from django.utils.timezone import now

from config.kit.api import ApiError, ApiRequest, header
from config.models import Account, IdempotentRequest

KEPT = timedelta(hours=24)
ABANDONED = timedelta(minutes=1)  # a first request that runs longer than this has died
LONGEST_KEY = 255
PASSING = frozenset({401, 402, 403, 409, 429})  # refusals that may not hold the next time: not kept
FORGET_EVERY = 200  # claims
STILL_RUNNING = "The first request with this Idempotency-Key is still running."

type Finish = Callable[[int, Mapping[str, Any]], None]


class Superseded(Exception):
    """Another request took this claim over: the deed must be rolled back."""


@dataclass(frozen=True, slots=True)
class Claim:
    pk: int
    at: datetime  # names this claim: a later one on the same row has another time

    def finish(self, status: int, answer: Mapping[str, Any]) -> None:
        """Keeps the answer. Call it in the transaction that does the deed."""
        mine = IdempotentRequest.objects.filter(pk=self.pk, created_at=self.at, status=None)
        if not mine.update(status=status, answer=dict(answer)):
            raise Superseded

    def release(self) -> None:
        IdempotentRequest.objects.filter(pk=self.pk, created_at=self.at, status=None).delete()


def once(request: ApiRequest, deed: Callable[[Finish], tuple[int, Mapping[str, Any]]]) -> HttpResponse:
    """Answers with what `deed` returns, or with what it returned to the same request before.

    `deed` gets a function that it must call with its answer in the transaction that has the effect. Refusals (ApiError) of the 4xx
    kind are kept too, except those that pass by themselves.
    """
    key = request.headers.get("Idempotency-Key", "")
    if not key:
        status, answer = deed(_nothing)
        return JsonResponse(dict(answer), status=status)
    if len(key) > LONGEST_KEY or "\x00" in key:
        raise ApiError(400, f"Idempotency-Key must be at most {LONGEST_KEY} characters.")
    claim = _claim(request.account, key, _digest(request))
    if isinstance(claim, HttpResponse):
        return claim
    try:
        status, answer = deed(claim.finish)
    except ApiError as refusal:
        if refusal.status < 500 and refusal.status not in PASSING:
            claim.finish(refusal.status, refusal.body)
        else:
            claim.release()
        raise
    except Superseded:
        raise ApiError(409, STILL_RUNNING) from None
    except BaseException:
        claim.release()
        raise
    return JsonResponse(dict(answer), status=status)


def _claim(account: Account, key: str, digest: str) -> Claim | HttpResponse:
    at = now()
    try:
        with transaction.atomic():
            row = IdempotentRequest.objects.create(account=account, key=key, body_digest=digest, created_at=at)
    except IntegrityError:
        return _claim_again(account, key, digest, at)
    if row.pk % FORGET_EVERY == 0:
        IdempotentRequest.objects.filter(created_at__lt=at - KEPT).delete()
    return Claim(row.pk, at)


def _claim_again(account: Account, key: str, digest: str, at: datetime) -> Claim | HttpResponse:
    """The key is known: the first answer again, or a refusal, or the claim when the old one has lapsed."""
    row = IdempotentRequest.objects.filter(account=account, key=key).first()
    lapsed = row is not None and row.created_at <= at - KEPT
    if row is None:  # released in this moment
        raise ApiError(409, "The first request with this Idempotency-Key has just been refused. Send it again.")
    if not lapsed and row.body_digest != digest:
        raise ApiError(422, "This Idempotency-Key was used with another request.")
    if not lapsed and row.status is not None:
        return JsonResponse(row.answer, status=row.status, headers={"Idempotent-Replayed": "true"})
    if lapsed or row.created_at <= at - ABANDONED:
        same = IdempotentRequest.objects.filter(pk=row.pk, created_at=row.created_at, status=row.status)
        if same.update(created_at=at, body_digest=digest, status=None, answer=None):
            return Claim(row.pk, at)
    raise ApiError(409, STILL_RUNNING)


def _digest(request: ApiRequest) -> str:
    parts = (request.method or "", request.path, header(request, "encrypted_key"))
    return hashlib.sha256("\n".join(parts).encode() + b"\n" + request.body).hexdigest()


def _nothing(status: int, answer: Mapping[str, Any]) -> None:
    """No key was sent: nothing to remember."""
