"""The page on pools: what it shows works, and what it lists is what there is."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path
from typing import Any

import pytest
from provisioned import REGION, Pool, given

import flowengine as fe

PAGE = (Path(__file__).parents[2] / "docs/pools.md").read_text(encoding="utf-8")
PACKAGE = Path(fe.__file__).parent


async def test_example_runs(capsys: pytest.CaptureFixture[str]) -> None:
    """The example changes a pool as it says."""
    flow = fe.load("sms-verification")
    pool = Pool(
        fe.PoolSettings(sign_in=flow.pool.sign_in if flow.pool else fe.SignIn()), given(client_name="login-client")
    )
    (code,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    code, names = code.replace("eu-west-1", REGION), dict[str, Any]()
    exec(f"async def example(session, pool_id, flow):\n{textwrap.indent(code, '    ')}", names)  # noqa: S102 (our own)
    await names["example"](pool.cloud.session(region=REGION), pool.pool_id, flow)
    assert "verification.auto_verified_attributes: [] -> [phone_number]" in capsys.readouterr().out
    assert pool.live.settings.verification.auto_verified_attributes == ("phone_number",)


def test_codes_are_listed() -> None:
    """Every code that a message about the service or the pool ends in is on the page, and no other."""
    table = PAGE.partition("| Code |")[2].partition("\n\n")[0]
    listed = set(re.findall(r"`([a-z-]+)`", table))
    sources = "".join(path.read_text() for path in [*PACKAGE.glob("provision/*.py"), PACKAGE / "cli/pool.py"])
    raised = set(re.findall(r'(?:_Trouble|ProvisionError)\(\s*"([a-z-]+)"', sources))
    assert listed <= raised
    assert raised - listed == {"not-a-plan", "plan-blocked", "deletion-unconfirmed", "client-ambiguous"}
