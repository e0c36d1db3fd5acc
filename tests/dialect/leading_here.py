"""A loopback proxy that leads whoever believes in HIBP's host to a server of ours, under a throw-away authority."""

import contextlib
import socket
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager

HERE = "127.0.0.1"
PIECE = 64 * 2**10


@contextmanager
def leading_to(port: int, context: ssl.SSLContext) -> Iterator[str]:
    """The address of a proxy whose every tunnel ends at our server on *port*, with *context* in HIBP's place."""

    class Tunnel(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            asked = _head_of(self.request)
            assert asked.startswith(b"CONNECT haveibeenpwned.com:443 "), "only HIBP's clients come by here"
            self.request.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
            with (
                context.wrap_socket(self.request, server_side=True) as client,
                socket.create_connection((HERE, port)) as server,
            ):
                back = threading.Thread(target=_pass_on, args=(server, client))
                back.start()
                _pass_on(client, server)
                back.join()

    class Tunnels(socketserver.ThreadingTCPServer):
        daemon_threads = True

    with Tunnels((HERE, 0), Tunnel) as proxy:
        thread = threading.Thread(target=proxy.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://{HERE}:{proxy.server_address[1]}"
        finally:
            proxy.shutdown()
            thread.join()


def _head_of(client: socket.socket) -> bytes:
    """Read byte by byte, so that nothing of the handshake behind it is taken."""
    head = b""
    while not head.endswith(b"\r\n\r\n") and (byte := client.recv(1)):
        head += byte
    return head


def _pass_on(source: socket.socket, sink: socket.socket) -> None:
    """Until either side has gone."""
    with contextlib.suppress(OSError):
        while piece := source.recv(PIECE):
            sink.sendall(piece)
    with contextlib.suppress(OSError):
        sink.shutdown(socket.SHUT_WR)
