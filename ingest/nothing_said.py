"""What files write where there is nothing to say."""

MASKS = "*•●＊∗∙·⬤⚫■█▪○◦"
"""What pages and programs show in place of each character of a secret."""

MASKED = range(3, 25)
"""How often they do."""

SAYS_NOTHING_IN_WORDS = (
    *("", "null", "n/a", "unknown", "undefined", "-", "0", "$direct", "[]", "{}"),
    *("none", "n.a.", "#n/a", "(null)", "<null>", "[null]", "(none)", "(not set)", "not set", "\\n", "?", "."),
    *("0000-00-00", "0000-00-00 00:00:00", "00.00.0000", "00/00/0000", "0/0/00"),
    *('""', "''", '=""', "--", "---", "<empty>", "(empty)", "[empty]", "<none>", "[none]"),
    *("not_saved", "[not_saved]", "not saved", "[redacted]", "<redacted>", "(hidden)", "[hidden]"),
    "0.0.0.0",  # noqa: S104 - what logs write for want of an IP address
)

SAYS_NOTHING = dict.fromkeys((*SAYS_NOTHING_IN_WORDS, *(mask * length for mask in MASKS for length in MASKED))).keys()
"""Values that tell nothing about anyone, in any letter case, spaces around them or not."""
