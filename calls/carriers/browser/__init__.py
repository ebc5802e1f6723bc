"""The carrier "call me in this browser": it rings on the Call page, and the person there answers, speaks or types, and hangs up.

The page gets an address and a ticket (`tickets`: for one call, once, within a minute) from the web process, and opens a socket to the
runner, `/browser/<call uid>?ticket=…`. A page that answers with its microphone has a line with sound (`sound`, and calls.carriers.voice on
top of it); one that answers without has a leg of words (`typed`). `leg` is what the runner holds, whichever of the two it is.

Binary messages, both ways and only with sound, are PCM: 8,000 samples a second, 16-bit signed little-endian, mono; 20 ms (320 bytes) each.
All other messages are JSON objects with a `type`. From the runner:

    wait                            accepted; the call is not dialled yet
    state  phase, to, sound, lacks  phase is ringing or live: sent first, and again after a reconnection. `sound`: while it rings, whether
                                    this server can hear and speak (`lacks` says in words why it cannot); when live, whether this call does
    say    ref, text, ms, from      the agent speaks: show `text` within `ms`; `from` characters were shown before
    flush                           it stops speaking at once; sound that was not yet played is dropped
    tones  digits                   it pressed keys
    ended  cause, by                the call is over; the socket is closed

and only with sound:

    said   ref, text                so much of an utterance was heard; it is over
    mark   ref                      tell when all sound before this message was played

From the page:

    answer  sound                   `sound`: with the microphone (may be left out: without)
    decline, hangup
    type    text, final             what is being typed; with `final` it is said. An empty text takes back what was begun
    press   digit                   one key: 0-9 * #
    heard   ref, chars              without sound: so much of an utterance was shown by now; all of it: it was heard
    played  ref                     with sound: a mark was reached

Close codes: 4401 the ticket is not (or no longer) good, 4404 there is no such call, 4408 not dialled yet: come back, 4409 another page
took the call, 1000 the call is over. A page that loses its socket gets a new ticket and comes back; the call waits for it for some seconds.
"""
