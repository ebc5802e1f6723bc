"""Addresses of the pages of calls, below /calls/."""

from django.urls import path

from calls.views import bulk, corrected, deliveries, detail, listen, marks, recording, send, sharing, twilio
from calls.views.list import calls, view_change, view_save
from calls.views.paper import printed
from calls.views.phone import phone

urlpatterns = [
    path("", calls, name="calls"),
    path("views", view_save, name="calls-view-save"),
    path("views/<int:pk>", view_change, name="calls-view"),
    path("bulk", bulk.bulk, name="calls-bulk"),
    path("work", bulk.works, name="calls-work"),
    path("work/<uuid:uid>", bulk.work, name="calls-work-one"),
    path("work/<uuid:uid>/stop", bulk.work_stop, name="calls-work-stop"),
    path("work/<uuid:uid>/file", bulk.work_file, name="calls-work-file"),
    path("<uuid:uid>", detail.call, name="call"),
    path("<uuid:uid>/print", printed, name="call-print"),
    path("<uuid:uid>/share", sharing.share, name="call-share"),
    path("<uuid:uid>/share/<int:pk>/end", sharing.share_end, name="call-share-end"),
    path("<uuid:uid>/tags", marks.call_tags, name="call-tags"),
    path("<uuid:uid>/delete", marks.call_delete, name="call-delete"),
    path("<uuid:uid>/stop", detail.call_stop, name="call-stop"),
    path("<uuid:uid>/whisper", detail.call_whisper, name="call-whisper"),
    path("<uuid:uid>/take-over", detail.call_take_over, name="call-take-over"),
    path("<uuid:uid>/give-back", detail.call_give_back, name="call-give-back"),
    path("<uuid:uid>/type", detail.call_type, name="call-type"),
    path("<uuid:uid>/transfer", detail.call_transfer, name="call-transfer"),
    path("<uuid:uid>/handled", detail.call_handled, name="call-handled"),
    path("<uuid:uid>/listen", listen.listen, name="call-listen"),
    path("<uuid:uid>/recording", recording.recording, name="call-recording"),
    path("<uuid:uid>/recording/delete", recording.recording_delete, name="call-recording-delete"),
    path("<uuid:uid>/corrected", corrected.corrected, name="call-corrected"),
    path("<uuid:uid>/correct", corrected.correct, name="call-correct"),
    path("<uuid:uid>/deliveries", deliveries.panel, name="call-deliveries"),
    path("<uuid:uid>/deliveries/<uuid:delivery>", deliveries.body, name="call-delivery-body"),
    path("<uuid:uid>/deliveries/<uuid:delivery>/again", deliveries.again, name="call-delivery-again"),
    path("<uuid:uid>/phone", phone, name="call-phone"),
    path("<uuid:uid>/twilio/status", twilio.status, name="twilio-status"),
    path("<uuid:uid>/twilio/answerer", twilio.answerer, name="twilio-answerer"),
    path("<uuid:uid>/twilio/next/<int:again>", twilio.what_next, name="twilio-next"),
    path("<uuid:uid>/twilio/handed-over", twilio.handed_over, name="twilio-handed-over"),
    path("<uuid:uid>/twilio/picked-up", twilio.picked_up, name="twilio-picked-up"),
    path("results/leave", deliveries.leave, name="results-leave"),
    path("results/again", deliveries.again_all, name="results-again"),
    path("new", send.send_call, name="send-call"),
    path("new/check", send.check, name="send-check"),
    path("new/reading", send.reading, name="send-reading"),
    path("new/curl", send.curl, name="send-curl"),
    path("<uuid:uid>/undo", send.undo, name="send-undo"),
]
