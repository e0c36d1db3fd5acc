"""The doctor: everything that can go wrong with a site, looked at, with what to do about it."""
