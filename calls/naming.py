"""What the person called is known as. Pure."""

from collections.abc import Mapping

WHOLE = ("name", "full_name", "customer_name", "contact_name", "patient_name", "client_name", "lead_name")
FIRST = ("first_name", "firstname", "given_name")
LAST = ("last_name", "lastname", "surname", "family_name")


def callee_name(request_data: object) -> str:
    """The name that request_data gives the person, at most 120 characters; "" when it gives none. Keys in any case and spacing."""
    if not isinstance(request_data, Mapping):
        return ""
    given = {str(key).strip().lower().replace(" ", "_").replace("-", "_"): value for key, value in request_data.items()}

    def first(keys: tuple[str, ...]) -> str:
        return next((" ".join(value.split()) for key in keys if isinstance(value := given.get(key), str) and value.strip()), "")

    return (first(WHOLE) or f"{first(FIRST)} {first(LAST)}".strip())[:120]
