"""What screens are made of, as values: links, rows, bars. Pure: no request, no clock, no markup."""
