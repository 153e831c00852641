"""Everything that changes accounts: users, workspaces, members and invitations, tokens, and how people get in."""

from fairlead.accounts.actions.entry import (
    LinkGone,
    count_attempt,
    forget_attempts,
    forget_old_entries,
    link_user,
    make_sign_in_link,
    record_sign_in,
    use_sign_in_link,
)
from fairlead.accounts.actions.members import (
    accept_invitation,
    add_member,
    change_role,
    find_invitation,
    invitation_secret,
    invite,
    remove_member,
    resend_invitation,
    restore_member,
    withdraw_invitation,
)
from fairlead.accounts.actions.tokens import create_token, revoke_token, token_actor
from fairlead.accounts.actions.users import (
    change_password,
    change_profile,
    change_theme,
    confirm_email,
    create_user,
    distrust_password,
    set_password,
)
from fairlead.accounts.actions.workspaces import change_workspace, create_workspace, sign_up

__all__ = [
    "LinkGone",
    "accept_invitation",
    "add_member",
    "change_password",
    "change_profile",
    "change_role",
    "change_theme",
    "change_workspace",
    "confirm_email",
    "count_attempt",
    "create_token",
    "create_user",
    "create_workspace",
    "distrust_password",
    "find_invitation",
    "forget_attempts",
    "forget_old_entries",
    "invitation_secret",
    "invite",
    "link_user",
    "make_sign_in_link",
    "record_sign_in",
    "remove_member",
    "resend_invitation",
    "restore_member",
    "revoke_token",
    "set_password",
    "sign_up",
    "token_actor",
    "use_sign_in_link",
    "withdraw_invitation",
]
