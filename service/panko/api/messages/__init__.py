"""The bodies of requests and answers: read within bounds, written as the original wrote them."""
