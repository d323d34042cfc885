"""What a request passes before a resource sees it, each a WSGI application around the next."""
