from calls.models.browser import BrowserTicket
from calls.models.call import Call
from calls.models.citation import Citation, CitationIssue, CitationRun, CitationRunItem, CitedLine
from calls.models.delivery import Delivery, DeliveryAttempt, WebhookSecret
from calls.models.event import CallEvent, Utterance
from calls.models.line import CarrierReport, Line
from calls.models.numbers import BlockedNumber, DoNotCall, Number, NumberPool, SensitiveAttempt
from calls.models.recording import Recording
from calls.models.review import CallJob, CallTag, CorrectedTranscript, DispositionCorrection, SavedView, ShareLink
from calls.models.rules import BillingRecord, CallingRules
from calls.models.runner import Runner
from calls.models.speech import SpeechService
from calls.models.text import CallText
from calls.models.trip import GuardRailTrip

__all__ = [
    "BillingRecord",
    "BlockedNumber",
    "BrowserTicket",
    "Call",
    "CallEvent",
    "CallJob",
    "CallTag",
    "CallText",
    "CallingRules",
    "CarrierReport",
    "Citation",
    "CitationIssue",
    "CitationRun",
    "CitationRunItem",
    "CitedLine",
    "CorrectedTranscript",
    "Delivery",
    "DeliveryAttempt",
    "DispositionCorrection",
    "DoNotCall",
    "GuardRailTrip",
    "Line",
    "Number",
    "NumberPool",
    "Recording",
    "Runner",
    "SavedView",
    "SensitiveAttempt",
    "ShareLink",
    "SpeechService",
    "Utterance",
    "WebhookSecret",
]
