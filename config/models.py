"""Accounts, the people in them and their keys. Secrets are kept as digests only."""

import hashlib
import secrets
import uuid
from datetime import timedelta
from typing import Any

from django.contrib.auth.models import AbstractUser, BaseUserManager
from django.db import models
from django.utils.timezone import now


def digest(secret: str) -> str:
    """SHA-256 in hex. Enough for secrets of 32 random bytes; passwords go through Django's hashers."""
    return hashlib.sha256(secret.encode()).hexdigest()


class Account(models.Model):
    """One office: everything below belongs to exactly one account."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(max_length=120)
    country = models.CharField(max_length=2, default="US", help_text="Home country: numbers without + and the default allow-list.")
    timezone = models.CharField(max_length=64, default="America/Los_Angeles")
    created_at = models.DateTimeField(default=now)
    has_line = models.BooleanField(default=False, help_text="A line to telephones is switched on; kept by calls.lines")
    recording_days = models.PositiveIntegerField(default=0, help_text="Recordings are deleted after so many days; 0: kept")
    webhook_url = models.TextField(blank=True, help_text="Where the results of calls go that name no webhook of their own")
    webhook_waits = models.BooleanField(default=False, help_text="The record at the end of a call waits for its citations")
    flagged_at = models.DateTimeField(null=True, blank=True, help_text="Set: no call of this account is accepted.")
    flagged_reason = models.CharField(max_length=200, blank=True)

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)  # None: no password, sign-in by link only
        user.save()
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=(username or "").lower())


class User(AbstractUser):
    """A person. Signs in by e-mail and password or by a one-time link."""

    username = None  # type: ignore[assignment]
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120, blank=True)
    timezone = models.CharField(max_length=64, blank=True, help_text="Times are shown in it; empty: the account's.")
    theme = models.CharField(max_length=5, default="auto", choices=[("auto", "auto"), ("light", "light"), ("dark", "dark")])

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = []
    objects = UserManager()  # type: ignore[assignment,misc]

    def __str__(self) -> str:
        return self.name or self.email


class Role(models.TextChoices):
    """What a member may do, weakest first; each role may do all that the ones before it may."""

    VIEWER = "viewer", "Viewer"
    OPERATOR = "operator", "Operator"
    EDITOR = "editor", "Editor"
    ADMIN = "admin", "Admin"

    def allows(self, needed: "str | Role") -> bool:
        order = list(Role)
        return order.index(self) >= order.index(Role(needed))


class Member(models.Model):
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="members")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=8, choices=Role.choices, default=Role.VIEWER)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "user"], name="member_once"),
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="member_role_known"),
        ]

    def __str__(self) -> str:
        return f"{self.user} ({self.role})"

    def may(self, needed: str | Role) -> bool:
        return Role(self.role).allows(needed)


class ApiKey(models.Model):
    """A program's key. Shown once; `prefix` is what people recognise it by."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="api_keys")
    name = models.CharField(max_length=80)
    prefix = models.CharField(max_length=12)
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(default=now)
    created_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"

    @classmethod
    def issue(cls, account: Account, name: str, *, days: int | None = None, by: User | None = None) -> tuple["ApiKey", str]:
        """A new key and its secret, which is not kept."""
        secret = "sk-" + secrets.token_urlsafe(32)
        expires = now() + timedelta(days=days) if days is not None else None
        key = cls.objects.create(account=account, name=name, prefix=secret[:9], digest=digest(secret), expires_at=expires, created_by=by)
        return key, secret


class SignInLink(models.Model):
    """A link that signs one person in, once, for a short time."""

    user = models.ForeignKey(User, on_delete=models.CASCADE)
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(default=now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"link of {self.user}"

    @classmethod
    def issue(cls, user: User, *, minutes: int = 60) -> str:
        token = secrets.token_urlsafe(32)
        cls.objects.create(user=user, digest=digest(token), expires_at=now() + timedelta(minutes=minutes))
        return token

    @classmethod
    def fresh(cls, token: str) -> models.QuerySet["SignInLink"]:
        """The link of this token while it still works: one row or none."""
        return cls.objects.filter(digest=digest(token), used_at=None, expires_at__gt=now(), user__is_active=True)

    @classmethod
    def redeem(cls, token: str) -> User | None:
        """The user, once; None when the link is unknown, used or too old."""
        at = now()
        fresh = cls.fresh(token)
        link = fresh.select_related("user").first()
        if link is None or not fresh.update(used_at=at):
            return None
        return link.user


class SignInTry(models.Model):
    """A try to sign in whose password was wrong, or is being checked. Old ones are deleted as new ones come."""

    address = models.CharField(max_length=45, help_text="IP address")
    email = models.CharField(max_length=254)
    at = models.DateTimeField(default=now)

    class Meta:
        indexes = [models.Index(fields=["address", "at"], name="try_by_address")]

    def __str__(self) -> str:
        return f"{self.email} from {self.address}"


class AuditEntry(models.Model):
    """Who changed what. Append-only; never holds a secret."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE)
    at = models.DateTimeField(default=now, db_index=True)
    user = models.ForeignKey(User, null=True, on_delete=models.SET_NULL)
    api_key = models.ForeignKey(ApiKey, null=True, on_delete=models.SET_NULL)
    action = models.CharField(max_length=60)
    subject = models.CharField(max_length=200, blank=True)
    detail = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.action} {self.subject}"


class IdempotentRequest(models.Model):
    """The first answer to an Idempotency-Key, kept for 24 hours."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE)
    key = models.CharField(max_length=255)
    body_digest = models.CharField(max_length=64)
    created_at = models.DateTimeField(default=now, db_index=True)
    status = models.PositiveSmallIntegerField(null=True, help_text="None: the first request still runs.")
    answer = models.JSONField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "key"], name="idempotency_key_once")]

    def __str__(self) -> str:
        return self.key
