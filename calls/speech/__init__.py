"""Hearing and speaking: engines and what is done to sound. Framework-free, and knows nothing of calls."""
