"""Ed25519 keys and signatures, and the one base64 that is accepted: docs/recording-format.md, "Encodings"."""

import base64
import binascii

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_der_public_key,
    load_pem_public_key,
)


def decode_base64(text: str) -> bytes | None:
    """Canonical base64 only: padded, without other characters or bits that count for nothing."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return data if base64.b64encode(data).decode() == text else None


def key_from_spki(spki: bytes) -> Ed25519PublicKey | None:
    try:
        key = load_der_public_key(spki)
    except (ValueError, UnsupportedAlgorithm):
        return None
    return key if isinstance(key, Ed25519PublicKey) else None


def key_from_pem(pem: bytes) -> Ed25519PublicKey:
    key = load_pem_public_key(pem)
    if not isinstance(key, Ed25519PublicKey):
        raise ValueError("not an Ed25519 key")
    return key


def spki_of(key: Ed25519PublicKey) -> bytes:
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def raw_of(key: Ed25519PublicKey) -> bytes:
    return key.public_bytes(Encoding.Raw, PublicFormat.Raw)


def is_signed(key: Ed25519PublicKey, signature: bytes, message: bytes) -> bool:
    try:
        key.verify(signature, message)
    except InvalidSignature:
        return False
    return True


def is_signed_by(spki: str, signature: str, message: bytes) -> bool:
    """The same for a device's key (SubjectPublicKeyInfo) and signature in base64; False when either is malformed."""
    der, value = decode_base64(spki), decode_base64(signature)
    if der is None or value is None:
        return False
    key = key_from_spki(der)
    return key is not None and is_signed(key, value, message)
