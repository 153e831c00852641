/* Take out single tasks at any time from workers able to do the seed: room for it anywhere. */

static int scattered(Plan *p, i32 seed, i32 minute, i64 wanted) {
    (void)minute;
    if (!take(p, seed)) return 0;
    for (i64 i = 0; i < wanted; i++) {
        i32 row = able_row(p, seed), len = AT(row_len, row);
        if (len && !take(p, row_slots(p, row)[pick(p, len)].task)) return 0;
    }
    return 1;
}
