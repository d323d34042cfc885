"""What callers ask for, made into filters. One front end a folder; all speak `panko.filters`."""
