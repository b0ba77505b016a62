"""What nobody plans for: users that are gone, answers that make no sense, stores that fail."""

from __future__ import annotations

from typing import Any

import pytest
from drivers import PASSWORD, walk_to

import flowengine as fe
from flowengine.session import Session

LEGACY = fe.Client(prevent_user_existence_errors="LEGACY")


class FailingStore(fe.MemoryStore):
    """A store whose operations can be made to fail, with a message that nobody should see."""

    failing = ""

    def _fail(self, operation: str) -> None:
        if operation == self.failing:
            raise ConnectionError("secret")

    async def create(self, session: Session) -> None:
        """Keep a new session."""
        self._fail("create")
        await super().create(session)

    async def get(self, key: str) -> Session | None:
        """Return a session."""
        self._fail("get")
        return await super().get(key)

    async def replace(self, session: Session, *, revision: int) -> bool:
        """Replace a session."""
        self._fail("replace")
        return await super().replace(session, revision=revision)


@pytest.mark.parametrize("client", [fe.Client(), LEGACY], ids=["hidden", "shown"])
async def test_user_deleted_during_a_challenge_is_signed_out(client: fe.Client) -> None:
    """Whether the pool hides that the user is gone or says so, the session can go on with another one."""
    pool = fe.PoolSettings(
        sign_in=fe.SignIn(username_attributes=("phone_number",)),
        verification=fe.Verification(auto_verified_attributes=("phone_number",)),
        mfa=fe.Mfa(mode="required", factors=("sms",)),
        client=client,
    )
    walk = await walk_to("mfa_challenge", fe.load("standard", pool=pool))
    walk.simulator.delete_user(walk.username)
    snapshot = await walk.send("answer", code=walk.code)
    assert snapshot.state == "signed_out"
    assert (await walk.finish()).state == "signed_in"


async def test_user_deleted_after_confirmation_does_not_hold_the_session() -> None:
    """A confirmed user who is gone is forgotten after a day at the latest."""
    walk = await walk_to("confirmed")
    walk.simulator.delete_user(walk.username)
    assert (await walk.send("sign_in", password=PASSWORD)).state == "confirmed"
    walk.clock.advance(days=1)
    assert (await walk.get()).state == "signed_out"


@pytest.mark.parametrize(
    "answer", [None, [], "text", {"AuthenticationResult": {"AccessToken": "a"}}, {"ChallengeName": []}], ids=str
)
async def test_garbled_answer_counts_as_lost(answer: Any) -> None:
    """An answer that cannot be read may have taken effect, and the session can go on."""
    walk = await walk_to("mfa_challenge")
    walk.line.answers.append(answer)
    snapshot = await walk.send("answer", code=walk.code)
    assert (snapshot.state, snapshot.error and snapshot.error.code) == ("signed_out", "ANSWER_LOST")
    assert (await walk.finish()).state == "signed_in"


@pytest.mark.parametrize("operation", ["create", "get", "replace"])
async def test_failing_store_is_unavailable(operation: str) -> None:
    """Whatever a store raises is one error of ours, without the store's own text."""
    store = FailingStore()
    walk = await walk_to("unconfirmed", store=store)
    store.failing = operation
    with pytest.raises(fe.StoreUnavailable) as caught:
        await (walk.engine.start() if operation == "create" else walk.send("resend"))
    assert str(caught.value) == "the session store failed: ConnectionError"
    assert (caught.value.__cause__, caught.value.__context__) == (None, None)
    store.failing = ""
    assert (await walk.finish()).state == "signed_in"


@pytest.mark.parametrize("event", [None, 3, [], {}])
async def test_event_is_a_text(event: Any) -> None:
    """Anything else is no event."""
    walk = await walk_to("unconfirmed")
    with pytest.raises(fe.EventNotAccepted, match="an event is a text, not "):
        await walk.send(event)


@pytest.mark.parametrize("key", [3, True, [], "", "\ud800", "\n", 129 * "k"], ids=repr)
async def test_key_is_a_short_text(key: Any) -> None:
    """A key that a store could not keep is refused before anything happens."""
    walk = await walk_to("unconfirmed")
    with pytest.raises(fe.InputInvalid) as caught:
        await walk.send("resend", key=key)
    assert (caught.value.field, walk.calls) == ("key", [])
