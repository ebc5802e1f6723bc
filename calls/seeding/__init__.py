"""A large believable history of calls, for measuring and for showing the product: `manage.py seed_history`."""
