"""`panko-collector replay`: dead letters are taken again."""
