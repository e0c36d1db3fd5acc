"""Health: how the site does, kept by itself in numbers about nobody, and what operators say of trouble."""
