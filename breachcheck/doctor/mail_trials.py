"""Mail trials: one mail on the way that all others go, to see whether it gets out."""

import time

from breachcheck.addresses import canonical
from breachcheck.doctor.findings import Finding, fine, note, problem
from breachcheck.mail.delivery import Delivery, only_deliverer
from breachcheck.mail.letters import Letters
from breachcheck.outbox import MailId, Outbox, QueuedMail
from breachcheck.services import Services

KIND = "trial"
A_LOOK_S = 0.2


def send(services: Services, account: str, *, patience_s: float) -> Finding:
    """Queue one for *account* and see it handed over, by the worker where one runs, else by us.

    What did not get out is dropped. Raises InvalidAccount where it is no address.
    """
    canonical(account)
    post = services.post
    if post.delivery is None:
        return problem(KIND, "No mail was sent: mail is off.", "Set mail to `smtp`.")
    now = int(time.time())
    mail = Letters(services.config, is_demo=services.is_demo).trial(account.strip(), "en")
    mail_id = post.outbox.add(KIND, mail, now=now, is_urgent=True, not_after=now + int(patience_s) + 60)
    left = _handed_over(services, post.delivery, mail_id, patience_s)
    if left is None:
        return _gone(services)
    if left.state != "sending":
        post.drop(mail_id)
    return problem(
        KIND, f"The mail was not handed over: {left.failure or 'it still waits'}.",
        "Look at mail_from, the smtp settings and the mail server's log.",
    )  # fmt: skip


def _handed_over(services: Services, delivery: Delivery, mail_id: MailId, patience_s: float) -> QueuedMail | None:
    """What still stands of the mail once it is gone, was refused, or nobody waits any longer."""
    until = time.monotonic() + patience_s
    while (left := _find(services.post.outbox, mail_id)) and left.failure is None and time.monotonic() < until:
        with only_deliverer(services.config.data) as name:
            if not (name and delivery.deliver(int(time.time()), name)):
                time.sleep(A_LOOK_S)
    return left


def _find(outbox: Outbox, mail_id: MailId) -> QueuedMail | None:
    return next((one for one in outbox.waiting() if one.id == mail_id), None)


def _gone(services: Services) -> Finding:
    if services.config.mail == "outbox":
        return note(KIND, "The mail was written to outbox/, and sent to nobody.", "Set mail to `smtp`.")
    return fine(KIND, "The mail server took the mail. Look whether it arrived.")
