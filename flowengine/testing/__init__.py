"""What tests of an application's own flows can use, beside the embedded user pool."""

from __future__ import annotations

from flowengine.testing.authenticator import SoftwareAuthenticator

__all__ = ["SoftwareAuthenticator"]
