"""A wire that is cut after the service has answered and before the pupil hears it: the commit is done, the reply is lost."""

from __future__ import annotations

import asyncio
import threading
from typing import Self

TAKEN = (b"200", b"303", b"409")
"""The service has kept what came: a line for a device, the way on for a person, a line on what it put aside."""


class CuttingProxy:
    """Passes requests on, reads the reply, and hangs up without passing anything back, once for each that was taken; whoever is
    asked to come again hears of it."""

    def __init__(self, target: int) -> None:
        self.target, self.port, self.answered = target, 0, 0
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> Self:
        self._thread.start()
        self._ready.wait()
        return self

    def __exit__(self, *_fault: object) -> None:
        self._loop.call_soon_threadsafe(self._done.set)
        self._thread.join()
        self._loop.close()

    def _run(self) -> None:
        self._loop.run_until_complete(self._serve())

    async def _serve(self) -> None:
        self._done = asyncio.Event()
        server = await asyncio.start_server(self._pass, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._done.wait()
        server.close()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(
            (int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")), 0
        )
        body = await reader.readexactly(length)
        upstream_reader, upstream_writer = await asyncio.open_connection("127.0.0.1", self.target)
        upstream_writer.write(head + body)
        await upstream_writer.drain()
        reply = await upstream_reader.readuntil(b"\r\n\r\n")
        upstream_writer.close()
        status = reply.split(b" ", 2)[1]
        if status not in TAKEN:
            writer.write(b"HTTP/1.1 %b Not taken\r\nContent-Length: 0\r\nConnection: close\r\n\r\n" % status)
            await writer.drain()
            writer.close()
            return
        self.answered += 1
        writer.transport.abort()
