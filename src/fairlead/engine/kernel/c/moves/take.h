/* Taking tasks out, the first half of every move. */

/* Take a task out, and all that waits for it. Tasks that are out, locked, or already taken stay as they are. The rows are
 * saved but keep their slots until close_all_gaps. Returns 0 when the list is full. */
static int take(Plan *p, i32 task) {
    if (AT(task_row, task) == NONE || AT(locked, task)) return 1;
    i64 next = p->taken_count;
    if (next >= p->most_taken) return 0;
    AT(taken, p->taken_count++) = task;
    AT(taken_stamp, task) = p->stamp;
    for (; next < p->taken_count; next++) {
        i32 gone = AT(taken, next), row = AT(task_row, gone);
        if (!save(p, row)) return 0;
        AT(taken_from, next) = AT(row_worker, row);
        AT(task_row, gone) = NONE;
        for (i64 i = AT(succ_ptr, gone); i < AT(succ_ptr, gone + 1); i++) {
            i32 after = AT(succ, i);
            if (AT(task_row, after) == NONE || AT(taken_stamp, after) == p->stamp) continue;
            if (p->taken_count >= p->most_taken) return 0;
            AT(taken_stamp, after) = p->stamp;
            AT(taken, p->taken_count++) = after;
        }
    }
    return 1;
}

/* Close the gaps in all rows that tasks were taken from, and decode them. */
static int close_all_gaps(Plan *p, i64 from) {
    i64 saved = p->saved;
    int ok = 1;
    for (i64 i = from; i < saved; i++) {
        Snap *old = &AT(snaps, i);
        close_gaps(p, old->row, &old->gap, &old->last_gap);
    }
    for (i64 i = from; ok && i < saved; i++) {
        const Snap *old = &AT(snaps, i);
        if (old->gap != NONE) ok = decode_from(p, old->row, old->gap, old->last_gap);
    }
    return settle(p, ok);
}
