/* The first plan: tasks one after the other, each where it costs least at that moment; or just as a plan says. */

/* Write the sums of all rows changed since the mark. */
static void sum_up_changed(Plan *p, i64 from) {
    for (i64 i = from; i < p->saved; i++) {
        i32 row = AT(snaps, i).row, w = AT(row_worker, row);
        sum_up(p, row);
        AT(load_points, w) = load_points(p, w, AT(planned, w));
    }
}

static void construct_one(Plan *p, i32 task) {
    mark(p);
    if (insert(p, task, AT(price, task), 0.0) == NONE) {
        undo(p, 0);
        return;
    }
    sum_up_changed(p, 0);
    commit(p);
}

static const Pair *pair_of(const Plan *p, i32 task, i32 w) {
    for (i64 i = AT(pair_ptr, task); i < AT(pair_ptr, task + 1); i++)
        if (AT(pairs, i).worker == w) return &AT(pairs, i);
    return NULL;
}

/* Put a task at the end of a row. */
static void append_one(Plan *p, i32 task, i32 row) {
    i32 w = AT(row_worker, row);
    const Pair *pair = pair_of(p, task, w);
    if (!pair || AT(task_row, task) != NONE || AT(held, w) >= AT(most, w)) return;
    mark(p);
    if (!put(p, task, pair, row, AT(row_len, row))) {
        undo(p, 0);
        return;
    }
    sum_up_changed(p, 0);
    commit(p);
}

/* Add up the whole plan anew. */
static f64 full_cost(Plan *p) {
    f64 cost = plan_points(p);
    for (i32 row = 0; row < p->row_worker_n; row++) {
        sum_up(p, row);
        cost += AT(row_points, row) + AT(row_late, row) + p->switch_points * AT(row_switches, row);
    }
    for (i32 w = 0; w < p->cap_n; w++) cost += AT(load_points, w);
    for (i32 task = 0; task < p->task_row_n; task++)
        if (AT(task_row, task) == NONE) cost += AT(price, task);
    return cost;
}
