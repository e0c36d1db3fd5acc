"""What files write where there is nothing to say."""

MASKS = "*•●＊∗∙·⬤⚫■█▪○◦"
"""What pages and programs show in place of each character of a secret."""

SAYS_NOTHING = (
    *("", "null", "n/a", "unknown", "undefined", "-", "0", "$direct", "[]", "{}"),
    *("none", "n.a.", "#n/a", "(null)", "<null>", "[null]", "(none)", "(not set)", "not set", "\\n", "?", "."),
    *("0000-00-00", "0000-00-00 00:00:00", "00.00.0000", "00/00/0000", "0/0/00"),
    *('""', "''", '=""', "--", "---", "<empty>", "(empty)", "[empty]", "<none>", "[none]"),
    *("not_saved", "[not_saved]", "not saved", "[redacted]", "<redacted>", "(hidden)", "[hidden]"),
    *(mask * length for mask in MASKS for length in range(3, 25)),
    "0.0.0.0",  # noqa: S104 - what logs write for want of an IP address
)
"""Values that tell nothing about anyone, in any letter case, spaces around them or not."""
