"""What PyMySQL is given beside what it does itself: a guarded log-in, sessions in autocommit, rows as literals."""
