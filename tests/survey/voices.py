"""Recordings for tests, made byte by byte: silence as MP3 and as AAC in MP4, with the notes that real ones carry."""

from __future__ import annotations


def mp3(frames: int = 40, fill: int = 0, *, notes: bytes = b"") -> bytes:
    """Frames of MPEG-1 layer III at 32 kbit/s, one channel: 26 ms each. `fill` makes another recording."""
    frame = bytes((0xFF, 0xFB, 0x10, 0xC4)) + bytes(100 - 1) + bytes((fill,))
    size = bytes((0, 0, len(notes) >> 7, len(notes) & 0x7F))
    tag = b"ID3\x04\x00\x00" + size + notes if notes else b""
    return tag + frame * frames


def box(kind: bytes, *content: bytes) -> bytes:
    """One box of an MP4 file."""
    held = b"".join(content)
    return (len(held) + 8).to_bytes(4) + kind + held


def m4a(sound: bytes = b"\x21\x10\x05" * 40, *, format: bytes = b"mp4a", handler: bytes = b"soun") -> bytes:
    """An MP4 file with one track, and what a phone writes about where it was recorded."""
    described = box(b"stsd", bytes(4), (1).to_bytes(4), box(format, bytes(28)))
    media = box(b"mdia", box(b"hdlr", bytes(8), handler, bytes(12)), box(b"minf", box(b"stbl", described)))
    where = box(b"udta", box(b"meta", b"Northfield School, room 4"))
    return (
        box(b"ftyp", b"M4A \x00\x00\x00\x00M4A mp42") + box(b"moov", box(b"trak", media), where) + box(b"mdat", sound)
    )
