"""The code that /docs/webhooks shows to those who check signatures. The tests run what is written here in Python."""

PYTHON = '''\
# pip install standardwebhooks
from standardwebhooks.webhooks import Webhook, WebhookVerificationError


def receive(secret, headers, body):
    """`body`: the bytes as they came. Gives the message; None when it is not from us."""
    try:
        return Webhook(secret).verify(body, headers)
    except WebhookVerificationError:
        return None
'''

NODE = """\
// npm install standardwebhooks express
import express from "express";
import { Webhook } from "standardwebhooks";

const hook = new Webhook(process.env.WEBHOOK_SECRET);

express().post("/results", express.raw({ type: "application/json" }), (request, response) => {
  let message;
  try {
    message = hook.verify(request.body.toString(), request.headers);
  } catch {
    return response.sendStatus(401);
  }
  response.sendStatus(204); // first answer, then work
  console.log(message.call_id);
}).listen(8080);
"""

PLAIN = '''\
import base64, hashlib, hmac, time


def fits(secret, headers, body):
    """Without a package. `body`: the bytes as they came; `headers`: names in small letters."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    stamp = headers["webhook-timestamp"]
    signed = f"{headers['webhook-id']}.{stamp}.".encode() + body
    wanted = "v1," + base64.b64encode(hmac.digest(key, signed, "sha256")).decode()
    fresh = abs(time.time() - int(stamp)) < 300
    return fresh and any(hmac.compare_digest(each, wanted) for each in headers["webhook-signature"].split())


def fits_old_style(secret, headers, body):
    """The header of the public reference: over the body alone, so it says nothing about when."""
    wanted = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(headers["x-webhook-signature"], wanted)
'''
