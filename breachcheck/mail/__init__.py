"""Mail: what is written to whom, in their language, and how it leaves. Knows nothing of Flask."""
