/* What a repair does after the search so that people see as little change as possible: orders put back, starts held. */

/* Put the slots of a row into this order of the same tasks; what that changes, or INFINITY when it cannot be: the caller
 * undoes. */
static f64 reorder(Plan *p, i32 row, const i32 *tasks) {
    i64 from = p->saved;
    f64 before = plan_points(p);
    i32 len = AT(row_len, row);
    if (!save(p, row)) return INFINITY;
    Slot *slots = row_slots(p, row);
    const Slot *old = p->snap_slots + AT(snaps, from).slots;
    for (i32 i = 0; i < len; i++) slots[i] = old[AT(task_place, tasks[i])];
    locate(p, row, 0);
    if (!settle(p, decode_from(p, row, 0, len))) return INFINITY;
    Change change = change_over_marks(p, from, before);
    return total_of(&change);
}

/* Whether the rows changed since the mark have all their tasks but this one at the same time as before. */
static int only_this_changed(const Plan *p, i64 from, i32 task) {
    for (i64 i = from; i < p->saved; i++) {
        const Snap *old = &AT(snaps, i);
        const Slot *was = p->snap_slots + old->slots, *is = row_slots(p, old->row);
        for (i32 j = 0; j < old->len; j++)
            if (is[j].task != task && (is[j].start != was[j].start || is[j].end != was[j].end)) return 0;
    }
    return 1;
}

/* Let a task start no earlier than this minute of the wall clock; 0 when that would cost points or change another task:
 * the caller undoes. */
static int hold(Plan *p, i32 task, i32 minute) {
    i64 from = p->saved;
    f64 before = plan_points(p);
    i32 row = AT(task_row, task), place = AT(task_place, task);
    if (!save(p, row)) return 0;
    i32 ready = larger(minute, ready_minute(p, task));
    slot_of(p, task)->ready = to_work(p, AT(row_worker, row), ready);
    if (!settle(p, decode_from(p, row, place, place)) || !only_this_changed(p, from, task)) return 0;
    Change change = change_over_marks(p, from, before);
    return total_of(&change) <= TIE;
}
