"""Sealing as a device does it (HPKE, RFC 9180), by a library of its own: nothing here is the service's or the script's."""

from __future__ import annotations

import base64

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

SUITE = Suite(KEM.P256, KDF.HKDF_SHA256, AEAD.AES_128_GCM)
STEP = 512


def seal(key: str, plain: bytes) -> str:
    """`key id.base64url` of what is sealed, filled to steps of 512 bytes; `key` is what a page carries: `key id.public key.what
    the seal is bound to`."""
    key_id, point, bound_to = key.split(".", 2)
    raw = base64.urlsafe_b64decode(point + "=" * (-len(point) % 4))
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), raw)
    closed = SUITE.encrypt(plain.ljust(-(-len(plain) // STEP) * STEP, b"\0"), public, bound_to.encode())
    return f"{key_id}.{base64.urlsafe_b64encode(closed).decode()}"
