"""The storage seam: the only room that knows a database driver."""
