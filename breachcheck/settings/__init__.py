"""Settings: how they are written, the kinds and rules of their values, and what of the site's own looks they name."""
