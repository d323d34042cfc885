"""`/openapi.json`: the API described for programs, made of what routes requests and of what reads them."""
