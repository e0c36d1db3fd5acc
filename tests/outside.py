"""The world outside, on the loopback: a DNS server, and web servers that answer well or badly."""

import socketserver
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import dns.flags
import dns.message
import dns.rcode
import dns.rrset

HERE = "127.0.0.1"


@dataclass
class Dns:
    """A DNS server. *records*: ``(name, type)`` -> texts; names alone in *fails* are answered with SERVFAIL."""

    records: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    fails: set[str] = field(default_factory=set)
    asked: list[tuple[str, str]] = field(default_factory=list)
    after: Callable[["Dns"], None] | None = None
    port: int = 0

    @property
    def server(self) -> str:
        return f"{HERE}:{self.port}"

    def txt(self, name: str, *texts: str) -> None:
        self.records[name, "TXT"] = [f'"{text}"' for text in texts]

    def answer(self, wire: bytes) -> bytes:
        query = dns.message.from_wire(wire)
        question = query.question[0]
        name, kind = question.name.to_text(omit_final_dot=True).lower(), question.rdtype.name
        self.asked.append((name, kind))
        response = dns.message.make_response(query)
        response.flags |= dns.flags.RA
        self._fill(response, question.name.to_text(), name, kind)
        if self.after:
            self.after(self)
        return response.to_wire()

    def _fill(self, response: dns.message.Message, owner: str, name: str, kind: str) -> None:
        known = {one for one, _ in self.records}
        if name in self.fails:
            response.set_rcode(dns.rcode.SERVFAIL)
        elif name not in known:
            response.set_rcode(dns.rcode.NXDOMAIN)
        elif target := self.records.get((name, "CNAME")):
            response.answer.append(dns.rrset.from_text(owner, 60, "IN", "CNAME", f"{target[0]}."))
            self._fill(response, f"{target[0]}.", target[0], kind)
        elif texts := self.records.get((name, kind)):
            response.answer.append(dns.rrset.from_text(owner, 60, "IN", kind, *texts))


@contextmanager
def naming(dns_server: Dns | None = None) -> Iterator[Dns]:
    """A DNS server for the length of a block."""
    known = dns_server or Dns()

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            wire, socket = self.request
            socket.sendto(known.answer(wire), self.client_address)

    with socketserver.ThreadingUDPServer((HERE, 0), Handler) as server:
        known.port = server.server_address[1]
        with _served(server):
            yield known


@dataclass
class Page:
    """What a path answers: *body*, in pieces with *pause_s* after each, and *headers* that take as long."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    pieces: int = 1
    pause_s: float = 0


@dataclass
class Web:
    """A web server. *pages* by path; *heard* is what it was sent: (method, path, headers, body)."""

    pages: dict[str, Page] = field(default_factory=dict)
    heard: list[tuple[str, str, dict[str, str], bytes]] = field(default_factory=list)
    port: int = 0

    @property
    def hosts(self) -> list[str]:
        return [headers["Host"] for _, _, headers, _ in self.heard]


@contextmanager
def serving(web: Web | None = None, tls: ssl.SSLContext | None = None) -> Iterator[Web]:
    """A web server for the length of a block."""
    site = web or Web()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            site.heard.append((self.command, self.path, dict(self.headers), self.rfile.read(length)))
            try:
                self._send(site.pages.get(self.path, Page(b"nothing here", 404)))
            except OSError:
                self.close_connection = True

        do_POST = do_GET  # noqa: N815 - the library's name

        def _send(self, page: Page) -> None:
            self.send_response(page.status)
            for name, value in page.headers.items():
                self.send_header(name, value)
            self.end_headers()
            for _ in range(page.pieces):
                self.wfile.write(page.body)
                time.sleep(page.pause_s)

        def log_message(self, format: str, *args: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        def handle_error(self, request: object, client_address: object) -> None:
            pass

    with Server((HERE, 0), Handler) as server:
        site.port = server.server_address[1]
        if tls:
            server.socket = tls.wrap_socket(server.socket, server_side=True)
        with _served(server):
            yield site


@contextmanager
def _served(server: socketserver.BaseServer) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
