"""The rows of accounts: who is where in which role, and how people and programs prove who they are."""

from fairlead.accounts.models.directory import DirectoryEntry, DirectoryGroup, DirectoryPlace, DirectoryToken
from fairlead.accounts.models.factors import Passkey, RecoveryCode, TotpDevice
from fairlead.accounts.models.kept import Kept
from fairlead.accounts.models.members import (
    ApiToken,
    Attempt,
    Branding,
    Invitation,
    Membership,
    Role,
    SignInLink,
    User,
    UserManager,
    Workspace,
)
from fairlead.accounts.models.policy import SecurityPolicy, WaysIn
from fairlead.accounts.models.sessions import Session
from fairlead.accounts.models.sso import Identity, IdentityProvider

__all__ = [
    "ApiToken",
    "Attempt",
    "Branding",
    "DirectoryEntry",
    "DirectoryGroup",
    "DirectoryPlace",
    "DirectoryToken",
    "Identity",
    "IdentityProvider",
    "Invitation",
    "Kept",
    "Membership",
    "Passkey",
    "RecoveryCode",
    "Role",
    "SecurityPolicy",
    "Session",
    "SignInLink",
    "TotpDevice",
    "User",
    "UserManager",
    "WaysIn",
    "Workspace",
]
