"""The Send call page: its form, its words, its curl. The rules are those of the API (personas.parameters, calls.requests)."""
