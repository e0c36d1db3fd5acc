"""Settings: the kinds of values that a setting takes, and what of the site's own looks they name."""
