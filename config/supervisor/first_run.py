"""What a new installation starts with: an account, its admin, and something to try."""

from django.db import transaction

from calls.models import CallingRules
from config.models import Account, Member, Role, User
from pathways import making
from pathways.publishing import publish
from pathways.starters import starters
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
    publish(making.from_starter(account, starters()["first_steps"], by=admin), "production", admin)
    return admin
