"""What the bot says: items of content, how they are loaded, checked, picked and laid out."""
