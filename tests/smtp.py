"""A mail server on loopback that really speaks SMTP: it keeps what it takes, refuses whom it is told to, and can be away.

Away is one of three things: nobody takes the connection (`stop`), or, by its `mood`, it takes it and says nothing, or it asks
everybody to come again later.
"""

from __future__ import annotations

import contextlib
import email
import email.policy
import socketserver
import ssl
import threading
import time
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Literal


@dataclass
class MailServer:
    """Start and stop it as often as wanted: it keeps its port, as a server that was down comes back under its name."""

    refuses: set[str] = field(default_factory=set)
    tls: ssl.SSLContext | None = None
    taken: list[EmailMessage] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    sealed: int = 0
    seconds_a_letter: float = 0.0
    mood: Literal["well", "silent", "later"] = "well"
    called: int = 0
    port: int = 0
    _server: socketserver.ThreadingTCPServer | None = None

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    @property
    def recipients(self) -> list[str]:
        return [str(message["To"]) for message in self.taken]

    def start(self) -> MailServer:
        box = self

        class Talk(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                box.called += 1
                with contextlib.suppress(ConnectionError):  # who speaks to us may be killed
                    if box.mood == "silent":
                        self.rfile.readline()  # until the other side has had enough
                    else:
                        box.talk(self)
                self.connection.close()

        class Server(socketserver.ThreadingTCPServer):
            allow_reuse_address = True
            daemon_threads = True

        self._server = Server(("127.0.0.1", self.port), Talk)
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def stop(self) -> None:
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def talk(self, talk: socketserver.StreamRequestHandler) -> None:
        """One conversation, as RFC 5321 has it."""

        def say(line: str) -> None:
            talk.wfile.write(line.encode() + b"\r\n")

        say("220 mail.example ready")
        is_sealed = False
        while line := talk.rfile.readline().decode("ascii", "replace").strip():
            self.lines.append(line)
            verb = line.split()[0].upper()
            if verb == "EHLO":
                say("250-mail.example")
                say("250-AUTH PLAIN LOGIN")
                say("250 SIZE 100000" if is_sealed or self.tls is None else "250 STARTTLS")
            elif verb == "STARTTLS" and self.tls is not None:
                say("220 go ahead")
                try:
                    talk.connection = self.tls.wrap_socket(talk.connection, server_side=True)
                except ssl.SSLError:
                    return
                talk.rfile, talk.wfile = talk.connection.makefile("rb"), talk.connection.makefile("wb", 0)
                is_sealed = True
                self.sealed += 1
            elif verb == "MAIL" and self.mood == "later":
                say("451 4.7.1 try again later")
            elif verb == "RCPT" and any(address in line for address in self.refuses):
                say("550 no such person here")
            elif verb == "DATA":
                say("354 end with a dot")
                self._take(talk)
                time.sleep(self.seconds_a_letter)
                say("250 taken")
            elif verb == "QUIT":
                say("221 bye")
                return
            else:
                say("235 welcome" if verb == "AUTH" else "250 ok")

    def _take(self, talk: socketserver.StreamRequestHandler) -> None:
        text = b""
        while (line := talk.rfile.readline()) not in (b".\r\n", b""):
            text += line
        message = email.message_from_bytes(text, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        self.taken.append(message)
