"""The words of the product: in every language, within Discord's limits, easy to read."""
