"""What the bot notices: a lexicon that clinicians edit, read the same way every time."""
