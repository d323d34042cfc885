"""What is kept of each event of settled hours and blocks, as columns: they answer whatever combination is asked for.

Of each of a few properties (project, type, outcome, the traits of VALUED) there is a row for what one step has counted
of one hour or block: the values, each once, and for every event, in the same order in all of these rows, a number that
says which value is its own. Events of some hosts are then found among a million by comparing numbers, and what else
they have in common is counted by numbers too; no row of an event is read, and no combination is chosen beforehand.

Rows are inserted and go as those of counts do, in the same transactions.
"""
