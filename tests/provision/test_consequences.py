"""What plans tell of the people in a pool."""

from __future__ import annotations

from typing import Any

import attrs
import pytest
from provisioned import Pool, given

from flowengine.provision.consequences import consequences
from flowengine.provision.live import Users
from flowengine.provision.plan import plan_pool
from flowengine.settings import (
    AdminCreateUser,
    Client,
    Devices,
    Mfa,
    Passkey,
    PasswordPolicy,
    PoolSettings,
    SignIn,
    Verification,
)

NONE = PoolSettings()
SMS = PoolSettings(mfa=Mfa(mode="required", factors=("sms",)))
USERS = Users(total=1500, without_phone=420, without_email=1, without_contact=7, contact_unverified=30,
              phone_unverified=500, email_unverified=60)  # fmt: skip


def told(before: PoolSettings, after: PoolSettings, users: Users | None = USERS) -> dict[str, str]:
    """Return the consequences by id."""
    return {consequence.id: consequence.message for consequence in consequences(before, after, users)}


def test_users_who_cannot_set_up_mfa() -> None:
    """Those without what the factors need are counted."""
    assert told(NONE, SMS)["mfa-cannot-be-set-up"] == (
        "420 users have no phone number and will be asked to set up MFA they cannot finish"
    )


def test_users_who_can_set_up_mfa() -> None:
    """An e-mail address is given during the sign-in, so nobody is stuck who lacks one."""
    email, both = (
        PoolSettings(mfa=Mfa(mode="required", factors=factors)) for factors in (("email",), ("email", "sms"))
    )
    assert "mfa-cannot-be-set-up" not in {**told(NONE, email), **told(NONE, both)}
    assert told(NONE, email)["mfa-set-up-at-sign-in"] == (
        "1 user with no e-mail address will be asked at the next sign-in to set up an e-mail address"
    )
    assert told(NONE, both)["mfa-set-up-at-sign-in"].startswith("7 users with neither a phone number nor")


def test_passkeys_of_the_domain() -> None:
    """Without a relying party, passkeys belong to the pool's domain; to name that one changes nothing."""
    before = PoolSettings(domain="login.example.com")
    other = attrs.evolve(before, passkey=Passkey(relying_party_id="example.com"))
    same = attrs.evolve(before, passkey=Passkey(relying_party_id="login.example.com"))
    assert told(before, other)["passkeys-lost"] == "passkeys that were registered for login.example.com stop working"
    assert "passkeys-lost" not in told(before, same)


def test_sms_is_sent_where_mfa_is_saved() -> None:
    """A text alone is saved with the pool; passkeys are saved with MFA."""
    text = attrs.evolve(SMS, mfa=attrs.evolve(SMS.mfa, sms_message="Code {####}"))
    assert "test-message" not in told(SMS, text)
    assert "test-message" in told(SMS, attrs.evolve(SMS, passkey=Passkey(relying_party_id="example.com")))


@pytest.mark.parametrize(
    ("users", "subject"),
    [
        (None, "users have"),
        (Users(total=20_000, complete=False, without_phone=3), "at least 3 users have"),
        (Users(total=20_000, complete=False, without_phone=1), "at least 1 user has"),
        (Users(total=20_000, complete=False, without_phone=0), "users have"),
        (Users(total=9, without_phone=1_234), "1,234 users have"),
    ],
)
def test_how_many(users: Users | None, subject: str) -> None:
    """What was not counted, or not to the end, is said so."""
    assert told(NONE, SMS, users)["mfa-cannot-be-set-up"].startswith(f"{subject} no phone number")


def test_users_of_other_providers_are_not_harmed() -> None:
    """Those who sign in elsewhere are deleted with a pool, and never asked for a second factor here."""
    elsewhere = {"UserStatus": "EXTERNAL_PROVIDER"}
    users = Users().with_one({"UserStatus": "CONFIRMED"}).with_one(elsewhere).with_one(elsewhere)
    assert told(NONE, SMS, users)["mfa-cannot-be-set-up"].startswith("1 user has no phone number")
    assert told(NONE, SMS, users)["mfa-asked"].startswith("1 user will be asked")
    (lost,) = consequences(NONE, None, users)
    assert lost.message.startswith("3 users of the old pool are deleted")


def test_nobody_is_harmed() -> None:
    """Where everybody has what is needed, or nobody is there, nothing is told of them."""
    assert "mfa-cannot-be-set-up" not in told(NONE, SMS, Users(total=5))
    assert set(told(NONE, SMS, Users())) == {"sign-up-needs-more", "test-message"}
    assert told(NONE, NONE) == {}
    assert told(SMS, SMS) == {}


CASES: list[tuple[str, dict[str, Any], dict[str, Any], str]] = [
    ("mfa-set-up-at-sign-in", {}, {"mfa": Mfa(mode="required", factors=("sms", "totp"))}, "420 users with no phone"),
    ("mfa-set-up-at-sign-in", {}, {"mfa": Mfa(mode="required", factors=("totp",))}, "1,500 users with no other"),
    ("mfa-asked", {}, {"mfa": Mfa(mode="required", factors=("totp",))}, "1,500 users will be asked"),
    ("mfa-not-asked", {"mfa": SMS.mfa}, {}, "nobody is asked"),
    ("mfa-not-asked", {"mfa": SMS.mfa}, {"mfa": Mfa(mode="optional", factors=("sms",))}, "only users who"),
    ("factor-lost", {"mfa": Mfa(mode="optional", factors=("sms", "totp"))},
     {"mfa": Mfa(mode="optional", factors=("sms",))}, "users whose factor is totp"),
    ("recovery-lost", {}, {"account_recovery": ("verified_email",)}, "60 users with no verified e-mail"),
    ("recovery-lost", {}, {"account_recovery": ("verified_phone_number",)}, "500 users with no verified phone"),
    ("recovery-lost", {}, {"account_recovery": ("admin_only",)}, "1,500 users with only"),
    ("recovery-lost", {}, {"account_recovery": ("verified_phone_number", "verified_email")}, "30 users with no"),
    ("verified-otherwise", {"verification": Verification(auto_verified_attributes=("email",))},
     {"verification": Verification(auto_verified_attributes=("phone_number",))}, "an e-mail address is no longer"),
    ("sign-up-needs-more", {}, {"verification": Verification(auto_verified_attributes=("email",))}, "from now on"),
    ("sign-up-closed", {}, {"admin_create_user": AdminCreateUser(allow_admin_create_user_only=True)}, "nobody can"),
    ("first-factor-lost", {"allowed_first_auth_factors": ("EMAIL_OTP", "PASSWORD")}, {}, "nobody can begin"),
    ("passkeys-lost", {"passkey": Passkey(relying_party_id="example.com")}, {}, "passkeys that were registered"),
    ("passwords-stay", {}, {"password_policy": PasswordPolicy(minimum_length=12)}, "passwords that the new"),
    ("flows-lost", {}, {"client": Client(explicit_auth_flows=("ALLOW_REFRESH_TOKEN_AUTH",))},
     "applications that use ALLOW_USER_PASSWORD_AUTH"),
    ("refresh-otherwise", {}, {"client": Client(explicit_auth_flows=(), refresh_token_rotation="ENABLED")},
     "applications must refresh"),
    ("refresh-otherwise", {"client": Client(refresh_token_rotation="ENABLED")}, {}, "applications refresh with"),
    ("devices-forgotten", {"devices": Devices(remembered="always")}, {}, "remembered devices"),
    ("fifty-messages", {"email_sending_account": "DEVELOPER"}, {}, "Cognito's own e-mail"),
    ("test-message", {}, {"mfa": SMS.mfa}, "Amazon Cognito sends one SMS"),
    ("triggers-called", {}, {"lambda_triggers": ("pre_sign_up",)}, "Amazon Cognito must be allowed"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "before", "after", "begins"), CASES)
def test_consequence(name: str, before: dict[str, Any], after: dict[str, Any], begins: str) -> None:
    """Each is told for its change, and not for the way back."""
    message = told(PoolSettings(**before), PoolSettings(**after))[name]
    assert message.startswith(begins)
    if name not in ("mfa-not-asked", "recovery-lost", "verified-otherwise", "refresh-otherwise"):
        assert name not in told(PoolSettings(**after), PoolSettings(**before))


def test_phone_as_username_needs_no_phone_attribute() -> None:
    """A sign-up whose username is the phone number carries it already."""
    sign_in = SignIn(username_attributes=("phone_number",))
    after = PoolSettings(sign_in=sign_in, verification=Verification(auto_verified_attributes=("phone_number",)))
    assert "sign-up-needs-more" not in told(PoolSettings(sign_in=sign_in), after)


def test_replacing_loses_users() -> None:
    """The end of the old pool is told with its users, and only where a new pool is needed."""
    pool = Pool(NONE)
    other = PoolSettings(sign_in=SignIn(username_attributes=("email",)))
    plan = pool.plan(other, users=USERS, replace=True)
    assert plan.replaces
    assert [operation.name for operation in plan.operations] == [
        "CreateUserPool", "CreateUserPoolClient", "DeleteUserPool",
    ]  # fmt: skip
    assert [one.message.partition(" of")[0] for one in plan.consequences] == ["1,500 users"]
    assert not pool.plan(SMS, replace=True).replaces


@pytest.mark.parametrize(
    ("users", "told"),
    [
        (Users(), "note: the old pool has no users, so nobody is lost with it"),
        (Users(total=1), "harm: 1 user of the old pool is deleted with it: "),
        (Users(total=2), "harm: 2 users of the old pool are deleted with it: "),
        (Users(total=20_000, complete=False), "harm: at least 20,000 users of the old pool are deleted with it: "),
        (None, "harm: the users of the old pool are deleted with it: "),
    ],
)
def test_users_who_are_lost(users: Users | None, told: str) -> None:
    """However many users go with the old pool, the sentence fits them."""
    other = PoolSettings(sign_in=SignIn(username_attributes=("email",)))
    (lost,) = Pool(NONE).plan(other, users=users, replace=True).consequences
    assert f"{lost.severity}: {lost.message}".startswith(told)


@pytest.mark.parametrize(("unverified", "note"), [(0, None), (1, "1 user without"), (2, "2 users without")])
def test_users_who_get_no_code(unverified: int, note: str | None) -> None:
    """Who signed up before is told of where there is somebody."""
    phone = PoolSettings(verification=Verification(auto_verified_attributes=("phone_number",)))
    users = Users(total=9, phone_unverified=unverified)
    verb = "is" if unverified == 1 else "are"
    message = told(NONE, phone, users).get("verified-otherwise")
    expected = note and f"{note} a phone number that is verified {verb} sent no code by themselves"
    assert (message and message.partition(":")[0]) == expected


def test_protected_pool_is_not_replaced() -> None:
    """Deletion protection is not switched off by a plan."""
    pool = Pool(NONE)
    pool.cloud.handle("UpdateUserPool", {"UserPoolId": pool.pool_id, "DeletionProtection": "ACTIVE"})
    plan = pool.plan(PoolSettings(sign_in=SignIn(alias_attributes=("email",))), replace=True)
    assert plan.operations == ()
    assert [obstacle.message for obstacle in plan.obstacles] == [
        "the pool has deletion protection, so it cannot be replaced"
    ]


def test_pool_with_a_domain_is_not_replaced() -> None:
    """The domain, without which Cognito would delete the pool, is not deleted by a plan."""
    live = Pool(NONE).live
    live = attrs.evolve(live, description={**live.description, "Domain": "example"})
    spec = PoolSettings(sign_in=SignIn(alias_attributes=("email",)))
    plan = plan_pool(spec, given(), region="us-east-1", live=live, replace=True)
    assert plan.operations == ()
    assert [obstacle.message for obstacle in plan.obstacles] == [
        "the pool has the domain example, which has to be deleted first: Cognito deletes no pool with one"
    ]


@pytest.mark.parametrize(
    ("spec", "lacking"),
    [
        (SMS, "sending SMS needs a role"),
        (PoolSettings(email_sending_account="DEVELOPER"),
         "sending e-mail on one's own account needs an Amazon SES identity"),
        (PoolSettings(lambda_triggers=("pre_sign_up",)), "pre_sign_up needs a Lambda function"),
    ],
)  # fmt: skip
def test_missing_resources(spec: PoolSettings, lacking: str) -> None:
    """What settings need and nobody gave is asked for; what uses none needs none."""
    bare = given(sms_role_arn=None, sms_external_id=None, email_identity_arn=None, trigger_arns={})
    pool = Pool(NONE, bare)
    assert pool.live.settings.sms_configuration is False
    assert [obstacle.message for obstacle in pool.plan(spec).obstacles] == [lacking]


def test_resources_can_change() -> None:
    """Another role, identity or function takes the place of the one that the pool has."""
    spec = PoolSettings(
        mfa=Mfa(mode="optional", factors=("sms",)), email_sending_account="DEVELOPER", lambda_triggers=("pre_sign_up",)
    )
    pool = Pool(spec)
    function = "arn:aws:lambda:us-east-1:123456789012:function:other"
    pool.resources = given(
        sms_role_arn=pool.cloud.add_sms_role("other", external_id="x"), sms_external_id="x",
        email_identity_arn="arn:aws:ses:us-east-1:123456789012:identity/other.com",
        trigger_arns={"pre_sign_up": function},
    )  # fmt: skip
    plan = pool.plan(spec)
    assert [change.setting for change in plan.changes] == [
        "resources.sms_role_arn", "resources.sms_external_id", "resources.email_identity_arn",
        "resources.trigger_arns",
    ]  # fmt: skip
    pool.apply(plan)
    assert pool.live.description["LambdaConfig"] == {"PreSignUp": function}
    assert pool.plan(spec).operations == ()


def test_domain_is_not_made() -> None:
    """A new pool gets no domain, and no call says that it does."""
    plan = plan_pool(PoolSettings(domain="login"), given(), region="us-east-1")
    assert "domain" not in {path for operation in plan.operations for path in operation.settings}
    assert [one.id for one in plan.consequences] == ["domain-to-make"]
    assert plan.consequences[0].message.startswith("the domain login is not made with the pool")
