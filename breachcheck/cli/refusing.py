"""Refusing: waitress's own answers, to what it cannot read or will not take, said in the site's words."""

from http import HTTPStatus

from waitress.channel import HTTPChannel
from waitress.task import ErrorTask

from breachcheck.web.refusals import Refusals


def channel_that_says(refusals: Refusals) -> type[HTTPChannel]:
    """The class of a server's connections, whose refusals are *refusals*."""

    class Refuse(ErrorTask):  # type: ignore[misc]
        """As ErrorTask is, with another body."""

        def execute(self) -> None:
            code = self.request.error.code
            refusal = refusals.get(code, getattr(self.request, "path", None) or "/")
            self.status = f"{code} {HTTPStatus(code).phrase}"
            self.response_headers.extend(refusal.headers)
            self.set_close_on_finish()
            self.content_length = len(refusal.body)
            self.write(refusal.body)

    class Channel(HTTPChannel):  # type: ignore[misc]
        error_task_class = Refuse

    return Channel
