"""`manage.py sign_in_link [EMAIL]`: prints a link that signs one person in, once."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from config.models import Member, Role, SignInLink


class Command(BaseCommand):
    help = "Print a one-time sign-in link; without an e-mail address, for the first admin."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", nargs="?", default="")
        parser.add_argument("--minutes", type=int, default=60, help="how long it works (default 60)")

    def handle(self, *args: Any, **options: Any) -> None:
        members = Member.objects.filter(user__is_active=True).select_related("user").order_by("pk")
        member = (
            members.filter(user__email=options["email"].lower()).first() if options["email"] else members.filter(role=Role.ADMIN).first()
        )
        if member is None:
            raise CommandError("There is no such member.")
        if not 1 <= options["minutes"] <= 7 * 24 * 60:
            raise CommandError("--minutes takes 1 to 10080 (a week).")
        self.stderr.write(f"Signs in {member.user.email}, works once, for {options['minutes']} minutes:")
        self.stdout.write(f"{settings.BASE_URL}/sign-in/{SignInLink.issue(member.user, minutes=options['minutes'])}")
