"""What came back from an address, in words for staff. Pure."""

# What a status means on the other side, as it reads after "It answers".
MEANS = {
    400: "it does not understand what it gets",
    401: "it wants a sign-in that it does not get",
    402: "it wants to be paid",
    403: "it lets nobody in",
    404: "it knows no such address",
    405: "it takes nothing at this address",
    406: "it does not understand what it gets",
    408: "it waited too long",
    409: "it says that this clashes with what it has",
    410: "the address is gone",
    413: "it finds it too large",
    415: "it does not understand what it gets",
    422: "it does not understand what it gets",
    429: "too many at once",
    500: "it has an error of its own",
    501: "it takes nothing at this address",
    502: "what stands behind it does not answer",
    503: "too busy",
    504: "what stands behind it does not answer",
}


def status(code: int) -> str:
    """“too busy” (503), “it knows no such address” (404); a status that nobody knows says only its number."""
    if 200 <= code < 300:
        return f"accepted ({code})"
    if 300 <= code < 400:
        return f"“it sends on to another address” ({code})"
    known = MEANS.get(code) or ("it has an error of its own" if code >= 500 else "it does not take it" if code >= 400 else "")
    return f"“{known}” ({code})" if known else str(code)


def answered(code: int | None, error: str) -> str:
    """One whole sentence on a try that failed."""
    if code is not None:
        return f"It answers {status(code)}."
    return f"{error.rstrip('.')}." if error else "It does not answer."
