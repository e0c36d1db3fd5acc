"""Every exception raised on purpose. None knows of HTTP or exit codes; none quotes an account or a value."""


class BreachcheckError(Exception):
    """Something went wrong that a person can mend; the message says what happened, to what, and what to do.

    *reason* is a stable word for programs.
    """

    reason = "fault"


class InvalidAccount(BreachcheckError):
    """The text is not an identifier of the kind asked for."""

    reason = "invalid_account"


class CouldNotCheck(BreachcheckError):
    """The question was not answered: neither a yes nor a no."""

    reason = "could_not_check"


class NothingToAsk(CouldNotCheck):
    """No breach here can be asked by this kind of identifier, by this viewer."""

    reason = "nothing_to_ask"


class KindNotCarried(NothingToAsk):
    """No breach here can be asked by this kind of identifier, whoever asks and whenever: asking again is of no use."""


class IndexMoved(CouldNotCheck):
    """What is published changed three times while one question was asked."""

    reason = "index_moved"


class Busy(CouldNotCheck):
    """As many of these as may be answered at once are being answered. *retry_after_s*: when to try again, if told."""

    reason = "busy"
    retry_after_s: int | None = None


class StoreUnavailable(CouldNotCheck):
    """The store cannot be read or written just now."""

    reason = "store_unavailable"


class StoreReadOnly(StoreUnavailable):
    """The store can be read and not be written to: what answers is a copy. Nothing was changed."""

    reason = "store_read_only"


class BoxDamaged(StoreUnavailable):
    """A sealed account does not open: it is not what was stored there, or was sealed with another key."""


class StoreFull(StoreUnavailable):
    """The disk or a limit of the store is full; nothing that was acknowledged is lost."""


class Unreachable(CouldNotCheck):
    """Another machine did not answer."""

    reason = "unreachable"


class NotUnderstood(CouldNotCheck):
    """What another machine answered is not what it should be."""

    reason = "not_understood"


class CutOff(NotUnderstood):
    """An answer ended before its end: of what is missing nothing is known."""

    reason = "cut_off"


class RefusedToStart(CouldNotCheck):
    """The service must not run like this: settings, keys or the store do not fit together."""

    reason = "refused_to_start"


class ConfigError(RefusedToStart):
    """A setting is missing, unknown or has a value that is not allowed."""


class StoreNotFound(RefusedToStart):
    """There is no store where one was expected."""


class StoreExists(BreachcheckError):
    """A store is there already; nothing was changed."""


class StoreDamaged(RefusedToStart):
    """A store file is not what it was, or not of the same store as the other: it would answer wrongly."""


class SchemaMismatch(RefusedToStart):
    """The store was made by a newer program, or by one whose canonical addresses differ."""


class KeyFileError(RefusedToStart):
    """A key file is missing, readable by others, or holds no key."""


class WrongKey(RefusedToStart):
    """The store was made with another key."""


class UnknownDataClass(BreachcheckError):
    """A data class is not in the vocabulary."""


class UnknownBreach(BreachcheckError):
    """No breach of this name is published here."""

    reason = "unknown_breach"


class WithdrawnBreach(UnknownBreach):
    """A breach was published here, and was withdrawn."""

    reason = "withdrawn_breach"


class MisspeltBreach(BreachcheckError):
    """A breach is there already under this name in other letter case."""

    reason = "misspelt_breach"


class UnknownLoad(BreachcheckError):
    """There is no such load, or it is not in a state that allows what was asked."""

    reason = "unknown_load"


class UnknownOperator(BreachcheckError):
    """There is no operator of this name."""


class MalformedReceipt(BreachcheckError):
    """What should be the receipt of an opt-out is none."""

    reason = "malformed_receipt"


class InvalidReceipt(BreachcheckError):
    """A receipt was not issued like this, or not for this address."""

    reason = "invalid_receipt"


class ManifestError(BreachcheckError):
    """A manifest cannot be used; the message names the file, the line and what is allowed."""


class DataFileError(BreachcheckError):
    """A data file cannot be read; the message names it, the kind of fault and the line, never its content."""


class LoadError(BreachcheckError):
    """A load ended without a result; nothing of it is visible."""


class InvalidKey(BreachcheckError):
    """An API key is unknown or revoked."""

    reason = "invalid_key"


class ExpiredKey(InvalidKey):
    """An API key, or the text that it had before it was rotated, has come to its end."""

    reason = "expired_key"


class MissingKey(InvalidKey):
    """A call that needs an API key carries none."""

    reason = "missing_key"


class MalformedKey(InvalidKey):
    """What stands where an API key belongs is none."""

    reason = "malformed_key"


class LimitReached(BreachcheckError):
    """An API key was used more often than it may be. *retry_after_s*: when to try again, if told."""

    reason = "limit_reached"
    retry_after_s: int | None = None


class MissingScope(BreachcheckError):
    """An API key does not open what was asked for."""

    reason = "missing_scope"


class InvalidRequest(BreachcheckError):
    """What a program sent is not what the API takes. *pointer*: the JSON pointer to the fault, "" for the whole."""

    reason = "invalid_request"

    def __init__(self, message: str, pointer: str = "") -> None:
        super().__init__(message)
        self.pointer = pointer


class UnknownCursor(InvalidRequest):
    """A cursor is none that this feed gave out."""

    reason = "unknown_cursor"


class UnknownWatchlist(BreachcheckError):
    """Its holder has no watchlist of this name."""

    reason = "unknown_watchlist"


class UnknownWebhook(BreachcheckError):
    """Its holder has no webhook of this name."""

    reason = "unknown_webhook"


class WatchlistFull(InvalidRequest):
    """There would be more accounts on a watchlist, or more watchlists of one holder, than there may be."""

    reason = "watchlist_full"


class MalformedJson(InvalidRequest):
    """What should be JSON is none."""

    reason = "malformed_json"


class NestedTooDeeply(MalformedJson):
    """What should be JSON goes deeper than anybody follows."""

    reason = "nested_too_deeply"


class TooManyAccounts(InvalidRequest):
    """A batch has more accounts than may be asked at once."""

    reason = "too_many_accounts"


class HoldsAddress(InvalidRequest):
    """A text that would be kept holds an address."""

    reason = "holds_address"


class ReadInPart(UnknownLoad):
    """A load read a part of its files alone, and nobody meant it to be published."""

    reason = "read_in_part"


class Unanswered(UnknownLoad):
    """A load has warnings that must be accepted before it is published, and nobody accepted them all."""

    reason = "unanswered_warnings"


class UnknownWarning(UnknownLoad):
    """A load has no such warning."""

    reason = "unknown_warning"


class LowersSensitivity(UnknownLoad):
    """What would be published says that a sensitive breach is none, and nobody meant it to."""

    reason = "lowers_sensitivity"


class BackupFault(BreachcheckError):
    """A backup cannot be made, or what should be one cannot be used."""

    reason = "backup_fault"


class BackupDamaged(BackupFault):
    """A backup is not what was written: cut off, changed, or locked with another secret."""

    reason = "backup_damaged"


class MoveFault(BreachcheckError):
    """A store cannot be copied to another engine like this, or the copy is not what it should be."""

    reason = "move_fault"


class MailOff(BreachcheckError):
    """What was asked for needs mail, and this site sends none."""

    reason = "mail_off"


class MailFault(BreachcheckError):
    """A mail was not handed over. The message holds no address and no words of a mail server, which may quote one."""

    reason = "mail_fault"


class MailUnreachable(MailFault):
    """Nothing can be handed over just now: it is not this mail's fault. Try again later."""


class MailDeferred(MailFault):
    """The mail server does not take this mail yet. Try again later."""


class MailRefused(MailFault):
    """The mail server will never take this mail."""


class MailInDoubt(MailFault):
    """The mail went out, and nobody said whether it was taken. It must not be sent again unasked."""


class UnknownIncident(BreachcheckError):
    """There is no such incident, or it is over."""


class UnknownMail(BreachcheckError):
    """There is no such mail, or it is not in a state that allows what was asked."""


class UnknownLink(BreachcheckError):
    """A link or a code was used, is too old, or never was one."""

    reason = "unknown_link"


class NotSubscribed(BreachcheckError):
    """There is no such subscriber."""

    reason = "not_subscribed"


class FetchFault(BreachcheckError):
    """What others should have answered did not come. The message quotes neither the address nor what came."""

    reason = "fetch_fault"


class FetchRefused(FetchFault):
    """What was to be asked must not be: it is no address to fetch, or leads where nobody may send us."""

    reason = "fetch_refused"


class FetchFailed(FetchFault):
    """There was no answer, or none within the bounds of time and size."""

    reason = "fetch_failed"


class UnprovableDomain(BreachcheckError):
    """Nobody owns all of a domain: it is a public suffix, or strangers have their addresses there."""

    reason = "unprovable_domain"


class UnknownDomain(BreachcheckError):
    """A key has begun no proof of this domain, or holds none."""

    reason = "unknown_domain"


class UnprovedDomain(BreachcheckError):
    """What was asked is for those alone who proved the domain."""

    reason = "unproved_domain"
