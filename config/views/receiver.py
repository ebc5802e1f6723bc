"""/docs/webhooks: for those who write the program that receives results, with a checker of signatures."""

from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpResponse
from django.utils.timezone import now
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from calls import hook_examples
from calls.hooks import checking, office, schedule, signing
from calls.hooks.checking import Finding, Known
from config.kit.access import MemberRequest, page
from config.kit.http import render_page
from config.kit.secrets import Unreadable, unseal
from config.models import Account
from config.views import receiver_code

LONGEST_BODY = 1_000_000
SHOWN_TRIES = 8
HEADERS = "webhook-id: msg_…\nwebhook-timestamp: …\nwebhook-signature: v1,…"


class CheckForm(forms.Form):
    """What somebody got. The secret is never written back into the page."""

    headers = forms.CharField(
        label="Headers",
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false", "placeholder": HEADERS}),
        help_text="As they came; others may stand between them.",
        error_messages={"required": "Paste the headers of the message."},
    )
    body = forms.CharField(
        label="Body",
        max_length=LONGEST_BODY,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 5, "spellcheck": "false", "placeholder": '{"call_id":"…'}),
        help_text="The raw text, before anything read it as JSON.",
        error_messages={"required": "Paste the body of the message."},
    )
    secret = forms.CharField(
        label="Secret",
        max_length=200,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text="Empty: the secrets of your office. It is used for this check alone, kept nowhere and not shown again.",
    )


@page("viewer")
@never_cache
@sensitive_post_parameters("secret", "headers", "body")
@require_http_methods(["GET", "POST"])
def webhook_docs(request: MemberRequest) -> HttpResponse:
    """POST checks a signature and says what is wrong with it."""
    form = CheckForm(request.POST if request.method == "POST" else None)
    finding = None
    if form.is_bound and form.is_valid():
        finding = _check(request.account, form.cleaned_data)
    context = {"form": form, "finding": finding, **_told(request)}
    return render_page(request, "docs/webhooks.html", context, status=422 if form.errors else 200)


def _told(request: MemberRequest) -> dict[str, Any]:
    """What the page tells: examples and times come from the code that sends."""
    at = now()
    record = hook_examples.record(request.account, at)
    return {
        "examples": [record, *(make(request.account, at) for make in (hook_examples.citations, hook_examples.event, hook_examples.test))],
        "sent": hook_examples.headers(record.body, at),
        "record": record,
        "example_secret": hook_examples.SECRET,
        "code": receiver_code,
        "seconds": settings.WEBHOOK_TIMEOUT,
        "waits": [round(schedule.back_off(tries, settings.WEBHOOK_RETRY, lambda: 1.0)) for tries in range(1, SHOWN_TRIES + 1)],
        "longest": schedule.LONGEST / 60,
        "result": schedule.RESULT.time.total_seconds() / 3600,
        "event": schedule.EVENT.time.total_seconds() / 60,
        "overlap": signing.OVERLAP.total_seconds() / 3600,
        "tolerance": signing.TOLERANCE / 60,
    }


def _check(account: Account, given: dict[str, Any]) -> Finding:
    if given["secret"]:
        secrets = [Known("The secret that you pasted", given["secret"])]
    else:
        try:
            secrets = [Known(f"Your secret {row.hint}…", unseal(row.sealed)) for row in office.secrets(account)]
        except Unreadable as unreadable:
            return Finding("bad", "The secret of your office cannot be read.", str(unreadable))
    return checking.judge(secrets, given["headers"], given["body"], now())
