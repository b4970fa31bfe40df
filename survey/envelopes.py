"""Envelopes: what is sealed with one public key and opens with its private one, and nowhere but where it belongs.

HPKE in base mode (RFC 9180: P-256, HKDF-SHA256, AES-128-GCM), as browsers seal with WebCrypto: answers that wait on a device,
typed words, last pages and planted notes. Each is bound to its place in words that are given again to open it. What is sealed
is filled with NUL, so that its length tells little.
"""

from __future__ import annotations

import base64
import binascii

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_private_key,
)

from survey.sealing import SealBroken

PADDING = b"\0"
STEP = 512
MOST_ENVELOPES = 12
LARGEST_ENVELOPE = 32 * 1024
_SUITE = Suite(KEM.P256, KDF.HKDF_SHA256, AEAD.AES_128_GCM)


class WordsRefused(Exception):
    """Sealed words that cannot be kept as they came: not readable as envelopes, not to enough readers, too late, too many."""


def new_pair() -> tuple[bytes, bytes]:
    """A new pair of keys: the private one, to be locked before it is stored, and the public one as browsers need it."""
    pair = ec.generate_private_key(ec.SECP256R1())
    private = pair.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return private, pair.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def seal_to(public_key: bytes, bound_to: str, plain: bytes) -> bytes:
    """Seal bytes to a public key; `bound_to` must be given again to open them."""
    point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), public_key)
    return _SUITE.encrypt(plain, point, bound_to.encode())


def open_with(private: bytes, bound_to: str, sealed: bytes) -> bytes:
    """Open what was sealed to a key, without what it was filled with; raises `SealBroken`."""
    try:
        key = load_der_private_key(private, None)
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise SealBroken("envelope")
        return _SUITE.decrypt(sealed, key, bound_to.encode()).rstrip(PADDING)
    except (InvalidTag, ValueError) as fault:
        raise SealBroken("envelope") from fault


def filled(plain: bytes) -> bytes:
    """Bytes filled to whole steps."""
    return plain + PADDING * (-len(plain) % STEP)


def read_envelopes(sealed: str) -> dict[str, bytes]:
    """The envelopes that a browser made for several readers: `key.base64url~key.base64url`; raises `WordsRefused`."""
    found: dict[str, bytes] = {}
    for part in sealed.split("~")[:MOST_ENVELOPES]:
        key_id, _, blob = part.partition(".")
        try:
            found[key_id] = base64.b64decode(blob + "=" * (-len(blob) % 4), altchars=b"-_", validate=True)
        except (binascii.Error, ValueError) as fault:
            raise WordsRefused("envelope") from fault
    if any(len(envelope) > LARGEST_ENVELOPE for envelope in found.values()):
        raise WordsRefused("too long")
    return found


def whole(words: object) -> str:
    """Words as they can be shown and printed: half a sign, which a browser can send, becomes a question mark."""
    return str(words).encode("utf-8", "replace").decode()
