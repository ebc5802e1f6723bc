"""Lists of facts (citation schemas) as staff build them, try them, read them over past calls and look at them over time."""
