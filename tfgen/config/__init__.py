"""Settings: what can be said of a run, its checks, its flags, and which task has which."""
