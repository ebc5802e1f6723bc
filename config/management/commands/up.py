"""`manage.py up`: the whole product, from one command."""

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connections
from django.db.utils import OperationalError

from config.models import Member, Role, SignInLink
from config.supervisor import first_run, run


class Command(BaseCommand):
    help = "Start everything: broker, web, runner, worker. Stops all of it on Ctrl-C."
    requires_system_checks = "__all__"

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            run.run(self.say, self.prepare, self.announce)
        except run.CannotStart as error:
            raise CommandError(str(error)) from error

    def say(self, text: str) -> None:
        self.stdout.write(f"parley: {text}")
        self.stdout.flush()

    def prepare(self) -> None:
        """Database and static files, before anything reads them."""
        try:
            call_command("migrate", verbosity=0, interactive=False)
        except OperationalError as error:
            raise run.CannotStart(f"The database cannot be used ({str(error).strip().splitlines()[0]}). Check DATABASE_URL.") from error
        call_command("collectstatic", verbosity=0, interactive=False)
        first_run.make()
        connections.close_all()  # no connection is shared with the children

    def announce(self) -> None:
        self.say(f"ready at {settings.BASE_URL}/")
        admin = Member.objects.filter(role=Role.ADMIN).select_related("user").order_by("pk").first()
        if admin and admin.user.last_login is None:
            link = SignInLink.issue(admin.user, minutes=24 * 60)
            self.say("open this link to sign in; it works once:")
            self.say(f"  {settings.BASE_URL}/sign-in/{link}")
        else:
            self.say("a new sign-in link: make link (or manage.py sign_in_link)")
        connections.close_all()
