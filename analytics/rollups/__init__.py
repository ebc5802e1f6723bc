"""How calls are counted: `changed` says which, `counting` does it, `sql` is how. docs/adr/0017-rollups.md."""
