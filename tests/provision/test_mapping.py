"""Each setting on its own: it is written, shown again, and taken back, and leaves the others alone."""

from __future__ import annotations

from typing import Any

import attrs
import pytest
from provisioned import REGION, Pool

from flowengine.provision.differences import wanted
from flowengine.settings import (
    AdminCreateUser,
    Client,
    Devices,
    Mfa,
    Passkey,
    PasswordPolicy,
    PoolSettings,
    Verification,
)

CODE = "Your code is {####}"
BASE = PoolSettings(
    verification=Verification(auto_verified_attributes=("email", "phone_number")),
    mfa=Mfa(mode="optional", factors=("email", "sms", "totp")),
    email_sending_account="DEVELOPER",
    client=Client(access_token_validity=30, id_token_validity=90, read_attributes=("email", "name")),
)
RELYING = "example.com"
OTHERS: list[dict[str, Any]] = [
    *({"verification": attrs.evolve(BASE.verification, **one)} for one in (
        {"sms_message": CODE}, {"email_message": CODE}, {"email_subject": "Hello"},
        {"default_email_option": "CONFIRM_WITH_LINK"},
        {"attributes_require_verification_before_update": ("email",)},
        {"auto_verified_attributes": ()},
    )),
    *({"mfa": attrs.evolve(BASE.mfa, **one)} for one in (
        {"sms_message": CODE}, {"email_message": CODE}, {"email_subject": "Hello"}, {"factors": ("totp",)},
        {"mode": "required"}, {"mode": "off", "factors": ()},
    )),
    *({"passkey": Passkey(relying_party_id=RELYING, **one)} for one in (
        {}, {"user_verification": "required"}, {"factor_configuration": "MULTI_FACTOR_WITH_USER_VERIFICATION"},
    )),
    {"allowed_first_auth_factors": ("EMAIL_OTP", "PASSWORD", "SMS_OTP", "WEB_AUTHN")},
    {"devices": Devices(remembered="always", challenge_required_on_new_device=True)},
    {"devices": Devices(remembered="opt_in")},
    *({"password_policy": PasswordPolicy(**one)} for one in (
        {"minimum_length": 20}, {"require_symbols": False}, {"password_history_size": 5},
        {"temporary_password_validity_days": 30},
    )),
    {"admin_create_user": AdminCreateUser(allow_admin_create_user_only=True)},
    {"admin_create_user": AdminCreateUser(unused_account_validity_days=20)},
    {"lambda_triggers": ("pre_sign_up", "pre_token_generation")},
    {"user_pool_tier": "PLUS", "advanced_security_mode": "ENFORCED"},
    {"sms_transport": "END_USER_MESSAGING"},
    *({"client": attrs.evolve(BASE.client, **one)} for one in (
        {"access_token_validity": 60}, {"id_token_validity": 24 * 60}, {"refresh_token_validity": 90},
        {"enable_token_revocation": False}, {"read_attributes": ()}, {"write_attributes": ("name",)},
        {"explicit_auth_flows": ("USER_PASSWORD_AUTH",)}, {"auth_session_validity": 9},
        {"refresh_token_rotation": "ENABLED", "retry_grace_period_seconds": 7,
         "explicit_auth_flows": ("ALLOW_USER_SRP_AUTH",)},
    )),
]  # fmt: skip


@pytest.mark.parametrize("other", OTHERS, ids=lambda other: next(iter(other)))
def test_there_and_back(other: dict[str, Any]) -> None:
    """A setting is changed and changed back, through plans that name it and no other."""
    pool, spec = Pool(BASE), attrs.evolve(BASE, **other)
    before = pool.live.settings
    there = pool.plan(spec)
    pool.apply(there)
    assert pool.live.settings == wanted(spec, pool.resources, REGION)
    assert {change.setting.partition(".")[0] for change in there.changes} <= {*other, "password_policy"}
    pool.apply(pool.plan(BASE))
    assert pool.live.settings == before


def test_region_of_sms() -> None:
    """SMS go out from another Region; the pool's own is the same as none."""
    frankfurt = "eu-central-1"
    assert wanted(attrs.evolve(BASE, sms_region=frankfurt), Pool(BASE).resources, frankfurt).sms_region is None
    assert wanted(attrs.evolve(BASE, sms_region="eu-west-1"), Pool(BASE).resources, frankfurt).sms_region == "eu-west-1"


def test_text_with_a_code_takes_the_place_of_one_with_a_link() -> None:
    """The service takes no two texts; the subject of the other stays."""
    pool = Pool(BASE)
    link = {"EmailMessageByLink": "Follow {##this link##}", "EmailSubjectByLink": "Link"}
    pool.cloud.state.pools[pool.pool_id].description["VerificationMessageTemplate"] |= link
    pool.apply(pool.plan(attrs.evolve(BASE, verification=attrs.evolve(BASE.verification, email_message=CODE))))
    assert pool.live.description["VerificationMessageTemplate"] == {
        "DefaultEmailOption": "CONFIRM_WITH_CODE",
        "EmailSubjectByLink": "Link",
        "EmailMessage": CODE,
    }


def test_passkeys_are_taken_back_by_name() -> None:
    """What passkeys belonged to is not left to an omission."""
    pool = Pool(attrs.evolve(BASE, passkey=Passkey(relying_party_id=RELYING)))
    (operation,) = pool.plan(BASE).operations
    assert operation.arguments["WebAuthnConfiguration"] == {"UserVerification": "preferred"}


def test_update_names_the_pool() -> None:
    """An update says the pool's name again."""
    (operation,) = Pool(BASE).plan(attrs.evolve(BASE, user_pool_tier="PLUS")).operations
    assert operation.arguments["PoolName"] == "tests"


def test_texts_without_their_factor_are_none() -> None:
    """The texts of e-mail MFA are part of the factor: a pool without it lacks nothing."""
    ses = PoolSettings(email_sending_account="DEVELOPER")
    plan = Pool(ses).plan(attrs.evolve(ses, mfa=Mfa(email_subject="Hello", email_message=CODE)))
    assert (plan.changes, plan.operations) == ((), ())
