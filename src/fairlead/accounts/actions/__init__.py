"""Everything that changes accounts: users, workspaces, members and invitations, tokens, and how people get in."""

from fairlead.accounts.actions.chronicle import record_failed_sign_in, record_for_user
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
from fairlead.accounts.actions.factors import (
    WrongCode,
    begin_totp,
    confirm_totp,
    new_recovery_codes,
    remove_totp,
    totp_secret,
    use_code,
)
from fairlead.accounts.actions.log import export_log
from fairlead.accounts.actions.members import (
    accept_invitation,
    add_member,
    change_role,
    find_invitation,
    invitation_secret,
    invite,
    join_with_new_account,
    remove_member,
    resend_invitation,
    restore_member,
    withdraw_invitation,
)
from fairlead.accounts.actions.policy import change_rules
from fairlead.accounts.actions.sessions import end_other_sessions, end_session, end_sessions_of, touch_session
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
    "WrongCode",
    "accept_invitation",
    "add_member",
    "begin_totp",
    "change_password",
    "change_profile",
    "change_role",
    "change_rules",
    "change_theme",
    "change_workspace",
    "confirm_email",
    "confirm_totp",
    "count_attempt",
    "create_token",
    "create_user",
    "create_workspace",
    "distrust_password",
    "end_other_sessions",
    "end_session",
    "end_sessions_of",
    "export_log",
    "find_invitation",
    "forget_attempts",
    "forget_old_entries",
    "invitation_secret",
    "invite",
    "join_with_new_account",
    "link_user",
    "make_sign_in_link",
    "new_recovery_codes",
    "record_failed_sign_in",
    "record_for_user",
    "record_sign_in",
    "remove_member",
    "remove_totp",
    "resend_invitation",
    "restore_member",
    "revoke_token",
    "set_password",
    "sign_up",
    "token_actor",
    "totp_secret",
    "touch_session",
    "use_code",
    "use_sign_in_link",
    "withdraw_invitation",
]
