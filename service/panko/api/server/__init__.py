"""The processes that serve: gunicorn with the settings under which no request is lost."""
