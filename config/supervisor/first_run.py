"""What a new installation starts with: an account, its admin, and something to try."""

from django.db import transaction

from calls.models import CallingRules
from config.models import Account, Member, Role, User
from pathways.models import Pathway, PathwayVersion
from personas import versions
from personas.content import Content
from personas.models import KnowledgeBase
from personas.versions import About, By

ADMIN_EMAIL = "admin@example.com"
KNOWLEDGE = (
    "The clinic is at 12 Harbor Street, on the second floor. There is a lift. "
    "Opening hours are Monday to Friday from 8 am to 6 pm. Parking behind the building is free for two hours. "
    "A check-up takes about 40 minutes. Bring your insurance card. An appointment can be cancelled free of charge until the day before."
)
TASK = (
    "You are June from Harbor Dental. You are calling {{name}} about the check-up on Tuesday at 3 pm. "
    "Confirm the appointment. Ask whether they have dental insurance. Ask if they have any question about the visit."
)


def graph() -> dict[str, object]:
    """A small pathway in the public shape: greet, confirm, say goodbye."""

    def node(uid: str, kind: str, name: str, x: int, y: int, **data: object) -> dict[str, object]:
        return {"id": uid, "type": kind, "position": {"x": x, "y": y}, "data": {"name": name, **data}}

    def edge(uid: str, source: str, target: str, label: str) -> dict[str, object]:
        return {"id": uid, "source": source, "target": target, "data": {"label": label}}

    return {
        "nodes": [
            node("1", "Default", "Greeting", 0, 0, isStart=True, prompt="Say who is calling and ask whether Tuesday at 3 pm still suits."),
            node("2", "Default", "Another time", 220, 160, prompt="Ask which day and time would suit better."),
            node("3", "End Call", "Goodbye", 0, 320, text="Thank you. Goodbye."),
        ],
        "edges": [edge("a", "1", "3", "It suits"), edge("b", "1", "2", "It does not suit"), edge("c", "2", "3", "A time was named")],
    }


@transaction.atomic
def make() -> User | None:
    """The admin, when there is no account yet; None on every later run."""
    if Account.objects.exists():
        return None
    account = Account.objects.create(name="My office")
    CallingRules.objects.create(account=account)
    admin = User.objects.create_user(ADMIN_EMAIL, None, name="Admin")
    Member.objects.create(account=account, user=admin, role=Role.ADMIN)
    knowledge = KnowledgeBase.objects.create(account=account, name="About the clinic", text=KNOWLEDGE)
    config = {
        "task": TASK,
        "voice": "June",
        "max_duration": 10,
        "tools": [f"KB-{knowledge.uid}"],
        "request_data": {"name": "Jordan Miller"},
    }
    about = About("June, appointments", role="Receptionist", description="Confirms appointments.")
    versions.create(account, about, Content(config), By(user=admin))
    pathway = Pathway.objects.create(account=account, name="Appointment reminder", description="Three steps to start from.")
    pathway.production = PathwayVersion.objects.create(pathway=pathway, number=1, graph=graph())
    pathway.save(update_fields=["production"])
    return admin
