"""How events are counted: row by row, and by counts that are kept of whole hours.

What is kept is only ever a short cut. Events of an hour that is not settled, and all that came after the mark, are
counted by their rows in the same snapshot, so an answer is exact at each moment, whether anybody settles hours or not.

- `event_count_hour` has a row for each hour of which events were seen. With it the counts of its hour go.
- `event_count` has what was counted of an hour. The hour is settled when there is such a row.
- `event_value_count` has the same by the values of a few traits, for every settled hour.
- `event_count_column` has what was counted of each event of an hour, see `panko.storage.sql.counts.columns`.
- `event_count_block` has a row for each block of six settled hours; it goes with the first of them.
  `event_block_count`, `event_block_value_count` and `event_block_count_column` have the same of a block.
- `event_count_mark` tells up to which id events of settled hours are in their counts. Its newest row holds.

Rows are only ever inserted, by any process that has the API's rights, and deleted by the expirer. Two that would insert
the same mark meet at its primary key, on whatever node they write, and one of them begins again.

Ids are not committed in their order. So a mark is the highest id that was seen two minutes before it was made: no
transaction of a writer takes so long. Whatever came otherwise all the same is found when its hour is counted again,
which every step does with one hour.
"""
