/* Undo: a row is saved before its first change since the last mark, and written back from there. No step depends on
 * the size of the plan, only on the rows that were changed. */

/* A point to come back to: the number of saves so far. Rows are saved anew after it. */
static i64 mark(Plan *p) {
    p->stamp++;
    return p->saved;
}

/* Forget how to undo; marks made before are void. */
static void commit(Plan *p) {
    p->stamp++;
    p->saved = p->saved_slots = 0;
}

/* Save a row unless it is saved already; 0 when there is no room for it. */
static int save(Plan *p, i32 row) {
    if (AT(row_stamp, row) == p->stamp) return 1;
    i32 len = AT(row_len, row), w = AT(row_worker, row);
    if (p->saved >= p->snaps_n || p->saved_slots + len > p->snap_slots_n) {
        p->need = NEED_SNAPS;
        return 0;
    }
    AT(row_stamp, row) = p->stamp;
    AT(snaps, p->saved) = (Snap){
        .slots = p->saved_slots,
        .planned = AT(planned, w),
        .points = AT(row_points, row),
        .late = AT(row_late, row),
        .load = AT(load_points, w),
        .row = row,
        .len = len,
        .switches = AT(row_switches, row),
        .held = AT(held, w),
        .latest = row_latest(p, row),
    };
    p->saved++;
    memcpy(p->snap_slots + p->saved_slots, row_slots(p, row), (size_t)len * sizeof(Slot));
    p->saved_slots += len;
    return 1;
}

/* Write where its tasks are. */
static void locate(Plan *p, i32 row, i32 from) {
    const Slot *slots = row_slots(p, row);
    for (i32 i = from; i < AT(row_len, row); i++) {
        AT(task_row, slots[i].task) = row;
        AT(task_place, slots[i].task) = i;
    }
}

static void write_back(Plan *p, const Snap *old) {
    i32 row = old->row, w = AT(row_worker, row);
    memcpy(row_slots(p, row), p->snap_slots + old->slots, (size_t)old->len * sizeof(Slot));
    AT(row_len, row) = old->len;
    AT(row_points, row) = old->points;
    AT(row_late, row) = old->late;
    AT(row_switches, row) = old->switches;
    AT(planned, w) = old->planned;
    AT(held, w) = old->held;
    AT(load_points, w) = old->load;
    set_row_latest(p, row, old->latest);
}

/* Undo everything since the mark. Three rounds, since a task may have gone from one saved row to another. */
static void undo(Plan *p, i64 to) {
    for (i64 i = to; i < p->saved; i++) {
        i32 row = AT(snaps, i).row;
        const Slot *slots = row_slots(p, row);
        for (i32 j = 0; j < AT(row_len, row); j++) AT(task_row, slots[j].task) = NONE;
    }
    for (i64 i = p->saved - 1; i >= to; i--) write_back(p, &AT(snaps, i));
    for (i64 i = to; i < p->saved; i++) locate(p, AT(snaps, i).row, 0);
    if (p->saved > to) p->saved_slots = AT(snaps, to).slots;
    p->saved = to;
    p->stamp++;
}
