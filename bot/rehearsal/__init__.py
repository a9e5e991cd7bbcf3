"""A Discord on your own machine, for tests and rehearsals: see :mod:`bot.rehearsal.server`."""
