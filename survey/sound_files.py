"""What a recording is, by its bytes: MP3 or AAC in an MP4 file, the two that every phone plays. Its name says nothing here.

An MP3 is a chain of frames, each of which says where the next begins; only the frames are kept. An M4A is a chain of boxes.
What else people's programs write into such files (who recorded it, where, pictures, notes) is left out or emptied: nobody
who listens needs it, and nobody looks at it before it goes to children.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

FEWEST_FRAMES = 4
"""Four frames of an MP3 in a row are no accident; fewer are a tenth of a second, which says nothing."""
LONGEST_END = 2048
"""More than the longest frame, of which a recording that was cut short holds the beginning."""
_NOTES_BEHIND = (b"TAG", b"APETAGEX", b"LYRICSBEGIN", b"ID3", b"3DI")
_BITRATES = {
    True: (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    False: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
"""Kilobits a second of MPEG-1 layer III, and of MPEG-2 and 2.5."""
_RATES = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}
"""Samples a second by the version's two bits: MPEG-1, MPEG-2, MPEG-2.5."""
_NOTES = (b"udta", b"meta", b"uuid", b"free", b"skip")
_WITHIN = (b"moov", b"trak", b"mdia", b"minf", b"stbl")
DEEPEST = len(_WITHIN)


class NoRecording(Exception):
    """These bytes are no MP3 and no AAC in an MP4 file, or hold more than sound."""


class Box(NamedTuple):
    """A part of an MP4 file: what it is, and where its content begins and ends."""

    kind: bytes
    start: int
    end: int


def read_sound(data: bytes) -> tuple[str, bytes]:
    """The sort of a recording (`mp3` or `m4a`) and its bytes without notes. Raises NoRecording."""
    return ("m4a", _of_boxes(data)) if data[4:8] == b"ftyp" else ("mp3", _of_frames(data))


def _of_frames(data: bytes) -> bytes:
    place = _after_notes(data)
    start, count = place, 0
    while (length := _frame(data[place : place + 4])) and place + length <= len(data):
        place, count = place + length, count + 1
    rest = data[place:]
    is_end = len(rest) <= LONGEST_END or rest.startswith(_NOTES_BEHIND) or not rest.strip(b"\0")
    if count < FEWEST_FRAMES or not is_end:  # a break in the chain: who listens would hear half of it
        raise NoRecording("frames")
    return data[start:place]


def _after_notes(data: bytes) -> int:
    """Where the sound begins: behind the tags that stand before it."""
    place = 0
    while data[place : place + 3] == b"ID3" and len(data) >= place + 10:
        sizes = data[place + 6 : place + 10]
        place += 10 + sum((one & 0x7F) << shift for one, shift in zip(sizes, (21, 14, 7, 0), strict=True))
    return place


def _frame(head: bytes) -> int:
    """The length of the frame that begins so; 0 for what is no frame of layer III."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return 0
    version, layer = head[1] >> 3 & 3, head[1] >> 1 & 3
    bitrate, rate, padding = head[2] >> 4, head[2] >> 2 & 3, head[2] >> 1 & 1
    if layer != 1 or version not in _RATES or bitrate in (0, 15) or rate == 3:
        return 0
    samples = 144 if version == 3 else 72
    return samples * _BITRATES[version == 3][bitrate] * 1000 // _RATES[version][rate] + padding


def _of_boxes(data: bytes) -> bytes:
    kept = bytearray(data)
    boxes = list(_walk(data, 0, len(data)))
    kinds = {one.kind for one in boxes}
    handlers = {bytes(data[one.start + 8 : one.start + 12]) for one in boxes if one.kind == b"hdlr"}
    formats = {bytes(data[one.start + 12 : one.start + 16]) for one in boxes if one.kind == b"stsd"}
    if not {b"moov", b"mdat"} <= kinds or b"vide" in handlers or b"soun" not in handlers or formats != {b"mp4a"}:
        raise NoRecording("boxes")
    for one in boxes:
        if one.kind in _NOTES:
            kept[one.start - 4 : one.start] = b"free"
            kept[one.start : one.end] = bytes(one.end - one.start)
    return bytes(kept)


def _walk(data: bytes, place: int, end: int, depth: int = 0) -> Iterator[Box]:
    """Every box, and those within boxes that hold others; they have to fill the file to its last byte."""
    while place < end:
        size, kind = int.from_bytes(data[place : place + 4]), data[place + 4 : place + 8]
        size = size or end - place  # the last one may say that it goes to the end
        if size < 8 or place + size > end or len(kind) < 4:
            raise NoRecording("boxes")
        yield Box(kind, place + 8, place + size)
        if kind in _WITHIN and depth < DEEPEST:
            yield from _walk(data, place + 8, place + size, depth + 1)
        place += size
