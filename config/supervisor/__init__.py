"""`manage.py up`: starts the product's processes in order, restarts what dies, stops all, leaves no orphan."""
