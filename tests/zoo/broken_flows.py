"""Animals with a defect in their flow."""

from __future__ import annotations

from typing import Final

from animal import Animal
from habitats import APP_MFA, CUSTOM, INVITED, MEMBERS, MFA_ALONE, NEWCOMERS, PHONE_MFA, SMS_MFA

__all__ = ["BROKEN_FLOWS", "UNCOMPILED"]

UNCOMPILED: Final = (
    Animal(
        name="second-factor-skipped",
        sentence="The second factor leads straight to being signed in.",
        caught_by={"challenge-unanswered", "fact-missing", "signed-in-without-tokens"},
        habitat=PHONE_MFA,
        overlay="routes: {authentication: {SMS_MFA: signed_in}}",
    ),
    Animal(
        name="choice-of-factor-forgotten",
        sentence="Nobody thought of users with two second factors.",
        caught_by={"missing-route"},
        habitat=PHONE_MFA,
        overlay="""\
pool: {mfa: {factors: [sms, totp]}}
routes: {authentication: {SELECT_MFA_TYPE: null}}
""",
    ),
    Animal(
        name="goal-forgotten",
        sentence="Tokens lead to where users sign in.",
        caught_by={"no-goal"},
        habitat=PHONE_MFA,
        overlay="routes: {authentication: {TOKENS: confirmed, TOKENS_ON_NEW_DEVICE: confirmed}}",
    ),
    Animal(
        name="lost-answer-stays",
        sentence="A lost answer leaves a challenge that may be spent.",
        caught_by={"missing-route"},
        habitat=PHONE_MFA,
        overlay="routes: {challenge: {ANSWER_LOST: null}}",
    ),
    Animal(
        name="confirmed-is-signed-in",
        sentence="A state means signed in, and a confirmed sign-up leads there without tokens.",
        caught_by={"signed-in-without-tokens"},
        habitat=NEWCOMERS,
        overlay="states: {confirmed: {meaning: signed_in}}",
    ),
    Animal(
        name="proof-forgotten",
        sentence="A sign-in with SRP ends before the password is proved.",
        caught_by={"missing-route"},
        habitat=MEMBERS,
        overlay="""\
pool: {client: {explicit_auth_flows: [ALLOW_USER_SRP_AUTH, ALLOW_REFRESH_TOKEN_AUTH]}}
states: {signed_out: {on: {sign_in_with_srp: {then: {PASSWORD_VERIFIER: null}}}}}
""",
    ),
    Animal(
        name="endless-chain",
        sentence="An answer is sent again for each challenge that it brings.",
        caught_by={"endless-chain"},
        habitat=CUSTOM,
        overlay="states: {custom_challenge: {on: {answer: {then: {CUSTOM_CHALLENGE: respond_to_auth_challenge}}}}}",
    ),
    Animal(
        name="confirmed-elsewhere-forgotten",
        sentence="A user who is confirmed in another browser is asked for the code all the same.",
        caught_by={"missing-route"},
        habitat=NEWCOMERS,
        overlay="states: {unconfirmed: {on: {confirm: {to: {ALREADY_CONFIRMED: null}}}}}",
    ),
    Animal(
        name="unconfirmed-user-forgotten",
        sentence="An unconfirmed user who signs in stays at the door.",
        caught_by={"missing-route"},
        habitat=NEWCOMERS,
        overlay="routes: {authentication: {UserNotConfirmedException: null}}",
    ),
    Animal(
        name="challenge-without-answer",
        sentence="No event answers the second factor.",
        caught_by={"challenge-unanswered"},
        habitat=SMS_MFA,
        overlay="states: {mfa_challenge: {on: {answer: null}}}",
    ),
    Animal(
        name="second-factor-without-pool",
        sentence="The pool's settings would be refused: MFA without a factor.",
        caught_by={"mfa-needs-factor"},
        habitat=SMS_MFA,
        overlay="pool: {mfa: {factors: []}}",
    ),
    Animal(
        name="expired-session-stays",
        sentence="A session that has expired stays at its challenge.",
        caught_by={"nothing-pending"},
        habitat=MFA_ALONE,
        overlay="states: {mfa_challenge: {expires: {after: session, to: mfa_challenge}}}",
    ),
    Animal(
        name="lost-answer-keeps-the-challenge",
        sentence="After a lost answer, nothing leads on from the challenge that may be spent.",
        caught_by={"nothing-pending"},
        habitat=MFA_ALONE,
        overlay="routes: {challenge: {ANSWER_LOST: mfa_challenge}}",
    ),
)
"""What `check` finds."""

BROKEN_FLOWS: Final = (
    *UNCOMPILED,
    Animal(
        name="wrong-code-gives-up",
        sentence="A wrong code leads to where nothing is accepted.",
        caught_by={"no dead end"},
        habitat=SMS_MFA,
        overlay="""\
routes: {challenge: {CodeMismatchException: given_up}}
states: {given_up: {meaning: signed_out}}
""",
    ),
    Animal(
        name="wrong-code-loops",
        sentence="After a wrong code, users can have new codes sent for ever, and type none of them.",
        caught_by={"no dead end"},
        habitat=NEWCOMERS,
        overlay="""\
states:
  unconfirmed: {on: {confirm: {to: {CodeMismatchException: scolded}}}}
  scolded:
    meaning: unconfirmed
    on:
      resend:
        action: resend_confirmation_code
        to: {CODE_SENT: scolded, ALREADY_CONFIRMED: scolded, UserNotFoundException: scolded}
""",
    ),
    Animal(
        name="expired-session-is-over",
        sentence="A session expires to where nothing is accepted.",
        caught_by={"no dead end"},
        habitat=SMS_MFA,
        overlay="""\
states:
  mfa_challenge: {expires: {after: session, to: over}}
  over: {meaning: signed_out}
""",
    ),
    Animal(
        name="resend-forgets-the-deadline",
        sentence="Whoever has a code for a new password sent again stays for ever, also without an account.",
        caught_by={"no dead end"},
        habitat=NEWCOMERS,
        overlay="""\
states:
  resetting_password: {on: {resend: {to: {CODE_SENT: resetting_again}}}}
  resetting_again:
    meaning: recovery
    on:
      confirm_reset:
        action: confirm_forgot_password
        to: {PASSWORD_RESET: confirmed, UserNotConfirmedException: unconfirmed, UserNotFoundException: signed_out}
""",
    ),
    Animal(
        name="new-password-leads-nowhere",
        sentence="A new password leads to where nothing is accepted.",
        caught_by={"no dead end", "recovery"},
        habitat=MEMBERS,
        overlay="""\
states:
  resetting_password: {on: {confirm_reset: {to: {PASSWORD_RESET: changed}}}}
  changed: {meaning: confirmed}
""",
    ),
    Animal(
        name="no-new-password",
        sentence="A code for a new password is sent, and nothing takes it.",
        caught_by={"no dead end", "recovery"},
        habitat=MEMBERS,
        overlay="states: {resetting_password: {expires: null, on: {confirm_reset: null}}}",
    ),
    Animal(
        name="temporary-password-gives-up",
        sentence="A new password that the pool refuses leads to where nothing is accepted.",
        caught_by={"no dead end"},
        habitat=INVITED,
        overlay="""\
routes: {challenge: {InvalidPasswordException: given_up}}
states: {given_up: {meaning: signed_out}}
""",
    ),
    Animal(
        name="second-factor-leads-back",
        sentence="Tokens after a second factor lead to where users sign in.",
        caught_by={"no dead end", "recovery"},
        habitat=SMS_MFA,
        overlay="routes: {challenge: {TOKENS: confirmed}}",
    ),
    Animal(
        name="app-code-used-up",
        sentence="Whoever types the same code of an app twice is stranded.",
        caught_by={"no dead end"},
        habitat=APP_MFA,
        overlay="""\
routes: {challenge: {SOFTWARE_TOKEN_USED: waiting}}
states: {waiting: {meaning: challenge}}
""",
    ),
    Animal(
        name="reset-without-way-back",
        sentence="Who has to reset the password is sent to the door, and cannot reset it there.",
        caught_by={"recovery"},
        habitat=MEMBERS,
        overlay="""\
routes: {authentication: {PasswordResetRequiredException: signed_out}}
states:
  signed_out: {on: {forgot_password: null}}
  confirmed: {on: {forgot_password: null}}
""",
    ),
    Animal(
        name="lost-answer-confirms",
        sentence="A lost answer to a code counts as a confirmation.",
        caught_by={"recovery"},
        habitat=NEWCOMERS,
        overlay="states: {unconfirmed: {on: {confirm: {to: {ANSWER_LOST: confirmed}}}}}",
    ),
    Animal(
        name="unconfirmed-user-is-confirmed",
        sentence="A user whom the pool calls unconfirmed is sent to where confirmed users are.",
        caught_by={"no dead end", "recovery"},
        habitat=NEWCOMERS,
        overlay="routes: {authentication: {UserNotConfirmedException: confirmed}}",
    ),
    Animal(
        name="sign-up-is-confirmed",
        sentence="A sign-up leads to where confirmed users are.",
        caught_by={"recovery"},
        habitat=NEWCOMERS,
        overlay="states: {signed_out: {on: {sign_up: {to: {UNCONFIRMED: confirmed}}}}}",
    ),
    Animal(
        name="confirmed-elsewhere-stays",
        sentence="A user who is confirmed in another browser is asked for the code for ever.",
        caught_by={"recovery"},
        habitat=NEWCOMERS,
        overlay="""\
states:
  unconfirmed:
    expires: null
    on: {confirm: {to: {ALREADY_CONFIRMED: unconfirmed}}, resend: {to: {ALREADY_CONFIRMED: unconfirmed}}}
""",
    ),
    Animal(
        name="deleted-user-stays",
        sentence="A user who was deleted is asked for the code for ever.",
        caught_by={"recovery"},
        habitat=NEWCOMERS,
        overlay="""\
states:
  unconfirmed:
    expires: null
    on: {confirm: {to: {UserNotFoundException: unconfirmed}}, resend: {to: {UserNotFoundException: unconfirmed}}}
""",
    ),
    Animal(
        name="revoked-tokens-stay",
        sentence="A session stays signed in with tokens that the pool has called revoked.",
        caught_by={"recovery"},
        habitat=MEMBERS,
        overlay="routes: {signed_out_elsewhere: {ACCESS_TOKEN_REVOKED: signed_in, REFRESH_TOKEN_REVOKED: signed_in}}",
    ),
    Animal(
        name="disabled-user-comes-back",
        sentence="A refusal leads a disabled user back to being signed in.",
        caught_by={"no bypass", "recovery"},
        habitat=MEMBERS,
        overlay="""\
routes: {signed_out_elsewhere: {USER_DISABLED: paused}}
states:
  paused:
    meaning: confirmed
    on:
      resume:
        action: global_sign_out
        to: {use: signed_out_elsewhere, SIGNED_OUT: signed_out, USER_DISABLED: signed_in}
""",
    ),
)
"""What has to be walked."""
