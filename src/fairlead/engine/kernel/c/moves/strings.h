/* Take out strings of consecutive tasks near the seed in time, from workers able to do the seed: they can swap them.
 *
 * After J. Christiaens and G. Vanden Berghe, Slack Induction by String Removals for Vehicle Routing Problems,
 * Transportation Science 54 (2020), section 4. Cheap workers are preferred. */

enum { MOST_STRINGS = 12 };

/* Position in the row whose task is under way at this minute of the wall clock. */
static i32 place_at(const Plan *p, i32 row, i32 minute) {
    i32 len = AT(row_len, row);
    i32 place = first_after(row_slots(p, row), len, to_work(p, AT(row_worker, row), minute));
    return place < len ? place : len - 1;
}

/* Some row of one of the workers able to do the task; workers whose pair is cheap come up more often. */
static i32 able_row(Plan *p, i32 task) {
    i64 from = AT(pair_ptr, task), count = AT(pair_ptr, task + 1) - from;
    f64 share = chance(p);
    i32 w = AT(pairs, from + (i64)((f64)count * share * share)).worker;
    i64 first = AT(row_ptr, w), rows = AT(row_ptr, w + 1) - first;
    return (i32)(rows > 1 ? first + pick(p, rows) : first);
}

static int take_string(Plan *p, i32 row, i32 place) {
    i32 len = AT(row_len, row);
    i32 length = 1 + (i32)pick(p, least((i32)p->longest_string, len));
    i32 first = larger(0, least(place - (i32)pick(p, length), len - length));
    for (i32 i = first; i < first + length; i++)
        if (!take(p, row_slots(p, row)[i].task)) return 0;
    return 1;
}

static int strings(Plan *p, i32 seed, i32 minute, i64 wanted) {
    i32 row = AT(task_row, seed);
    if (row != NONE && !take_string(p, row, AT(task_place, seed))) return 0;
    for (int i = 0; i < MOST_STRINGS && p->taken_count < wanted; i++) {
        row = able_row(p, seed);
        if (AT(row_len, row) && !take_string(p, row, place_at(p, row, minute))) return 0;
    }
    return 1;
}
