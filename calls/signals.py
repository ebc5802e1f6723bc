"""Outward notices; analytics listens, calls need not know it."""

from django.dispatch import Signal

call_ended = Signal()  # after commit, with call_id

# In the transaction of the change, with account_id and made (Call.created_at of each): calls that are over were changed in what is counted
# of them (outcome, price, who answered, persona, times), or are deleted.
calls_changed = Signal()
