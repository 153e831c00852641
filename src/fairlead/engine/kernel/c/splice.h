/* Merging a part of the plan that was searched by itself (search/parallel.py). */

/* Let the tasks of a row start when what they wait for is really done: that may have moved since the part was cut out. */
static int wait_as_it_is(Plan *p, i32 row) {
    Slot *slots = row_slots(p, row);
    i32 len = AT(row_len, row), first = len;
    for (i32 i = len - 1; i >= 0; i--) {
        i32 task = slots[i].task;
        if (AT(pred_ptr, task) == AT(pred_ptr, task + 1)) continue;
        i32 ready = ready_minute(p, task);
        if (ready == NONE) return 0;
        ready = to_work(p, AT(row_worker, row), ready);
        if (ready == slots[i].ready) continue;
        slots[i].ready = ready;
        first = i;
    }
    return first == len || decode_from(p, row, first, len);
}

/* Give the rows these slots, one row's after the other's. They were decoded in the part; only what waits for their tasks in
 * other parts has to be looked at again. */
static int splice(Plan *p, const i32 *rows, const i32 *lengths, const Slot *slots, i64 count) {
    i64 from = mark(p), at = 0;
    for (i64 i = 0; i < count; i++) {
        if (lengths[i] > AT(row_room, rows[i])) {
            p->need = NEED_ROW;
            p->need_row = rows[i];
            return 0;
        }
        if (!save(p, rows[i])) return 0;
    }
    for (i64 i = 0; i < count; i++) {
        const Slot *old = row_slots(p, rows[i]);
        for (i32 j = 0; j < AT(row_len, rows[i]); j++) {
            AT(task_row, old[j].task) = NONE;
            AT(planned, AT(row_worker, rows[i])) -= old[j].minutes;
        }
        AT(held, AT(row_worker, rows[i])) += lengths[i] - AT(row_len, rows[i]);
    }
    for (i64 i = 0; i < count; at += lengths[i++]) {
        memcpy(row_slots(p, rows[i]), slots + at, (size_t)lengths[i] * sizeof(Slot));
        AT(row_len, rows[i]) = lengths[i];
        locate(p, rows[i], 0);
        for (i32 j = 0; j < lengths[i]; j++) {
            AT(planned, AT(row_worker, rows[i])) += slots[at + j].minutes;
            announce(p, slots[at + j].task);
        }
        if (p->latest_n) note_latest(p, rows[i]);
    }
    int ok = 1;
    for (i64 i = 0; ok && p->has_chains && i < count; i++) ok = wait_as_it_is(p, rows[i]);
    ok = settle(p, ok);
    if (ok) sum_up_changed(p, from);
    return ok;
}

static inline i32 deadline_on(const Plan *p, i32 task, i32 w) {
    return AT(deadline, task) == FAR ? FAR : to_work(p, w, AT(deadline, task));
}

/* Bring the part's own releases and deadlines into pairs and slots. */
static void take_over_limits(Plan *p) {
    for (i32 task = 0; task < p->release_n; task++) {
        for (i64 i = AT(pair_ptr, task); i < AT(pair_ptr, task + 1); i++) {
            Pair *pair = &AT(pairs, i);
            pair->ready = to_work(p, pair->worker, AT(release, task));
            pair->deadline = deadline_on(p, task, pair->worker);
        }
    }
    for (i32 row = 0; row < p->row_worker_n; row++) {
        Slot *slots = row_slots(p, row);
        for (i32 i = 0; i < AT(row_len, row); i++) {
            slots[i].deadline = deadline_on(p, slots[i].task, AT(row_worker, row));
            slots[i].ready = larger(slots[i].ready, to_work(p, AT(row_worker, row), AT(release, slots[i].task)));
        }
    }
}
