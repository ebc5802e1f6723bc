"""One deed on many calls, done by the worker: CSV, tags, sending again, deleting."""
