"""The carrier Twilio, and every provider that speaks its REST API, its markup (TwiML) and its Media Streams.

    dial        POST Calls.json with the markup in it: connect to our socket, then ask the web what is next
    socket      wss://…/twilio/<call uid>/<token>, served by the runner: sound both ways, keys, marks
    callbacks   https://…/calls/<call uid>/twilio/<what>, served by the web: each becomes a CarrierReport, which the runner reads
    control     POST Calls/<sid>.json: hang up, hand over, press keys (the socket is left and joined again)

Both addresses are made from BASE_URL and MEDIA_URL, never from what a request says of itself. Twilio signs its requests with the
account's auth token; a socket needs besides a token that is good once, for one call. When a socket breaks off, Twilio goes on with the
next verb: it asks the web, which sends it back to the socket while the call is live, and hangs up when it is not.

Close codes of the socket: 4401 the signature or the token is not (or no longer) good, 4404 no such call is dialled by this runner.
"""
