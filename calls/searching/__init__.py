"""Finding calls by the words that were said, see docs/adr/0016-search.md."""
