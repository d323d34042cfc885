"""What a browser keeps: who has logged in, in an encrypted cookie and nowhere else, and how they like the page."""
