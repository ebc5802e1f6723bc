"""One call for somebody without an account: an address that works for a while, and what is blacked out behind it."""
