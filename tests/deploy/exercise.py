"""Follows the documents where no container engine and no systemd runs: ``make exercise``, as root, with a network.

In a throw-away copy of this machine (an overlay over its root folder, in a mount namespace) it types the blocks of
"From a bare machine", and takes the steps of the Dockerfile. What they begin runs as its user, without rights, with a
root folder that is read-only but for what is said to be written; then it is asked. What it cannot show: the engines.
"""

import os
import re
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.cli.commands import ROOT
from tests.deploy import image
from tests.deploy.image import Copy, Stage
from tests.deploy.proxies import NAME
from tests.mail_servers import authority

SOURCE = "/checkout"
BLOCK = re.compile(r"```sh\n(.+?)```", re.DOTALL)
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
WITH_NETWORK = 2
"""How many of the blocks fetch what they install. All else runs in a network of its own, so that no port is taken."""

COPY_OF_MACHINE = """
set -euo pipefail
mount -t tmpfs tmpfs {folder}
mkdir {folder}/upper {folder}/work {machine}
mount -t overlay overlay -o lowerdir=/,upperdir={folder}/upper,workdir={folder}/work {machine}
mount -t proc proc {machine}/proc
mount --rbind /dev {machine}/dev
mount -t tmpfs -o mode=1777 tmpfs {machine}/tmp
cp -a {given} {machine}/given
mkdir {machine}{source}
git -C {tree} archive HEAD | tar -x -C {machine}{source}
chroot {machine} /bin/bash -euo pipefail /given/first
unshare --net chroot {machine} /bin/bash -euo pipefail /given/second
"""
RESTRICTED = """\
unshare --mount bash -euo pipefail -c '
for folder in {writable}; do mount --bind $folder $folder; done
mount -o remount,bind,ro /
mount -t tmpfs -o mode=1777 tmpfs /tmp
exec setpriv --reuid {user} --regid {user} --clear-groups --no-new-privs --bounding-set=-all --inh-caps=-all \
    env -C / {environment} {command}'
"""
SYSTEMCTL = """#!/bin/bash
# Plays systemd's part for the units of deploy/.
set -euo pipefail
said() { sed -n "s/^$1=//p" "/etc/systemd/system/$unit.service"; }
case "$1 ${2:-}" in
"enable --now")
    for unit in "${@:3}"; do
        RESTRICTED_UNIT >"/var/log/$unit.log" 2>&1 &
    done ;;
"reload nginx") nginx ;;
"daemon-reload ") ;;
*) exit 64 ;;
esac
"""
EVENTUALLY = "for _ in $(seq 150); do {claim} && break; sleep 0.2; done; {claim}"
READY = "python3 -c \"import urllib.request as u; u.urlopen('http://127.0.0.1:8000/readyz', timeout=5)\" 2>/dev/null"


def main() -> int:
    """Tells what was followed. Raises CalledProcessError where a step failed."""
    if os.geteuid() != 0 or subprocess.run(["unshare", "--mount", "true"], check=False).returncode:
        print("Not exercised: it takes root, and the right to make mount namespaces.")
        return 1
    with tempfile.TemporaryDirectory() as name:
        exercise(Path(name) / "machine", *of_machine())
        print("From a bare machine to a served site: every block was typed, and the doctor found no problem.")
        exercise(Path(name) / "image", *of_image())
        print("The image: every step was taken; it starts, is well and stops, read-only and without rights.")
    return 0


def of_machine() -> tuple[str, str]:
    """The blocks of the document: those that need the network, and the others, with what they find there."""
    text = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    section = text.partition("## From a bare machine\n")[2].partition("### In containers")[0]
    blocks = BLOCK.findall(section)
    first = "\n".join([f"cd {SOURCE}", *blocks[:WITH_NETWORK]])
    certificates = f"/etc/letsencrypt/live/{NAME}"
    *typed, last = "\n".join(blocks[WITH_NETWORK:]).strip().splitlines()
    second = [
        f"cd {SOURCE}",
        "trap 'tail --lines 20 --verbose /var/log/breachcheck*.log >&2' ERR",
        "ip link set lo up || ifconfig lo up",
        "install -m 0755 /given/systemctl /usr/local/sbin/systemctl",
        f"echo '127.0.0.1 {NAME}' >> /etc/hosts",
        f"mkdir -p {certificates}",
        f"cp /given/own.pem {certificates}/fullchain.pem; cp /given/own.pem {certificates}/privkey.pem",
        "rm -f /etc/nginx/sites-enabled/default",
        *typed,
        EVENTUALLY.format(claim=READY),
        "install -m 0644 /given/ca.pem /etc/ssl/ca.pem; export SSL_CERT_FILE=/etc/ssl/ca.pem",
        f"found=0; {last} || found=$?",
        "[ $found -le 1 ]",
        "[ $(stat -c %U /var/lib/breachcheck/index.key) = breachcheck ]",
        "pgrep -u breachcheck -f 'breachcheck worker' > /dev/null",
        "pgrep -u breachcheck -f 'breachcheck serve' > /dev/null",
    ]
    return first, "\n".join(second)


def of_image() -> tuple[str, str]:
    """The steps of every stage, one behind the other in one root folder; and what the last one runs."""
    stages = image.stages()
    steps = [line for stage in stages for step in stage.steps for line in _of_step(step)]
    last = stages[-1]
    init = _restricted(last, [*last.command("ENTRYPOINT"), "init"])
    serve = _restricted(last, last.command("ENTRYPOINT") + last.command("CMD"))
    health = _restricted(last, last.command("HEALTHCHECK"))
    second = [
        "ip link set lo up || ifconfig lo up",
        f"! ({health}) 2> /dev/null",
        init,
        f"{serve.strip()} & server=$!",
        EVENTUALLY.format(claim=f"({health.strip()}) 2> /dev/null"),
        "[ -f /keys/index.key ] && ! ls /data/*.key 2> /dev/null",
        "kill -TERM $server; wait $server",
    ]
    return "\n".join(["ln -sf /usr/bin/python3 /usr/local/bin/python", *steps]), "\n".join(second)


def _of_step(step: Copy | str) -> list[str]:
    if isinstance(step, str):
        return [step]
    if step.stage:
        return [f"test -e {source}" for source in step.sources]
    into = [f"mkdir -p {step.to}"] if len(step.sources) > 1 or step.to.endswith("/") else []
    return [*into, f"cp -a --no-target-directory {SOURCE}/{step.sources[0]} {step.to}"] if not into else [
        *into, *(f"cp -a {SOURCE}/{source} {step.to}" for source in step.sources)
    ]  # fmt: skip


def _restricted(stage: Stage, command: list[str]) -> str:
    environment = [f"{name}={value}" for name, value in stage.environment.items()]
    return RESTRICTED.format(
        writable=" ".join(stage.volumes),
        user=stage.said["USER"][0].partition(":")[0],
        environment=" ".join(map(shlex.quote, environment)),
        command=" ".join(shlex.quote(word).replace("'", "'\\''") for word in command),
    )


def _systemctl() -> str:
    unit = RESTRICTED.format(
        writable="/var/lib/'$(said StateDirectory)'",
        user="'$(said User)'",
        environment="'$(said Environment)'",
        command="'\"$(said ExecStart)\"'",
    )
    return SYSTEMCTL.replace("RESTRICTED_UNIT", unit.strip())


def exercise(folder: Path, first: str, second: str) -> None:
    given = folder.with_name(f"{folder.name}-given")
    folder.mkdir()
    given.mkdir()
    authority(given, NAME)
    (given / "first").write_text(first)
    (given / "second").write_text(second)
    (given / "systemctl").write_text(_systemctl())
    script = COPY_OF_MACHINE.format(folder=folder, machine=folder / "root", given=given, tree=ROOT, source=SOURCE)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("BREACHCHECK_", "PYTHON"))}
    quiet = {"DEBIAN_FRONTEND": "noninteractive", "PIP_QUIET": "1", "PIP_ROOT_USER_ACTION": "ignore"}
    subprocess.run(
        ["unshare", "--mount", "--pid", "--fork", "--kill-child", "bash", "-c", script],
        check=True, env=kept | quiet | {"PATH": PATH, "HOME": "/tmp"}, stdin=subprocess.DEVNULL,
    )  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
