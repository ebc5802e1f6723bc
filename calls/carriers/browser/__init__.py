"""The carrier "call me in this browser": it rings on the Call page, and the person there answers, types as the callee and hangs up.

The page gets an address and a ticket (`tickets`: for one call, once, within a minute) from the web process, and opens a socket to the
runner, `/browser/<call uid>?ticket=…`. Messages are JSON objects with a `type`. From the runner:

    wait                            accepted; the call is not dialled yet
    state  phase, to, agent         phase is ringing or live: sent first, and again after a reconnection
    say    ref, text, ms, from      the agent speaks: show `text` within `ms`; `from` characters were shown before
    flush                           it stops speaking at once
    tones  digits                   it pressed keys
    ended  cause, by                the call is over; the socket is closed

and from the page:

    answer, decline, hangup
    type   text, final              what is being typed; with `final` it is said. An empty text takes back what was begun
    press  digit                    one key: 0-9 * #
    heard  ref, chars               so much of an utterance was shown by now; all of it: it was heard

Close codes: 4401 the ticket is not (or no longer) good, 4404 there is no such call, 4408 not dialled yet: come back, 4409 another page
took the call, 1000 the call is over. A page that loses its socket gets a new ticket and comes back; the call waits for it for some seconds.
"""
