"""The samples of deploy/ for proxies, changed so that they run here: on other ports, in a folder of their own."""

import os
from collections.abc import Mapping
from pathlib import Path

from tests import parts
from tests.cli.commands import ROOT

HERE = "127.0.0.1"
NAME = "breaches.example.org"
CERTIFICATE = f"/etc/letsencrypt/live/{NAME}"

MAIN_OF_NGINX = """
daemon off;
{user}
pid {folder}/pid;
error_log stderr;
events {{
    worker_connections 2048;
}}
http {{
    client_body_temp_path {folder}/bodies;
    proxy_temp_path {folder}/answers;
    fastcgi_temp_path {folder}/unused-1;
    uwsgi_temp_path {folder}/unused-2;
    scgi_temp_path {folder}/unused-3;
    include {folder}/sample;
}}
"""
NOWHERE = "127.255.255.254"
"""Where the server listens that leads on from http, when there is no https."""


def nginx(folder: Path, port: int, plain_port: int, server_port: int) -> list[str]:
    """The command of one that listens on *port* by https, with the certificate own.pem of *folder*."""
    listening = {
        "listen 80;": f"listen {HERE}:{plain_port};",
        "listen 443 ssl;": f"listen {HERE}:{port} ssl;",
        f"{CERTIFICATE}/fullchain.pem": f"{folder}/own.pem",
        f"{CERTIFICATE}/privkey.pem": f"{folder}/own.pem",
    }
    return _nginx(folder, server_port, listening)


def nginx_in_clear(folder: Path, port: int, server_port: int) -> list[str]:
    """The command of one that listens on *port* by http, whatever the host is, and lets one address do everything."""
    listening = {
        "listen 80;": f"listen {NOWHERE}:{port};",
        "listen 443 ssl;": f"listen {HERE}:{port};",
        f"ssl_certificate {CERTIFICATE}/fullchain.pem;": "",
        f"ssl_certificate_key {CERTIFICATE}/privkey.pem;": "",
        "proxy_set_header Host $host;": "proxy_set_header Host $http_host;",
        "limit_conn breachcheck_each 64;": "",
    }
    return _nginx(folder, server_port, listening)


def _nginx(folder: Path, server_port: int, listening: Mapping[str, str]) -> list[str]:
    elsewhere = {
        "listen [::]:80;": "",
        "listen [::]:443 ssl;": "",
        "/var/log/nginx/breachcheck.log": f"{folder}/access.log",
        "server 127.0.0.1:8000;": f"server {HERE}:{server_port};",
    }
    (folder / "sample").write_text(changed("nginx.conf", {**elsewhere, **listening}))
    user = "user root;" if os.geteuid() == 0 else ""
    (folder / "main").write_text(MAIN_OF_NGINX.format(folder=folder, user=user))
    return [parts.require("nginx"), "-p", str(folder), "-c", str(folder / "main")]


def changed(sample: str, changes: Mapping[str, str]) -> str:
    text = (ROOT / "deploy" / sample).read_text(encoding="utf-8")
    for before, after in changes.items():
        assert text.count(before) == 1, before
        text = text.replace(before, after)
    return text
