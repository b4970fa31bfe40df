"""Keys and seals: everything secret hangs from the installation key, and each use has a key of its own.

The installation key never touches data. From it comes, by HKDF with a label, one key for each use; a programme's pairing
key is random and only *wrapped* so that it can die (DESIGN 4.2). All macs are HMAC-SHA256.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

NONCE = 12


class SealBroken(Exception):
    """Something sealed does not open: it was changed, belongs elsewhere, or the installation key is not the one."""


class Keys:
    """The keys of one installation, one a use."""

    def __init__(self, installation_key: bytes) -> None:
        self._root = installation_key
        self._derived: dict[str, bytes] = {}

    def _key(self, use: str) -> bytes:
        if use not in self._derived:
            self._derived[use] = HKDF(SHA256(), 32, salt=None, info=b"heard " + use.encode()).derive(self._root)
        return self._derived[use]

    def mac(self, use: str, *parts: bytes) -> bytes:
        """A keyed hash of some parts, 32 bytes; parts cannot run into each other."""
        return keyed_hash(self._key(use), *parts)

    def seal(self, use: str, plain: bytes, context: bytes = b"") -> bytes:
        """Encrypt and authenticate; `context` must be given again to open."""
        nonce = secrets.token_bytes(NONCE)
        return nonce + AESGCM(self._key(use)).encrypt(nonce, plain, context)

    def open(self, use: str, sealed: bytes, context: bytes = b"") -> bytes:
        """Open what `seal` made; raises `SealBroken`."""
        try:
            return AESGCM(self._key(use)).decrypt(sealed[:NONCE], sealed[NONCE:], context)
        except (InvalidTag, ValueError) as fault:
            raise SealBroken(use) from fault


def keyed_hash(key: bytes, *parts: bytes) -> bytes:
    """HMAC-SHA256 of length-prefixed parts."""
    digest = hmac.new(key, digestmod=hashlib.sha256)
    for part in parts:
        digest.update(len(part).to_bytes(4, "big") + part)
    return digest.digest()
