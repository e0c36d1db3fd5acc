"""The metrics token: what Prometheus has to send, from the settings or from a file that they name."""

from breachcheck import key_files
from breachcheck.config import Config
from breachcheck.errors import ConfigError

SHORTEST = 16


def read(settings: Config) -> str:
    """Empty where none is set.

    Raises ConfigError where it could be guessed, KeyFileError where its file cannot be read.
    """
    file = settings.metrics_token_file
    token = key_files.read_secret(file, "metrics_token_file") if file else settings.metrics_token
    if 0 < len(token) < SHORTEST:
        raise ConfigError(
            f"The metrics token must have {SHORTEST} characters or more; `openssl rand -hex 16` makes one."
        )
    return token
