"""The driver that reaches Amazon Cognito through aioboto3."""

from __future__ import annotations

from flowengine.cognito.client import Cognito

__all__ = ["Cognito"]
