"""Pushes are encrypted as the standard's own example says, and signed so that anybody can check who sent them."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from fairlead.lib import webpush
from fairlead.lib.webpush import decoded, encoded

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


def test_the_example_of_the_standard() -> None:
    """RFC 8291, appendix A."""
    own = ec.derive_private_key(int.from_bytes(decoded("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw")), webpush.CURVE)
    message = webpush.encrypt(
        b"When I grow up, I want to be a watermelon",
        public=decoded("BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"),
        auth=decoded("BTBZMqHH6r4Tts7J_aSIgg"), own=own, salt=decoded("DGv6ra1nlYgDCS1FRnbzlw"),
    )  # fmt: skip
    assert encoded(message) == (
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7"
        "A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
    )


def test_a_message_that_no_push_service_would_take_is_refused() -> None:
    own, browser = webpush.fresh_key(), webpush.point(webpush.fresh_key())
    whole = webpush.encrypt(b"x" * 3993, public=browser, auth=b"a" * 16, own=own, salt=b"s" * 16)
    assert len(whole) == 4096
    with pytest.raises(ValueError, match="3993 bytes at most, not 3994"):
        webpush.encrypt(b"x" * 3994, public=browser, auth=b"a" * 16, own=own, salt=b"s" * 16)
    with pytest.raises(ValueError, match=r"."):
        webpush.encrypt(b"x", public=b"\4" + b"\1" * 64, auth=b"a" * 16, own=own, salt=b"s" * 16)


def test_a_server_has_one_pair_of_keys_which_its_secret_key_gives() -> None:
    one = webpush.point(webpush.server_key("a" * 40))
    webpush.server_key.cache_clear()
    assert webpush.point(webpush.server_key("a" * 40)) == one
    assert webpush.point(webpush.server_key("b" * 40)) != one


def test_the_signature_names_the_push_service_and_ends_within_a_day() -> None:
    key = webpush.server_key("a" * 40)
    address = "https://push.example.com:8443/send/abc?x=1"
    said = webpush.authorization(address, key=key, contact="mailto:us@example.com", now=NOW)
    assert said.startswith("vapid t=")
    token, _, public = said.removeprefix("vapid t=").partition(", k=")
    head, claims, signature = token.split(".")
    assert json.loads(decoded(head)) == {"typ": "JWT", "alg": "ES256"}
    assert json.loads(decoded(claims)) == {
        "aud": "https://push.example.com:8443", "exp": int(NOW.timestamp()) + 43200, "sub": "mailto:us@example.com",
    }  # fmt: skip
    raw = decoded(signature)
    der = encode_dss_signature(int.from_bytes(raw[:32]), int.from_bytes(raw[32:]))
    ec.EllipticCurvePublicKey.from_encoded_point(webpush.CURVE, decoded(public)).verify(
        der, f"{head}.{claims}".encode(), ec.ECDSA(SHA256())
    )
