"""The rehearsal page: a rehearsal in a browser, where one person is everybody in turn."""
